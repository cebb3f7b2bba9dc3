import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Contender, contenders } from '../../../proof/bench/contenders.ts';
import { type Findings, judge } from '../../../proof/bench/demands.ts';
import { noCounts } from '../../../proof/bench/design.ts';
import type { Drained, EndToEnd } from '../../../proof/bench/endToEnd/endToEnd.ts';
import type { Result } from '../../../proof/bench/measure.ts';
import type { Run } from '../../../proof/bench/runDesign.ts';

const sets = {
  mid: 'mid',
  long: 'mid x 3',
  tiny: 'tiny',
  large50: 'large50',
  large200: 'large200',
  large1000: 'large1000',
};

describe('judge', () => {
  it('compares round by round and judges the median', () => {
    const demands = judged([
      result('mid', contenders.plain, [{ cpuMs: 2400 }, { cpuMs: 2600 }]),
      result('mid', contenders.ours6, [{ cpuMs: 1000 }, { cpuMs: 1000 }]),
      result('mid', contenders.ours3, [{ cpuMs: 1000 }, { cpuMs: 1300 }]),
    ]);
    expect(demands).toMatchObject([
      { name: 'plain-1core-same-level', value: 2.5, min: 2.4, max: 2.6, demand: '>= 2.3', ok: true },
      { name: 'plain-level6', value: 2.5, demand: '>= 1.8', ok: true },
      { name: 'plain-level3', value: 2.2, demand: '>= 2.5', ok: false },
      { name: 'largest-body' },
    ]);
  });

  it('wants ours near to what zlib alone takes', () => {
    const demands = judged([
      result('mid x 3', contenders.limit6On2, [{ wallMs: 891 }]),
      result('mid x 3', contenders.ours6On2, [{ wallMs: 1000 }]),
    ]);
    expect(demands[0]).toMatchObject({ name: 'limit-2cores', value: 0.891, demand: '>= 0.9', ok: false });
  });

  it('demands that small files share requests', () => {
    const demands = judged([result('tiny', contenders.ours3On2, [{ bodies: 21, bodyBytes: 19_500_000 }])]);
    expect(demands.slice(0, 2)).toMatchObject([
      { name: 'tiny-requests', value: 1.05, demand: '<= 1.03', ok: false },
      { name: 'small-requests', value: 1.05, demand: '<= 1.05', ok: true },
    ]);
  });

  it('bounds memory, its growth, and stalls', () => {
    const demands = judged([
      result('large50', contenders.ours6On2, [{ maxRssBytes: 100e6 }, { maxRssBytes: 110e6 }, { maxRssBytes: 170e6 }]),
      result('large200', contenders.ours6On2, [{ maxRssBytes: 201e6, stallMs: 20 }]),
      result('large1000', contenders.ours6On2, [{ maxRssBytes: 160e6 }]),
    ]);
    expect(demands.slice(0, 3)).toMatchObject([
      { name: 'rss-200mb', value: 201, ok: false },
      { name: 'rss-growth', value: 50, ok: true },
      { name: 'stall', value: 20, ok: true },
    ]);
  });

  it('takes the largest body of all runs', () => {
    const demands = judged([result('mid', contenders.ours6, [{ largestBody: 1_000_000 }, { largestBody: 1_000_001 }])]);
    expect(demands).toMatchObject([{ name: 'largest-body', value: 1_000_001, ok: false }]);
  });

  it('allows neither a lost row nor a different one', () => {
    const comparisons = [
      { records: 10, rows: 10, compared: 5, different: 0 },
      { records: 10, rows: 11, compared: 5, different: 2 },
    ];
    expect(judge({ results: [], comparisons, endToEnd: undefined }, sets)).toMatchObject([
      { name: 'rows-lost', value: 1, ok: false },
      { name: 'oracle-differences', value: 2, ok: false },
    ]);
  });

  it('wants most of the quota of one rule and of four, and never more than it', () => {
    const endToEnd: EndToEnd = {
      oneRule: drained(30),
      fourRules: drained(80),
      latencies: [],
      mostOfQuota: 1,
      rowsLost: 0,
    };
    expect(judge({ results: [], comparisons: [], endToEnd }, sets)).toMatchObject([
      { name: 'e2e-1rule', value: 30, ok: true },
      { name: 'e2e-4rules', value: 80, ok: false },
      { name: 'e2e-quota', value: 1, ok: true },
      { name: 'e2e-rows-lost', value: 0, ok: true },
    ]);
  });

  it('has each of its demands, with its bound, in docs/performance.md', () => {
    const text = readFileSync(new URL('../../../docs/performance.md', import.meta.url), 'utf8');
    const demands = judge(everything(), sets);
    expect(demands).toHaveLength(22);
    const documented = [...text.matchAll(/^\| `([-\w]+)` \| .* \| (at least|at most) ([\d.]+) \| /gm)].map(
      ([, name, bound, figure]) => `${name} ${bound === 'at least' ? '>=' : '<='} ${figure}`,
    );
    expect(documented).toEqual(demands.map(({ demand, name }) => `${name} ${demand}`));
  });

  it('judges nothing that was not measured', () => {
    expect(judged([result('mid', contenders.plain, [{ cpuMs: 1 }])])).toEqual([]);
  });
});

/** Every contender on every set, so that there is something to say of each demand. */
function everything(): Findings {
  const run = { wallMs: 1, cpuMs: 1, maxRssBytes: 1, stallMs: 1, bodies: 1, bodyBytes: 1, largestBody: 1 };
  const results = Object.values(sets).flatMap((set) =>
    Object.values(contenders).map((contender) => result(set, contender, [run])),
  );
  const comparisons = [{ records: 1, rows: 1, compared: 1, different: 0 }];
  const [oneRule, fourRules] = [drained(30), drained(90)];
  return { results, comparisons, endToEnd: { oneRule, fourRules, latencies: [], mostOfQuota: 1, rowsLost: 0 } };
}

function judged(results: Findings['results']) {
  return judge({ results, comparisons: [], endToEnd: undefined }, sets);
}

function result(set: string, contender: Contender, runs: readonly Partial<Run>[]): Result {
  return {
    set,
    passes: 1,
    contender,
    runs: runs.map((run) => ({ ...noCounts(), wallMs: 0, cpuMs: 0, maxRssBytes: 0, ...run })),
  };
}

function drained(megabytesOfRowsPerSecond: number): Drained {
  return {
    seconds: 20,
    megabytesOfRowsPerSecond,
    objectsPerSecond: 0,
    recordsPerSecond: 0,
    readsInFlight: 0,
    mostUploadsInFlight: 0,
    uploadsRefused: 0,
    connectorPeakMegabytes: 0,
    perGigabyteOfRows: { cpuSeconds: 0, cloudsCpuSeconds: 0, awsRequests: 0, uploads: 0, storageRequests: 0 },
    failures: [],
  };
}
