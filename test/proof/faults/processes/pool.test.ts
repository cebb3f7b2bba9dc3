import { describe, expect, it } from 'vitest';
import { Observer } from '../../../../proof/faults/judge/observer.ts';
import type { Instance } from '../../../../proof/faults/processes/instance.ts';
import { startPool } from '../../../../proof/faults/processes/pool.ts';
import { type Pace, storyClock } from '../../../../proof/faults/stories/storyClock.ts';

type End = 'ended' | 'killed';

describe('startPool', () => {
  it('lets a process end in real time, and its successor begin at the usual speed', async () => {
    const { pool, clock, ends, paces, speedsAtStart } = await poolOf(2);
    const terminated = pool.terminate(0);
    const ended = await ends.next(0);
    expect(clock.pace().speed).toBe(1);
    ended('ended');
    await terminated;
    expect(clock.pace().speed).toBe(20);
    expect(speedsAtStart).toEqual([20, 20, 20]);
    expect(paces[1]?.map(({ speed }) => speed)).toEqual([1, 20]);
    expect(pool.endedLate).toEqual([]);
  });

  it('goes on in real time until the last of several has ended, and names who had to be killed', async () => {
    const { pool, clock, ends } = await poolOf(2);
    const stopped = pool.stop();
    const [first, second] = [await ends.next(0), await ends.next(1)];
    first('ended');
    await Promise.resolve();
    expect(clock.pace().speed).toBe(1);
    second('killed');
    await stopped;
    expect(clock.pace().speed).toBe(20);
    expect(pool.endedLate).toEqual([1]);
  });

  it('pauses nobody who is told to end, or has ended', async () => {
    const { pool, ends } = await poolOf(1);
    let pauses = 0;
    const over = async () => {
      pauses += 1;
    };
    expect(await pool.pause(0, over)).toBe(true);
    const stopped = pool.stop();
    const ended = await ends.next(0);
    expect(await pool.pause(0, over)).toBe(false);
    ended('ended');
    await stopped;
    expect(pauses).toBe(1);
  });
});

/** Processes that end when the test says so, at twenty story seconds a second. */
async function poolOf(size: number) {
  const clock = storyClock({ realAt: Date.now(), at: 0, speed: 20 });
  const paces: Pace[][] = [];
  const speedsAtStart: number[] = [];
  const stops: PromiseWithResolvers<(end: End) => void>[] = [];
  const stopOf = (number: number) => (stops[number] ??= Promise.withResolvers());
  const start = async (number: number): Promise<Instance> => {
    speedsAtStart.push(clock.pace().speed);
    const followed: Pace[] = [];
    paces[number] = followed;
    const ended = Promise.withResolvers<End>();
    const process: Partial<Instance['process']> = {
      follow: (pace) => void followed.push(pace),
      signal: () => true,
      stop: () => {
        stopOf(number).resolve(ended.resolve);
        return ended.promise;
      },
    };
    return { number, process, closeGates: async () => undefined } as Instance;
  };
  const observer = new Observer({ objects: [], messages: [], records: 0 });
  const pool = await startPool({ size, clock, observer, start });
  return { pool, clock, paces, speedsAtStart, ends: { next: (number: number) => stopOf(number).promise } };
}
