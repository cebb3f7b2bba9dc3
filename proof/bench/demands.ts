import { bodyLimit } from './bodyLimit.ts';
import type { Comparison } from './compareRows.ts';
import type { EndToEnd } from './endToEnd/endToEnd.ts';
import type { Result } from './measure.ts';
import type { Run } from './runDesign.ts';
import { type Spread, spread, spreadOfRatios } from './statistics.ts';

/** What this project promises about its speed and memory, and whether a run kept it. */
export interface Demand extends Omit<Spread, 'median'> {
  readonly name: string;
  readonly about: string;
  /** Median over the rounds. */
  readonly value: number;
  readonly demand: string;
  readonly ok: boolean;
}

/** Everything that was found out. */
export interface Findings {
  readonly results: readonly Result[];
  readonly comparisons: readonly Comparison[];
  readonly endToEnd: EndToEnd | undefined;
}

/** The sets' parts in a demand, so that a quick run may use smaller ones. */
export interface DemandSets {
  readonly mid: string;
  /** The same, several times over. */
  readonly long: string;
  readonly tiny: string;
  readonly large50: string;
  readonly large200: string;
  readonly large1000: string;
}

/** Judges those demands for which something was measured. */
export function judge(findings: Findings, sets: DemandSets): Demand[] {
  return specifications(findings, sets).flatMap(({ name, about, least, most, value }) => {
    if (value === undefined) return [];
    const { median, min, max } = value;
    const demand = least === undefined ? `<= ${most}` : `>= ${least}`;
    const ok = median >= (least ?? Number.NEGATIVE_INFINITY) && median <= (most ?? Number.POSITIVE_INFINITY);
    return [{ name, about, value: rounded(median), min: rounded(min), max: rounded(max), demand, ok }];
  });
}

interface Specification {
  readonly name: string;
  readonly about: string;
  readonly least?: number;
  readonly most?: number;
  readonly value: Spread | undefined;
}

function specifications({ results, comparisons, endToEnd }: Findings, sets: DemandSets): Specification[] {
  const runsOf = (set: string, contender: string) =>
    results.find((result) => result.set === set && result.contender.name === contender)?.runs;
  const ratio = (set: string, of: string, over: string, figure: (run: Run) => number): Spread | undefined => {
    const [numerators, denominators] = [runsOf(set, of), runsOf(set, over)];
    if (numerators === undefined || denominators === undefined) return undefined;
    return spreadOfRatios(numerators.map(figure), denominators.map(figure));
  };
  const each = (set: string, contender: string, figure: (run: Run) => number): Spread | undefined => {
    const runs = runsOf(set, contender);
    return runs === undefined ? undefined : spread(runs.map(figure));
  };
  const cpu = ({ cpuMs }: Run) => cpuMs;
  const wall = ({ wallMs }: Run) => wallMs;
  const fewest = ({ bodies, bodyBytes }: Run) => bodies / Math.ceil(bodyBytes / bodyLimit);
  const { mid, long, tiny, large50, large200, large1000 } = sets;
  const plain6 = ratio(mid, 'plain', 'ours-6', cpu);
  const ours = results.filter(({ contender }) => contender.design === 'ours').flatMap(({ runs }) => runs);
  return [
    {
      name: 'plain-1core-same-level',
      about: 'the plain way over ours, both at level 6: CPU time, one core',
      least: 2.3,
      value: plain6,
    },
    { name: 'plain-level6', about: 'the same', least: 1.8, value: plain6 },
    {
      name: 'plain-level3',
      about: 'the plain way (level 6) over ours catching up (level 3): CPU time, one core',
      least: 2.5,
      value: ratio(mid, 'plain', 'ours-3', cpu),
    },
    {
      name: 'plain-2cores-defaults',
      about: 'the same: wall time, two cores',
      least: 6,
      value: ratio(long, 'plain on 2', 'ours-3 on 2', wall),
    },
    {
      name: 'python-1core',
      about: "Microsoft's way in Python over ours catching up (level 3): wall time, one core",
      least: 7.5,
      value: ratio(long, 'python', 'ours-3', wall),
    },
    {
      name: 'limit-1core',
      about: "zlib alone over ours, both at level 6: CPU time, one core; 1 is zlib's own speed",
      least: 0.85,
      value: ratio(long, 'limit-6', 'ours-6', cpu),
    },
    {
      name: 'limit-2cores',
      about: 'the same: wall time, two cores',
      least: 0.9,
      value: ratio(long, 'limit-6 on 2', 'ours-6 on 2', wall),
    },
    {
      name: 'selectors',
      about: 'ours over ours with every ready-made selector judging, and none dropping: CPU time, one core',
      least: 0.9,
      value: ratio(long, 'ours-6', 'selected-6', cpu),
    },
    {
      name: 'transform',
      about: 'parsing, mapping and stringifying once over the row engine: CPU time, inflated records to rows in bodies',
      least: 10,
      value: ratio(mid, 'plain rows', 'rows', cpu),
    },
    {
      name: 'tiny-wall',
      about: 'small files: the plain way over ours catching up (level 3): wall time, two cores',
      least: 8,
      value: ratio(tiny, 'plain on 2', 'ours-3 on 2', wall),
    },
    {
      name: 'tiny-requests',
      about: 'small files: requests over the fewest possible',
      most: 1.03,
      value: each(tiny, 'ours-3 on 2', fewest),
    },
    { name: 'small-requests', about: 'the same', most: 1.05, value: each(tiny, 'ours-3 on 2', fewest) },
    {
      name: 'rss-200mb',
      about: 'peak memory on a file of 200 MB, MB',
      most: 200,
      value: each(large200, 'ours-6 on 2', ({ maxRssBytes }) => maxRssBytes / 1e6),
    },
    {
      name: 'rss-growth',
      about: 'peak memory on a file of 1 GB minus that on one of 50 MB, MB',
      most: 60,
      value: differences(runsOf(large1000, 'ours-6 on 2'), runsOf(large50, 'ours-6 on 2')),
    },
    {
      name: 'stall',
      about: 'longest stall of the event loop on a file of 200 MB, ms',
      most: 50,
      value: each(large200, 'ours-6 on 2', ({ stallMs = Number.NaN }) => stallMs),
    },
    {
      name: 'largest-body',
      about: 'bytes of the largest request body of all runs',
      most: bodyLimit,
      value: ours.length === 0 ? undefined : exactly(Math.max(...ours.map(({ largestBody }) => largestBody))),
    },
    {
      name: 'rows-lost',
      about: 'records without a row in a body',
      most: 0,
      value: sumOf(comparisons, ({ records, rows }) => Math.abs(records - rows)),
    },
    {
      name: 'oracle-differences',
      about: 'rows that are not those of a plain mapping, of every one compared',
      most: 0,
      value: sumOf(comparisons, ({ different }) => different),
    },
    {
      name: 'e2e-1rule',
      about: 'end to end with 150 ms of latency, one rule (quota 33.3): MB of rows a second',
      least: 28,
      value: exactlyOf(endToEnd?.oneRule.megabytesOfRowsPerSecond),
    },
    {
      name: 'e2e-4rules',
      about: 'the same with four rules (quota 133.3)',
      least: 85,
      value: exactlyOf(endToEnd?.fourRules.megabytesOfRowsPerSecond),
    },
    {
      name: 'e2e-quota',
      about: 'the most any rule took in those runs, as a share of what its quota gives',
      most: 1,
      value: exactlyOf(endToEnd?.mostOfQuota),
    },
    {
      name: 'e2e-rows-lost',
      about:
        'end to end: records of acknowledged objects, or rows counted as accepted, that the endpoint does not have',
      most: 0,
      value: exactlyOf(endToEnd?.rowsLost),
    },
  ];
}

/**
 * V8 lets some 64 MB of buffers outside its heap wait for a collection, which a small file never makes; a design that
 * holds the file grows by hundreds.
 */
function differences(large: readonly Run[] | undefined, small: readonly Run[] | undefined): Spread | undefined {
  if (large === undefined || small === undefined) return undefined;
  const least = spread(small.map(({ maxRssBytes }) => maxRssBytes)).median;
  return spread(large.map(({ maxRssBytes }) => (maxRssBytes - least) / 1e6));
}

function sumOf(comparisons: readonly Comparison[], figure: (comparison: Comparison) => number): Spread | undefined {
  return comparisons.length === 0 ? undefined : exactly(comparisons.reduce((sum, each) => sum + figure(each), 0));
}

function exactlyOf(value: number | undefined): Spread | undefined {
  return value === undefined ? undefined : exactly(value);
}

function exactly(value: number): Spread {
  return { median: value, min: value, max: value };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
