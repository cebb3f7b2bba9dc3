import { describe, expect, it } from 'vitest';
import { Condition } from '../../../shared/kit/condition.ts';
import { FakeClock } from '../pipeline/fakes.ts';

describe('Condition', () => {
  it('wakes everyone who waits, once', async () => {
    const changed = new Condition();
    const { signal } = new AbortController();
    let woken = 0;
    const waiting = [changed.next(signal), changed.next(signal)].map((next) => next.then(() => (woken += 1)));
    changed.notify();
    changed.notify();
    await Promise.all(waiting);
    expect(woken).toBe(2);
  });

  it('ends the wait when the signal aborts, and does not begin one afterwards', async () => {
    const changed = new Condition();
    const stop = new AbortController();
    const waiting = changed.next(stop.signal);
    stop.abort();
    await waiting;
    await changed.next(stop.signal);
    expect(await changed.until(() => false, stop.signal)).toBe(false);
  });

  it('waits until what is asked for holds, and asks again at every change', async () => {
    const changed = new Condition();
    let value = 0;
    const reached = changed.until(() => value === 2, new AbortController().signal);
    for (value = 1; value <= 2; value++) {
      changed.notify();
      await Promise.resolve();
    }
    value = 2;
    changed.notify();
    expect(await reached).toBe(true);
  });

  it('waits no longer than asked, nor than the next change', async () => {
    const clock = new FakeClock();
    const changed = new Condition();
    const { signal } = new AbortController();
    const startedAt = clock.now();
    await clock.run(changed.within(500, clock, signal));
    expect(clock.now() - startedAt).toBe(500);
    const waiting = changed.within(500, clock, signal);
    changed.notify();
    await waiting;
    expect(clock.now() - startedAt).toBe(500);
  });
});
