import type { Result } from './measure.ts';
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

/** The sets' parts in a demand, so that a quick run may use smaller ones. */
export interface DemandSets {
  readonly mid: string;
  readonly tiny: string;
  readonly small: string;
  readonly large: string;
}

/** Judges those demands whose sets were measured. */
export function judge(results: readonly Result[], sets: DemandSets): Demand[] {
  const runs = (set: string, contender: string) =>
    results.find((result) => result.set === set && result.contender.name === contender)?.runs;
  const demands: Demand[] = [];
  const plain = runs(sets.mid, 'plain');
  for (const [level, least] of [
    [6, 1.8],
    [3, 2.5],
  ] as const) {
    const ours = runs(sets.mid, `ours-${level}`);
    if (plain === undefined || ours === undefined) continue;
    const ratio = spreadOfRatios(
      plain.map(({ cpuMs }) => cpuMs),
      ours.map(({ cpuMs }) => cpuMs),
    );
    demands.push(
      atLeast(`plain-level${level}`, `CPU time of plain over ours at gzip level ${level}, one core`, ratio, least),
    );
  }
  const small = runs(sets.small, 'ours-6');
  const large = runs(sets.large, 'ours-6');
  if (small !== undefined && large !== undefined) {
    const growth = spread(large.map((run, round) => (run.maxRssBytes - (small[round]?.maxRssBytes ?? 0)) / 1e6));
    demands.push(
      // V8 lets some 64 MB of buffers outside its heap wait for a collection, which a small file never makes: growth below
      // that says nothing. A design that holds the file grows by 180 MB at least.
      atMost('rss-growth', 'peak memory on a file ten times as large minus that on the small one, MB', growth, 60),
    );
  }
  const tiny = runs(sets.tiny, 'ours-6');
  if (tiny !== undefined) {
    const requests = spread(tiny.map(({ bodies, bodyBytes }) => bodies / Math.ceil(bodyBytes / bodyLimit)));
    demands.push(atMost('small-requests', 'requests for small files over the fewest possible', requests, 1.05));
  }
  return demands;
}

/** The connector's default limit of a request body; the service takes 1 MB: https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#logs-ingestion-api */
export const bodyLimit = 1_000_000;

function atLeast(name: string, about: string, { median, min, max }: Spread, bound: number): Demand {
  return {
    name,
    about,
    value: round(median),
    min: round(min),
    max: round(max),
    demand: `>= ${bound}`,
    ok: median >= bound,
  };
}

function atMost(name: string, about: string, { median, min, max }: Spread, bound: number): Demand {
  return {
    name,
    about,
    value: round(median),
    min: round(min),
    max: round(max),
    demand: `<= ${bound}`,
    ok: median <= bound,
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
