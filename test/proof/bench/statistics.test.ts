import { describe, expect, it } from 'vitest';
import { spread, spreadOfRatios } from '../../../proof/bench/statistics.ts';

describe('spread', () => {
  it('takes the middle of an odd number of values', () => {
    expect(spread([10, 9, 100])).toEqual({ median: 10, min: 9, max: 100 });
  });

  it('takes the mean of the two middle ones of an even number', () => {
    expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  });

  it('refuses an empty series', () => {
    expect(() => spread([])).toThrow(RangeError);
  });
});

describe('spreadOfRatios', () => {
  it('compares round by round, so that a slow round counts on both sides', () => {
    expect(spreadOfRatios([10, 100, 12], [5, 50, 4])).toEqual({ median: 2, min: 2, max: 3 });
  });

  it('refuses series of different length', () => {
    expect(() => spreadOfRatios([1, 2], [1])).toThrow(RangeError);
  });
});
