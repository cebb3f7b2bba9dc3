import { describe, expect, it } from 'vitest';
import { exactFaults, faultNames, isFaultName } from '../../../../proof/faults/run/faultKinds.ts';
import { planRun, type RunPlan } from '../../../../proof/faults/run/plan.ts';

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

  it('demands each record once unless a misfortune was drawn that may repeat one', () => {
    for (let seed = 0; seed < 200; seed++) {
      const plan = planRun(seed, faultNames);
      const mayDuplicate = kindsOf(plan).some((kind) => !exactFaults.some((exact) => exact === kind));
      expect(plan.mayDuplicate).toBe(mayDuplicate);
      expect(plan.sliceSeconds === 300).toBe(!mayDuplicate);
      expect(plan.mostSpeed < 20).toBe(!mayDuplicate);
    }
    expect(planRun(1, []).mayDuplicate).toBe(false);
  });

  it('draws the same shape whether or not a row may be repeated', () => {
    const shape = ({ files, large, processes }: RunPlan) => ({ files, large, processes });
    expect(shape(planRun(1, ['kill']))).toEqual(shape(planRun(1, ['reset'])));
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
