import { describe, expect, it } from 'vitest';
import { judge } from '../../bench/demands.ts';
import { type DesignName, emptyTally } from '../../bench/design.ts';
import type { Result } from '../../bench/measure.ts';
import type { Run } from '../../bench/runDesign.ts';

const sets = { mid: 'mid', tiny: 'tiny', small: 'large20', large: 'large200' };

describe('judge', () => {
  it('demands a multiple of the plain way, at the same level and at level 3', () => {
    const demands = judge(
      [
        result('mid', 'plain', [{ cpuMs: 1900 }, { cpuMs: 2000 }]),
        result('mid', 'ours-6', [{ cpuMs: 1000 }, { cpuMs: 1000 }]),
        result('mid', 'ours-3', [{ cpuMs: 1000 }, { cpuMs: 1000 }]),
      ],
      sets,
    );
    expect(demands).toMatchObject([
      { name: 'plain-level6', value: 1.95, min: 1.9, max: 2, demand: '>= 1.8', ok: true },
      { name: 'plain-level3', value: 1.95, demand: '>= 2.5', ok: false },
    ]);
  });

  it('demands that memory does not grow with the file', () => {
    const demands = judge(
      [result('large20', 'ours-6', [{ maxRssBytes: 100e6 }]), result('large200', 'ours-6', [{ maxRssBytes: 161e6 }])],
      sets,
    );
    expect(demands).toMatchObject([{ name: 'rss-growth', value: 61, demand: '<= 60', ok: false }]);
  });

  it('demands that small files share requests', () => {
    const demands = judge([result('tiny', 'ours-6', [{ bodies: 21, bodyBytes: 19_500_000 }])], sets);
    expect(demands).toMatchObject([{ name: 'small-requests', value: 1.05, demand: '<= 1.05', ok: true }]);
  });

  it('judges nothing that was not measured', () => {
    expect(judge([result('mid', 'plain', [{ cpuMs: 1 }])], sets)).toEqual([]);
  });
});

function result(set: string, name: string, runs: readonly Partial<Run>[]): Result {
  const [design = '', level = '6'] = name.split('-');
  return {
    set,
    contender: { name, design: design as DesignName, level: Number(level) },
    runs: runs.map((run) => ({ ...emptyTally(), wallMs: 0, cpuMs: 0, maxRssBytes: 0, ...run })),
  };
}
