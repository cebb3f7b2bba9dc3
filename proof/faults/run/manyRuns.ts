import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FromLane, ToLane } from '../lane/laneMessages.ts';
import type { FaultName } from './faultKinds.ts';
import type { RunOutcome } from './runOnce.ts';

export interface ManyRunsOptions {
  readonly seeds: readonly number[];
  readonly enabled: readonly FaultName[];
  /** Runs at once, each with clouds of its own. */
  readonly lanes: number;
  /** For the clouds' data. */
  readonly folder: string;
  /** Prints what the drainers say. */
  readonly trace: boolean;
  readonly onOutcome: (outcome: RunOutcome) => void;
}

const script = fileURLToPath(new URL('../lane/laneProcess.ts', import.meta.url));

/** Makes all runs, several side by side. @throws when the suite itself fails */
export async function manyRuns(options: ManyRunsOptions): Promise<void> {
  const seeds = [...options.seeds];
  const lanes = Math.min(options.lanes, seeds.length);
  await Promise.all(Array.from({ length: lanes }, (_, index) => runLane(index, seeds, options)));
}

function runLane(index: number, seeds: number[], options: ManyRunsOptions): Promise<void> {
  const { enabled, folder, trace, onOutcome } = options;
  const child = fork(script, [join(folder, `lane-${index}`), String(index)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const tell = (message: ToLane): void => void child.send(message);
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const seed = seeds.shift();
      tell(seed === undefined ? { type: 'stop' } : { type: 'run', seed, enabled, trace });
    };
    child.on('message', (message: FromLane) => {
      if (message.type === 'broken') {
        child.kill('SIGKILL');
        reject(new Error(`the run of seed ${message.seed} broke down: ${message.reason}`));
        return;
      }
      if (message.type === 'outcome') onOutcome(message.outcome);
      next();
    });
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`a lane ended with ${code ?? signal}`));
    });
  });
}
