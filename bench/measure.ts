import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { DataSet } from './dataSets.ts';
import { bodyLimit } from './demands.ts';
import type { DesignName } from './design.ts';
import type { Run } from './runDesign.ts';

/** A design at a gzip level. */
export interface Contender {
  readonly name: string;
  readonly design: DesignName;
  readonly level: number;
}

/** Every run of one contender over one set, in the order of rounds. */
export interface Result {
  readonly set: string;
  readonly contender: Contender;
  readonly runs: readonly Run[];
}

/**
 * Runs contenders over a set, one fresh process a run. Rounds are interleaved and their order rotates (A B C, B C A, …), so
 * that a slow minute of the machine hits all alike.
 * @throws Error when a run fails, did not turn every record into a row, or made a body over the limit.
 */
export async function measure(
  set: DataSet,
  contenders: readonly Contender[],
  options: { readonly rounds: number; readonly pin: readonly string[]; readonly report: (line: string) => void },
): Promise<Result[]> {
  const runs = new Map<Contender, Run[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < options.rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const contender = contenders[(turn + round) % contenders.length];
      if (contender === undefined) continue;
      const run = await runOnce(contender, set, options.pin);
      options.report(`${set.name} round ${round + 1}: ${contender.name} ${Math.round(run.cpuMs)} ms of CPU`);
      runs.get(contender)?.push(run);
    }
  }
  return contenders.map((contender) => ({ set: set.name, contender, runs: runs.get(contender) ?? [] }));
}

/** A run that takes longer than this hangs; the slowest takes some ten seconds. */
const runLimitMs = 120_000;

async function runOnce(contender: Contender, set: DataSet, pin: readonly string[]): Promise<Run> {
  const [command = process.execPath, ...args] = [
    ...pin,
    process.execPath,
    join(import.meta.dirname, 'runDesign.ts'),
    contender.design,
    String(contender.level),
    set.folder,
  ];
  const { status, output } = await spawned(command, args);
  if (status !== 0) throw new Error(`${contender.name} failed on ${set.name} with status ${status}`);
  const run: Run = JSON.parse(output);
  if (run.rows !== set.records || run.files !== set.files || run.bytesIn !== set.bytes) {
    throw new Error(
      `${contender.name} made ${run.rows} rows of ${run.files} files of ${set.name}, which holds ${set.records} records in ${set.files} files`,
    );
  }
  if (contender.design === 'ours' && run.largestBody > bodyLimit) {
    throw new Error(`${contender.name} made a body of ${run.largestBody} bytes on ${set.name}`);
  }
  return run;
}

function spawned(command: string, args: readonly string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: runLimitMs });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output: Buffer.concat(pieces).toString() }));
  });
}
