import { describe, expect, it } from 'vitest';
import { createDeadline } from '../../../../shared/pipeline/limits/deadline.ts';
import { FakeClock } from '../fakes.ts';

function rig() {
  const clock = new FakeClock();
  const shutdown = new AbortController();
  const settings = { source: 'test', sliceMs: 300_000, stopReceivingMs: 25_000 };
  const deadline = createDeadline(clock, settings, shutdown.signal);
  const aborted = () => [deadline.stop, deadline.abandon, deadline.over].map((signal) => signal.aborted);
  return { aborted, clock, deadline, shutdown };
}

describe('createDeadline', () => {
  it('divides the time kept free: to finish, to wait for answers, to give back', async () => {
    const { aborted, clock, deadline } = rig();
    expect(deadline.receiveUntil - deadline.startedAt).toBe(275_000);
    await clock.advance(292_499);
    expect(aborted()).toEqual([false, false, false]);
    await clock.advance(1);
    expect(aborted()).toEqual([true, false, false]);
    await clock.advance(3_750);
    expect(aborted()).toEqual([true, true, false]);
    await clock.advance(3_750);
    expect(aborted()).toEqual([true, true, true]);
    expect(deadline.stop.reason).toMatchObject({
      code: 'slice-ended',
      message: 'the slice of test ended: its time is over',
    });
    expect(deadline.isShutdown()).toBe(false);
  });

  it('stops at once at a shutdown, and waits a few seconds for what is under way', async () => {
    const { aborted, clock, deadline, shutdown } = rig();
    shutdown.abort();
    expect(aborted()).toEqual([true, false, false]);
    expect(deadline.isShutdown()).toBe(true);
    await clock.advance(3_000);
    expect(aborted()).toEqual([true, true, false]);
    await clock.advance(3_000);
    expect(aborted()).toEqual([true, true, true]);
    expect(deadline.stop.reason).toMatchObject({ message: 'the slice of test ended: the host shuts down' });
  });

  it('is over from the beginning for a slice that starts in a shutdown', () => {
    const shutdown = AbortSignal.abort();
    const settings = { source: 'test', sliceMs: 300_000, stopReceivingMs: 25_000 };
    expect(createDeadline(new FakeClock(), settings, shutdown).stop.aborted).toBe(true);
  });

  it('aborts nothing once it is cancelled', async () => {
    const { aborted, clock, deadline, shutdown } = rig();
    deadline.cancel();
    shutdown.abort();
    await clock.advance(400_000);
    expect(aborted()).toEqual([false, false, false]);
  });
});
