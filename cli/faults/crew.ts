import type { Instance } from './instance.ts';
import type { Witness } from './witness.ts';

/** The drainers of a run: so many at once, whatever happens to them. */
export interface Crew {
  readonly instances: readonly Instance[];
  /** The one at a place now. */
  at(place: number): Instance;
  /** Without warning; another one takes its place. */
  kill(place: number): Promise<void>;
  /** In order; another one takes its place. */
  terminate(place: number): Promise<void>;
  stop(): Promise<void>;
}

/** An orderly end takes at most 6 s of the story, and the machine may be busy. */
const endBoundMs = 5_000;

/** Starts so many drainers. */
export async function startCrew(
  size: number,
  witness: Witness,
  start: (number: number) => Promise<Instance>,
): Promise<Crew> {
  const instances: Instance[] = [];
  const places: Instance[] = [];
  const replace = async (place: number): Promise<void> => {
    const number = instances.length;
    // Its number is taken before it has begun.
    const instance = await start(number);
    instances.push(instance);
    places[place] = instance;
  };
  const at = (place: number): Instance => {
    const instance = places[place % places.length];
    if (instance === undefined) throw new RangeError('a crew has at least one drainer');
    return instance;
  };
  const endInOrder = async ({ number, process }: Instance): Promise<void> => {
    const forced = setTimeout(() => witness.killed(number), endBoundMs);
    process.signal('SIGCONT');
    await process.stop(endBoundMs);
    clearTimeout(forced);
  };
  for (let place = 0; place < size; place++) await replace(place);

  let last: Promise<void> = Promise.resolve();
  /** One after the other, so that two misfortunes do not meet in one place. */
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    last = last.then(act);
    return last;
  };
  return {
    instances,
    at,
    kill: (place) =>
      inTurn(async () => {
        const { number, process } = at(place);
        process.signal('SIGKILL');
        witness.killed(number);
        await process.exited;
        await replace(place % places.length);
      }),
    terminate: (place) =>
      inTurn(async () => {
        await endInOrder(at(place));
        await replace(place % places.length);
      }),
    async stop() {
      await last;
      await Promise.all(places.map(endInOrder));
      await Promise.all(instances.map((instance) => instance.closeGates()));
    },
  };
}
