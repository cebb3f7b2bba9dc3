import { describe, expect, it } from 'vitest';
import { later, storyClock } from '../../../../proof/faults/stories/storyClock.ts';

describe('storyClock', () => {
  it('sleeps through hours of the story in no time', async () => {
    const clock = storyClock({ realAt: Date.now(), at: 0, speed: 3_600_000 });
    await clock.sleep(3_600_000);
    expect(clock.now()).toBeGreaterThanOrEqual(3_600_000);
  });

  it('wakes sleepers that a moved clock leaves behind', async () => {
    const clock = storyClock({ realAt: Date.now(), at: 0, speed: 1 });
    const slept = clock.sleep(86_400_000);
    clock.follow(later(clock, 86_400_000));
    await slept;
    expect(clock.now()).toBeGreaterThanOrEqual(86_400_000);
  });

  it('ends a sleep when its signal aborts', async () => {
    const clock = storyClock({ realAt: Date.now(), at: 0, speed: 1 });
    const controller = new AbortController();
    const slept = clock.sleep(86_400_000, controller.signal);
    controller.abort();
    await slept;
    await clock.sleep(1_000, controller.signal);
    expect(clock.now()).toBeLessThan(86_400_000);
  });
});
