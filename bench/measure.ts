import { join } from 'node:path';
import type { Contender } from './contenders.ts';
import type { DataSet } from './dataSets.ts';
import { bodyLimit } from './demands.ts';
import { pinning } from './machine.ts';
import type { Run, RunOptions } from './runDesign.ts';
import { spawned } from './spawned.ts';

/** Every run of one contender over one set, in the order of rounds. */
export interface Result {
  readonly set: string;
  readonly contender: Contender;
  readonly runs: readonly Run[];
}

export interface MeasureOptions {
  readonly rounds: number;
  readonly pinned: boolean;
  readonly report: (line: string) => void;
}

/**
 * Runs contenders over a set, one fresh process a run. Rounds are interleaved and their order rotates (A B C, B C A, …), so
 * that a slow minute of the machine hits all alike.
 * @throws Error when a run fails, did not turn every record into a row, or made a body over the limit.
 */
export async function measure(
  set: DataSet,
  contenders: readonly Contender[],
  { rounds, pinned, report }: MeasureOptions,
): Promise<Result[]> {
  const runs = new Map<Contender, Run[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const contender = contenders[(turn + round) % contenders.length];
      if (contender === undefined) continue;
      const run = await runOnce(contender, set, pinned);
      const { cpuMs, wallMs } = run;
      report(`${set.name} ${round + 1}: ${contender.name} ${Math.round(cpuMs)} ms of CPU, ${Math.round(wallMs)} ms`);
      runs.get(contender)?.push(run);
    }
  }
  return contenders.map((contender) => ({ set: set.name, contender, runs: runs.get(contender) ?? [] }));
}

async function runOnce(contender: Contender, set: DataSet, pinned: boolean): Promise<Run> {
  const run: Run = JSON.parse(
    await spawned([...(pinned ? pinning(contender.cores) : []), ...commandOf(contender, set)]),
  );
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

function commandOf({ design, level, cores }: Contender, { folder }: DataSet): string[] {
  if (design === 'python') return ['python3', join(import.meta.dirname, 'designs/plain.py'), folder];
  const options: RunOptions = { design, level, cores, folder };
  return [process.execPath, join(import.meta.dirname, 'runDesign.ts'), JSON.stringify(options)];
}
