import { join } from 'node:path';
import { startAsked } from '../../../local/process/asked.ts';
import type { FaultName } from './faultKinds.ts';
import type { RunOutcome } from './runOnce.ts';

/** What a process that makes runs is asked. */
export interface RunOrder {
  readonly seed: number;
  readonly enabled: readonly FaultName[];
  readonly trace: boolean;
}

export type RunAnswer = { readonly kind: 'ready' } | { readonly kind: 'made'; readonly outcome: RunOutcome };

export interface ManyRunsOptions {
  readonly seeds: readonly number[];
  readonly enabled: readonly FaultName[];
  /** Runs at once, each with clouds of its own. */
  readonly parallel: number;
  /** For the clouds' data. */
  readonly folder: string;
  /** Prints what the drainers say. */
  readonly trace: boolean;
  readonly onOutcome: (outcome: RunOutcome) => void;
}

const script = new URL('./script.ts', import.meta.url);

/** Makes all runs, several side by side. @throws Error naming the seed when the suite itself fails */
export async function manyRuns(options: ManyRunsOptions): Promise<void> {
  const seeds = [...options.seeds];
  const parallel = Math.min(options.parallel, seeds.length);
  await Promise.all(Array.from({ length: parallel }, (_, index) => oneAfterTheOther(index, seeds, options)));
}

async function oneAfterTheOther(index: number, seeds: number[], options: ManyRunsOptions): Promise<void> {
  const { enabled, folder, trace, onOutcome } = options;
  const args = [join(folder, `parallel-${index}`), String(index)];
  const runs = await startAsked<RunOrder, RunAnswer>(script, args, { PATH: process.env['PATH'] });
  try {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const answer = await runs.ask({ seed, enabled, trace }).catch((cause: unknown) => {
        throw new Error(`the run of seed ${seed} broke down; the lines above say why`, { cause });
      });
      if (answer.kind === 'made') onOutcome(answer.outcome);
    }
  } finally {
    await runs.end();
  }
}
