import { describe, expect, it } from 'vitest';
import { Lags } from '../../../../shared/pipeline/accounts/lags.ts';

describe('lags', () => {
  it('tell quantiles at most a tenth too high, never more than the longest', () => {
    const lags = new Lags();
    for (let ms = 1; ms <= 10_000; ms++) lags.add(ms);
    for (const share of [0.5, 0.95, 1]) {
      expect(lags.quantile(share)).toBeGreaterThanOrEqual(share * 10_000 - 1);
      expect(lags.quantile(share)).toBeLessThanOrEqual(share * 11_000);
    }
    expect(lags.longest).toBe(10_000);
    expect(lags.quantile(1)).toBe(10_000);
  });

  it('tell nothing when there were none, and take no time at all for what it is', () => {
    const lags = new Lags();
    expect([lags.quantile(0.5), lags.longest]).toEqual([undefined, undefined]);
    lags.add(0);
    expect([lags.quantile(0.5), lags.longest]).toEqual([0, 0]);
  });
});
