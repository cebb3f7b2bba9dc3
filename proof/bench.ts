import { join } from 'node:path';
import { documentedRate } from '../local/azure/ingestion/tokenBucket.ts';
import { type BenchArguments, readArguments } from './bench/arguments.ts';
import type { Comparison } from './bench/compareRows.ts';
import { type ContenderName, contenders } from './bench/contenders.ts';
import { type DataSet, prepareDataSet, type RecipeName, type SetName } from './bench/dataSets.ts';
import { type DemandSets, judge } from './bench/demands.ts';
import { endToEnd } from './bench/endToEnd/endToEnd.ts';
import { describeMachine, load } from './bench/machine.ts';
import { measure, nameOf, type Result } from './bench/measure.ts';
import { type BenchReport, formatReport, summarize } from './bench/report.ts';
import { spawned } from './bench/spawned.ts';

export async function bench(options: BenchArguments, report: (line: string) => void): Promise<BenchReport> {
  const startedAt = performance.now();
  const machine = describeMachine();
  const { pinned } = machine;
  const names = options.quick ? quickSets : fullSets;
  const sets = new Map<RecipeName, DataSet>();
  const setOf = async (name: RecipeName): Promise<DataSet> => {
    const set = sets.get(name) ?? (await prepareDataSet(scratch, name));
    sets.set(name, set);
    return set;
  };
  const results: Result[] = [];
  for (const { set, passes, runs, rounds } of options.sets.flatMap((name) => planOf(name, options))) {
    const measured = runs
      .filter((name) => name !== 'python' || machine.python !== undefined)
      .map((name) => contenders[name]);
    results.push(...(await measure(await setOf(names[set]), measured, { rounds, passes, pinned, report })));
  }
  const comparisons: BenchReport['comparisons'][number][] = [];
  for (const name of ['mid', 'tiny'] as const) {
    if (options.sets.includes(name)) comparisons.push(await compare(await setOf(names[name]), options.quick ? 1 : 4));
  }
  const driven = options.sets.includes('end-to-end')
    ? await endToEnd({
        folder: join(scratch, 'clouds'),
        mid: await setOf(names.mid),
        tiny: await setOf(names.tiny),
        measuredMs: options.quick ? 2000 : 20_000,
        // So little that a quick run meets it too.
        bytesPerMinute: options.quick ? documentedRate.bytesPerMinute / 10 : documentedRate.bytesPerMinute,
        report,
      })
    : undefined;
  const long = nameOf({ name: names.mid }, longPasses);
  const demands = judge({ results, comparisons, endToEnd: driven }, { ...names, long });
  return {
    machine: { ...machine, loadAfter: load() },
    seconds: (performance.now() - startedAt) / 1000,
    sets: [...sets.values()],
    results,
    comparisons,
    endToEnd: driven,
    demands,
  };
}

const scratch = join(import.meta.dirname, '../.local/bench');

type SetsOfRun = Omit<DemandSets, 'long'>;

const fullSets = {
  mid: 'mid',
  tiny: 'tiny',
  large50: 'large50',
  large200: 'large200',
  large1000: 'large1000',
} as const satisfies SetsOfRun;
const quickSets = {
  mid: 'quickMid',
  tiny: 'quickTiny',
  large50: 'quickLarge50',
  large200: 'quickLarge200',
  large1000: 'quickLarge1000',
} as const satisfies SetsOfRun;

/** As many bytes as a busy hour brings: compiling and first touches weigh less than they do in one pass. */
const longPasses = 3;

interface Step {
  readonly set: keyof SetsOfRun;
  readonly passes: number;
  readonly runs: readonly ContenderName[];
  readonly rounds: number;
}

/** Which contenders run over a set; where a figure hardly varies or a run is long, fewer rounds are enough. */
function planOf(name: SetName, { rounds }: BenchArguments): Step[] {
  const one = Math.min(rounds, 1);
  const two = Math.min(rounds, 2);
  switch (name) {
    case 'mid':
      return [
        { set: 'mid', passes: 1, runs: ['plain', 'ours6', 'ours3'], rounds },
        { set: 'mid', passes: 1, runs: ['plainRows', 'rows'], rounds },
        { set: 'mid', passes: longPasses, runs: ['limit6', 'ours6', 'selected6', 'limit6On2', 'ours6On2'], rounds },
        { set: 'mid', passes: longPasses, runs: ['plainOn2', 'ours3On2'], rounds: two },
        { set: 'mid', passes: longPasses, runs: ['limit3', 'python', 'ours3'], rounds: two },
      ];
    case 'tiny':
      return [{ set: 'tiny', passes: 1, runs: ['plainOn2', 'ours3On2'], rounds: two }];
    case 'large':
      return [
        { set: 'large50', passes: 1, runs: ['ours6On2'], rounds: one },
        { set: 'large200', passes: 1, runs: ['ours6On2'], rounds },
        { set: 'large1000', passes: 1, runs: ['ours6On2'], rounds: one },
      ];
    case 'end-to-end':
      return [];
  }
}

async function compare(set: DataSet, step: number): Promise<BenchReport['comparisons'][number]> {
  const script = join(import.meta.dirname, 'bench/compareRows.ts');
  const comparison: Comparison = JSON.parse(await spawned([process.execPath, script, set.folder, String(step)]));
  return { set: set.name, ...comparison };
}

async function main(): Promise<number> {
  const options = readArguments(process.argv.slice(2));
  const found = await bench(options, (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(options.json ? `${JSON.stringify(summarize(found))}\n` : formatReport(found));
  return options.quick || found.demands.every(({ ok }) => ok) ? 0 : 1;
}

if (import.meta.main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
