import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../shared/kit/systemClock.ts';

describe('systemClock', () => {
  it('tells the time', () => {
    vi.useFakeTimers({ now: 1_000 });

    expect(systemClock.now()).toBe(1_000);

    vi.useRealTimers();
  });

  it('wakes after the time asked for', async () => {
    vi.useFakeTimers();
    const slept = systemClock.sleep(60_000, new AbortController().signal).then(() => 'awake');

    await vi.advanceTimersByTimeAsync(59_999);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);

    expect(await slept).toBe('awake');
    vi.useRealTimers();
  });

  it('does not wake early from a sleep longer than a timer can be', async () => {
    vi.useFakeTimers();
    const waking = new AbortController();
    const slept = systemClock.sleep(2 ** 40, waking.signal);

    await vi.advanceTimersByTimeAsync(1_000);
    expect(vi.getTimerCount()).toBe(1);
    waking.abort();

    await expect(slept).resolves.toBeUndefined();
    vi.useRealTimers();
  });

  it('wakes at once when the signal aborts, before or during the sleep, leaving no timer', async () => {
    vi.useFakeTimers();
    const waking = new AbortController();
    const slept = systemClock.sleep(60_000, waking.signal);

    waking.abort();
    await slept;
    await systemClock.sleep(60_000, waking.signal);

    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});
