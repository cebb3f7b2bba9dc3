import { describe, expect, it } from 'vitest';
import { exactFaults, faultNames, isFaultName } from '../../../cli/faults/faultKinds.ts';
import { planRun } from '../../../cli/faults/plan.ts';

describe('planRun', () => {
  it('follows from the seed alone', () => {
    expect(planRun(7, faultNames)).toEqual(planRun(7, faultNames));
    expect(planRun(7, faultNames)).not.toEqual(planRun(8, faultNames));
  });

  it('draws every kind of misfortune sooner or later, and only those that are enabled', () => {
    const drawn = new Set(Array.from({ length: 200 }, (_, seed) => planRun(seed, faultNames)).flatMap(kindsOf));
    expect([...drawn].sort()).toEqual([...faultNames].sort());
    expect(planRun(1, ['kill']).injections.every(({ kind }) => kind === 'kill')).toBe(true);
    expect(planRun(1, []).injections).toEqual([]);
  });

  it('leaves the end of a slice out where every outcome must become known', () => {
    expect(planRun(1, exactFaults).sliceSeconds).toBe(300);
    expect(planRun(1, faultNames).sliceSeconds).toBeLessThan(300);
  });
});

describe('isFaultName', () => {
  it('knows the names and nothing else', () => {
    expect(faultNames.every(isFaultName)).toBe(true);
    expect(isFaultName('toString')).toBe(false);
  });
});

function kindsOf({ injections }: ReturnType<typeof planRun>): string[] {
  return injections.map(({ kind }) => kind);
}
