import { describe, expect, it } from 'vitest';
import { CongestionWindow } from '../../../../shared/pipeline/upload/congestionWindow.ts';
import { FakeClock } from '../fakes.ts';

function narrowed(times: number) {
  const clock = new FakeClock();
  const window = new CongestionWindow(clock, 10);
  for (let n = 0; n < times; n++) window.narrow(clock.now(), 0);
  return { clock, window };
}

describe('CongestionWindow', () => {
  it('begins with all that is allowed, and counts what is in flight', () => {
    const { window } = narrowed(0);
    window.enter();
    window.enter();
    window.leave();
    expect(window).toMatchObject({ room: 9, isIdle: false, pauseMs: 0 });
    window.leave();
    expect(window).toMatchObject({ room: 10, isIdle: true });
  });

  it('keeps seven tenths when throttled, and never less than one request', () => {
    expect(narrowed(1).window.room).toBeCloseTo(7);
    expect(narrowed(2).window.room).toBeCloseTo(4.9);
    expect(narrowed(50).window.room).toBe(1);
  });

  it('shrinks once for all requests that were under way together', async () => {
    const { clock, window } = narrowed(0);
    const requestedAt = clock.now();
    await clock.advance(100);
    window.narrow(requestedAt, 0);
    window.narrow(requestedAt, 0);
    expect(window.room).toBeCloseTo(7);
    window.narrow(clock.now(), 0);
    expect(window.room).toBeCloseTo(4.9);
  });

  it('grows by about one request per round of answers, up to all that is allowed', () => {
    const { window } = narrowed(50);
    window.widen();
    expect(window.room).toBe(2);
    window.widen();
    window.widen();
    expect(window.room).toBeCloseTo(2.9);
    for (let n = 0; n < 200; n++) window.widen();
    expect(window.room).toBe(10);
  });

  it('pauses as long as the longest wait that was asked for', async () => {
    const { clock, window } = narrowed(0);
    window.narrow(clock.now(), 5_000);
    window.narrow(clock.now(), 1_000);
    expect(window.pauseMs).toBe(5_000);
    await clock.advance(4_000);
    expect(window.pauseMs).toBe(1_000);
    await clock.advance(4_000);
    expect(window.pauseMs).toBe(0);
  });
});
