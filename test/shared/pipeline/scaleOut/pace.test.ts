import { describe, expect, it } from 'vitest';
import { DrainPace } from '../../../../shared/pipeline/scaleOut/pace.ts';

function paceAt() {
  const clock = { at: 0, now: () => clock.at };
  const pace = new DrainPace(clock);
  pace.begin();
  return { clock, pace };
}

function settle(pace: DrainPace, messages: number): void {
  for (let message = 0; message < messages; message++) pace.settled();
}

describe('DrainPace', () => {
  it('takes 100 a second for true until it has seen half a minute', () => {
    const { clock, pace } = paceAt();
    settle(pace, 3);
    clock.at = 29_999;
    expect(pace.messagesPerSecond()).toBe(100);
    clock.at = 30_000;
    expect(pace.messagesPerSecond()).toBe(0.1);
  });

  it('tells what it saw since the last look', () => {
    const { clock, pace } = paceAt();
    clock.at = 60_000;
    settle(pace, 60);
    expect(pace.messagesPerSecond()).toBe(1);
    clock.at = 120_000;
    settle(pace, 42_000);
    expect(pace.messagesPerSecond()).toBe(700);
  });

  it('never says that more drainers would be of no end of use', () => {
    const { clock, pace } = paceAt();
    clock.at = 3_600_000;
    expect(pace.messagesPerSecond()).toBe(1 / 60);
  });

  it('does not count the time between slices, nor any in which nobody may work', () => {
    const { clock, pace } = paceAt();
    clock.at = 60_000;
    settle(pace, 300);
    expect(pace.messagesPerSecond()).toBe(5);
    pace.end(false);
    clock.at = 600_000;
    expect(pace.messagesPerSecond()).toBe(5);
    pace.begin();
    clock.at = 660_000;
    pace.forget();
    expect(pace.messagesPerSecond()).toBe(100);
  });

  it('takes nothing from a drainer that found the queue empty', () => {
    const { clock, pace } = paceAt();
    clock.at = 60_000;
    settle(pace, 6);
    expect(pace.messagesPerSecond()).toBe(0.1);
    pace.end(true);
    expect(pace.messagesPerSecond()).toBe(100);
  });
});
