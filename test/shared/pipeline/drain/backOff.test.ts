import { describe, expect, it } from 'vitest';
import { BackOff } from '../../../../shared/pipeline/drain/backOff.ts';

describe('BackOff', () => {
  it('is shorter when a slice has sent many away, and shortest when very many are in flight', () => {
    const backlog = { visible: 0, inFlight: 0 };
    const backOff = new BackOff(2, () => backlog);
    for (let n = 0; n < 2; n++) backOff.add();
    expect(backOff.mostSeconds).toBe(Number.POSITIVE_INFINITY);
    backOff.add();
    expect(backOff.mostSeconds).toBe(900);
    backlog.inFlight = 40_000;
    expect(backOff.mostSeconds).toBe(30);
  });

  it('knows nothing of a queue that may not be asked', () => {
    expect(new BackOff(undefined, () => undefined).mostSeconds).toBe(Number.POSITIVE_INFINITY);
  });
});
