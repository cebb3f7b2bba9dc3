import { describe, expect, it } from 'vitest';
import { Witness } from '../../../../proof/faults/judge/witness.ts';
import { startCrew } from '../../../../proof/faults/lane/crew.ts';
import type { Instance } from '../../../../proof/faults/lane/instance.ts';
import { type Pace, storyClock } from '../../../../proof/faults/stories/storyClock.ts';

type End = 'ended' | 'killed';

describe('startCrew', () => {
  it('lets a process end in real time, and its successor begin at the usual speed', async () => {
    const { crew, clock, ends, paces, speedsAtStart } = await crewOf(2);
    const terminated = crew.terminate(0);
    const ended = await ends.next(0);
    expect(clock.pace().speed).toBe(1);
    ended('ended');
    await terminated;
    expect(clock.pace().speed).toBe(20);
    expect(speedsAtStart).toEqual([20, 20, 20]);
    expect(paces[1]?.map(({ speed }) => speed)).toEqual([1, 20]);
    expect(crew.endedLate).toEqual([]);
  });

  it('goes on in real time until the last of several has ended, and names who had to be killed', async () => {
    const { crew, clock, ends } = await crewOf(2);
    const stopped = crew.stop();
    const [first, second] = [await ends.next(0), await ends.next(1)];
    first('ended');
    await Promise.resolve();
    expect(clock.pace().speed).toBe(1);
    second('killed');
    await stopped;
    expect(clock.pace().speed).toBe(20);
    expect(crew.endedLate).toEqual([1]);
  });

  it('pauses nobody who is told to end, or has ended', async () => {
    const { crew, ends } = await crewOf(1);
    let pauses = 0;
    const over = async () => {
      pauses += 1;
    };
    expect(await crew.pause(0, over)).toBe(true);
    const stopped = crew.stop();
    const ended = await ends.next(0);
    expect(await crew.pause(0, over)).toBe(false);
    ended('ended');
    await stopped;
    expect(pauses).toBe(1);
  });
});

/** Processes that end when the test says so, at twenty story seconds a second. */
async function crewOf(size: number) {
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
  const witness = new Witness({ objects: [], messages: [], records: 0 });
  const crew = await startCrew({ size, clock, witness, start });
  return { crew, clock, paces, speedsAtStart, ends: { next: (number: number) => stopOf(number).promise } };
}
