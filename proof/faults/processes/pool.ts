import type { Observer } from '../judge/observer.ts';
import { atSpeed, type Pace, type StoryClock } from '../stories/storyClock.ts';
import type { Instance } from './instance.ts';

/** The drainers of a run: so many at once, whatever happens to them. */
export interface InstancePool {
  readonly instances: readonly Instance[];
  /** Those that had to be killed at an orderly end. */
  readonly endedLate: readonly number[];
  /** Without warning; another one takes its place. */
  kill(place: number): Promise<void>;
  /** In order; another one takes its place. */
  terminate(place: number): Promise<void>;
  /** Stands still until that is over; false when there is nobody to stand still. */
  pause(place: number, over: () => Promise<void>): Promise<boolean>;
  /** Changes the pace of the story, for everybody. */
  follow(pace: Pace): void;
  /** All, in order. */
  stop(): Promise<void>;
}

export interface PoolParts {
  readonly size: number;
  /** Of the story. */
  readonly clock: StoryClock;
  readonly observer: Observer;
  readonly start: (number: number) => Promise<Instance>;
}

/** Who is told to end needs six seconds at most, and the machine may be busy. */
export const endBoundMs = 15_000;

/** Starts so many drainers. */
export async function startPool({ size, clock, observer, start }: PoolParts): Promise<InstancePool> {
  const instances: Instance[] = [];
  const places: Instance[] = [];
  const endedLate: number[] = [];
  const ending = new Set<Instance>();
  const replace = async (place: number): Promise<void> => {
    const number = instances.length;
    // Its number is taken before it has begun.
    const instance = await start(number);
    instances.push(instance);
    places[place] = instance;
  };
  const at = (place: number): Instance => {
    const instance = places[place % places.length];
    if (instance === undefined) throw new RangeError('a pool has at least one drainer');
    return instance;
  };
  const follow = (pace: Pace): void => {
    clock.follow(pace);
    for (const { process } of instances) process.follow(pace);
  };
  /** The seconds that an end is given for its uploads would be a moment of the story, in which no machine answers. */
  const inRealTime = realTime(clock, follow);
  const endInOrder = (instance: Instance): Promise<void> =>
    inRealTime(async () => {
      const { number, process } = instance;
      ending.add(instance);
      const forced = setTimeout(() => observer.killed(number), endBoundMs);
      process.signal('SIGCONT');
      if ((await process.stop(endBoundMs)) === 'killed') endedLate.push(number);
      clearTimeout(forced);
    });
  for (let place = 0; place < size; place++) await replace(place);

  let last: Promise<void> = Promise.resolve();
  /** One after the other, so that two misfortunes do not meet in one place. */
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    last = last.then(act);
    return last;
  };
  return {
    instances,
    endedLate,
    follow,
    kill: (place) =>
      inTurn(async () => {
        const { number, process } = at(place);
        process.signal('SIGKILL');
        observer.killed(number);
        await process.exited;
        await replace(place % places.length);
      }),
    terminate: (place) =>
      inTurn(async () => {
        await endInOrder(at(place));
        await replace(place % places.length);
      }),
    async pause(place, over) {
      const instance = at(place);
      if (ending.has(instance) || !instance.process.signal('SIGSTOP')) return false;
      await over();
      instance.process.signal('SIGCONT');
      return true;
    },
    async stop() {
      await last;
      await Promise.all(places.map(endInOrder));
      await Promise.all(instances.map((instance) => instance.closeGates()));
    },
  };
}

/** Lets the story go on in real time as long as something is at work that needs it; afterwards it goes on as before. */
function realTime(clock: StoryClock, follow: (pace: Pace) => void) {
  let atWork = 0;
  let usualSpeed = 1;
  return async (act: () => Promise<void>): Promise<void> => {
    if (atWork === 0) {
      usualSpeed = clock.pace().speed;
      follow(atSpeed(clock, 1));
    }
    atWork += 1;
    try {
      await act();
    } finally {
      atWork -= 1;
      if (atWork === 0) follow(atSpeed(clock, usualSpeed));
    }
  };
}
