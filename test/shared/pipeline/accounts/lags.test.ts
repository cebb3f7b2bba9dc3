import { describe, expect, it } from 'vitest';
import { addLags, Lags } from '../../../../shared/pipeline/accounts/lags.ts';

describe('lags', () => {
  it('tell quantiles at most a tenth too high, never more than the longest', () => {
    const lags = new Lags();
    for (let ms = 1; ms <= 10_000; ms++) lags.add(ms);
    const { longest, p50, p95 } = lags.figures() ?? { longest: 0, p50: 0, p95: 0 };
    expect(p50).toBeGreaterThanOrEqual(5_000);
    expect(p50).toBeLessThanOrEqual(5_500);
    expect(p95).toBeGreaterThanOrEqual(9_500);
    expect(p95).toBeLessThanOrEqual(10_000);
    expect(longest).toBe(10_000);
  });

  it('count what took equally long at once', () => {
    const lags = new Lags();
    lags.add(1_000, 94);
    lags.add(60_000, 6);
    expect(lags.figures()).toMatchObject({ p95: 60_000, longest: 60_000 });
    lags.add(1_000, 100);
    expect(lags.figures()?.p95).toBeLessThanOrEqual(1_100);
  });

  it('tell nothing when there were none, and take no time at all for what it is', () => {
    const lags = new Lags();
    expect(lags.figures()).toBeUndefined();
    lags.add(0);
    expect(lags.figures()).toEqual({ p50: 0, p95: 0, longest: 0 });
  });
});

describe('addLags', () => {
  it('adds neighbours of one second together, leaves out what nobody knows, and lets nothing be younger than now', () => {
    const added: (readonly [ms: number, times: number | undefined])[] = [];
    const to = { add: (ms: number, times?: number) => void added.push([ms, times]) };
    addLags(Uint32Array.from([90, 90, 0, 95, 90, 101]), 100_000, to);
    expect(added).toEqual([
      [10_000, 2],
      [5_000, 1],
      [10_000, 1],
      [0, 1],
    ]);
  });

  it('adds nothing of nothing', () => {
    const lags = new Lags();
    addLags(new Uint32Array(0), 100_000, lags);
    expect(lags.figures()).toBeUndefined();
  });
});
