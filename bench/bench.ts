import { join } from 'node:path';
import { type BenchArguments, readArguments } from './arguments.ts';
import { type DataSet, prepareDataSet, type RecipeName, type SetName } from './dataSets.ts';
import { type Demand, type DemandSets, judge } from './demands.ts';
import { describeMachine, load, type Machine, pinning } from './machine.ts';
import { type Contender, measure, type Result } from './measure.ts';
import { formatReport, summarize } from './report.ts';

/** Everything a benchmark run found out. */
export interface BenchReport {
  readonly machine: Machine;
  readonly sets: readonly DataSet[];
  readonly results: readonly Result[];
  readonly demands: readonly Demand[];
}

export async function bench(options: BenchArguments, report: (line: string) => void): Promise<BenchReport> {
  const pin = pinning();
  const machine = describeMachine(pin.length > 0);
  const plan = options.sets.flatMap((name) => planOf(name, options));
  const sets: DataSet[] = [];
  const results: Result[] = [];
  for (const { recipe, contenders, rounds } of plan) {
    const set = await prepareDataSet(scratch, recipe);
    sets.push(set);
    results.push(...(await measure(set, contenders, { rounds, pin, report })));
  }
  const demands = judge(results, options.quick ? quickSets : fullSets);
  return { machine: { ...machine, loadAfter: load() }, sets, results, demands };
}

const scratch = join(import.meta.dirname, '../.local/bench');

const fullSets = { mid: 'mid', tiny: 'tiny', small: 'large20', large: 'large200' } as const satisfies DemandSets;
const quickSets = {
  mid: 'quickMid',
  tiny: 'quickTiny',
  small: 'quickLarge20',
  large: 'quickLarge200',
} as const satisfies DemandSets;

const contenders = {
  plain: { name: 'plain', design: 'plain', level: 6 },
  ours6: { name: 'ours-6', design: 'ours', level: 6 },
  ours3: { name: 'ours-3', design: 'ours', level: 3 },
  limit6: { name: 'limit-6', design: 'limit', level: 6 },
  limit3: { name: 'limit-3', design: 'limit', level: 3 },
} as const satisfies Record<string, Contender>;

interface Step {
  readonly recipe: RecipeName;
  readonly contenders: readonly Contender[];
  readonly rounds: number;
}

/** Which contenders run over a set; where a figure hardly varies three rounds are enough. */
function planOf(name: SetName, { quick, rounds }: BenchArguments): Step[] {
  const sets = quick ? quickSets : fullSets;
  const { plain, ours6, ours3, limit6, limit3 } = contenders;
  const few = Math.min(rounds, 3);
  switch (name) {
    case 'mid':
      return [{ recipe: sets.mid, contenders: [plain, ours6, ours3, limit6, limit3], rounds }];
    case 'tiny':
      return [{ recipe: sets.tiny, contenders: [plain, ours6], rounds: few }];
    case 'large':
      return [
        { recipe: sets.small, contenders: [plain, ours6], rounds: few },
        { recipe: sets.large, contenders: [plain, ours6], rounds: few },
      ];
  }
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
