import { join } from 'node:path';
import { bodyLimit } from './bodyLimit.ts';
import type { Contender } from './contenders.ts';
import type { DataSet } from './dataSets.ts';
import { pinning } from './machine.ts';
import type { Run, RunOptions } from './runDesign.ts';
import { spawned } from './spawned.ts';

/** Every run of one contender over one set, in the order of rounds. */
export interface Result {
  readonly set: string;
  /** How often a run went through the set. */
  readonly passes: number;
  readonly contender: Contender;
  readonly runs: readonly Run[];
}

export interface MeasureOptions {
  readonly rounds: number;
  /** How often a run goes through the set: several times where a start would weigh too much. */
  readonly passes: number;
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
  { rounds, passes, pinned, report }: MeasureOptions,
): Promise<Result[]> {
  const runs = new Map<Contender, Run[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const contender = contenders[(turn + round) % contenders.length];
      if (contender === undefined) continue;
      const run = await runOnce(contender, set, { passes, pinned });
      const { cpuMs, wallMs } = run;
      report(
        `${nameOf(set, passes)}, ${round + 1}: ${contender.name} ${Math.round(cpuMs)} ms of CPU, ${Math.round(wallMs)} ms`,
      );
      runs.get(contender)?.push(run);
    }
  }
  return contenders.map((contender) => ({
    set: nameOf(set, passes),
    passes,
    contender,
    runs: runs.get(contender) ?? [],
  }));
}

/** How the figures of a set are called. */
export function nameOf({ name }: Pick<DataSet, 'name'>, passes: number): string {
  return passes === 1 ? name : `${name} x ${passes}`;
}

async function runOnce(
  contender: Contender,
  set: DataSet,
  { passes, pinned }: Pick<MeasureOptions, 'passes' | 'pinned'>,
): Promise<Run> {
  const pins = pinned ? pinning(contender.cores) : [];
  const run: Run = JSON.parse(await spawned([...pins, ...commandOf(contender, set, passes)]));
  if (run.rows !== set.records * passes || run.files !== set.files * passes || run.bytesIn !== set.bytes * passes) {
    throw new Error(
      `${contender.name} made ${run.rows} rows of ${run.files} files of ${nameOf(set, passes)}; the set holds ${set.records} records in ${set.files} files`,
    );
  }
  if (contender.design === 'ours' && run.largestBody > bodyLimit) {
    throw new Error(`${contender.name} made a body of ${run.largestBody} bytes on ${set.name}`);
  }
  return run;
}

function commandOf({ design, level, cores }: Contender, { folder }: DataSet, passes: number): string[] {
  if (design === 'python') return ['python3', join(import.meta.dirname, 'designs/plain.py'), folder, String(passes)];
  const options: RunOptions = { design, level, cores, passes, folder };
  return [process.execPath, join(import.meta.dirname, 'runDesign.ts'), JSON.stringify(options)];
}
