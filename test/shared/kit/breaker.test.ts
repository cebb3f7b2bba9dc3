import { describe, expect, it } from 'vitest';
import { Breaker } from '../../../shared/kit/breaker.ts';
import { FakeClock } from '../pipeline/fakes.ts';

function opened() {
  const clock = new FakeClock();
  const breaker = new Breaker(clock, (trials) => Math.min(4_000, 1_000 * 2 ** trials));
  breaker.open();
  return { breaker, clock };
}

describe('Breaker', () => {
  it('is closed at first, and nothing is on trial', () => {
    const breaker = new Breaker(new FakeClock(), () => 1_000);
    expect([breaker.isOpen, breaker.dueAt, breaker.tryNow()]).toEqual([false, undefined, false]);
  });

  it('lets one trial through when it is due, and no other beside it', async () => {
    const { breaker, clock } = opened();
    expect(breaker.tryNow()).toBe(false);
    await clock.advance(1_000);
    expect([breaker.tryNow(), breaker.tryNow(), breaker.isHalfOpen]).toEqual([true, false, true]);
  });

  it('waits longer after each trial that fails, and no longer than its pace allows', () => {
    const { breaker, clock } = opened();
    const waits = [1, 2, 3, 4].map(() => {
      breaker.failed();
      return (breaker.dueAt ?? 0) - clock.now();
    });
    expect(waits).toEqual([2_000, 4_000, 4_000, 4_000]);
    expect(breaker.trials).toBe(4);
  });

  it('waits as long as a service asks', () => {
    const { breaker, clock } = opened();
    breaker.failed(30_000);
    expect(breaker.dueAt).toBe(clock.now() + 30_000);
  });

  it('lets the next trial follow at once when one came to nothing', async () => {
    const { breaker, clock } = opened();
    await clock.advance(1_000);
    breaker.tryNow();
    breaker.release();
    expect([breaker.isOpen, breaker.tryNow()]).toEqual([true, true]);
  });

  it('is as good as new once it is closed', async () => {
    const { breaker, clock } = opened();
    breaker.failed();
    breaker.close();
    expect([breaker.isOpen, breaker.isHalfOpen, breaker.trials]).toEqual([false, false, 0]);
    breaker.open();
    expect(breaker.dueAt).toBe(clock.now() + 1_000);
  });

  it('goes on where another process has left it', async () => {
    const { breaker, clock } = opened();
    breaker.restore(1, clock.now() + 500);
    await clock.advance(500);
    expect(breaker.tryNow()).toBe(true);
    breaker.failed();
    expect(breaker.dueAt).toBe(clock.now() + 4_000);
  });
});
