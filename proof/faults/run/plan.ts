import { createRandom } from '../../../local/trail/random.ts';
import { type FaultName, faultKinds, type Misfortune } from './faultKinds.ts';

/** Something that goes wrong at a time of the run. */
export interface Injection {
  readonly kind: FaultName;
  /** Real milliseconds after the begin. */
  readonly atMs: number;
  readonly forMs: number;
  readonly misfortune: Misfortune;
}

/** What a run looks like; it follows from the seed alone. */
export interface RunPlan {
  readonly seed: number;
  readonly processes: number;
  readonly files: number;
  readonly large: readonly number[];
  /** Messages are announced over this time, so that every fault finds work. */
  readonly announcedForMs: number;
  readonly injections: readonly Injection[];
  /** False when the outcome of every upload becomes known: then each record must be there exactly once. */
  readonly mayDuplicate: boolean;
  /** Story seconds a second, at most. */
  readonly mostSpeed: number;
  /** Story seconds for which a message and its claims are held without a heartbeat. */
  readonly visibilitySeconds: number;
  /** Story seconds. */
  readonly sliceSeconds: number;
  /** Story seconds at the end of a slice in which nothing is received. */
  readonly stopReceivingSeconds: number;
}

/**
 * With 30 story seconds to renew a claim and twenty of them a second, a busy machine that lets a process wait for a second
 * costs it a claim or an answer, and a row comes twice, rightly so: where none may, time goes slower, and claims last as in
 * production.
 */
const exactSpeed = 4;
const exactVisibilitySeconds = 180;

/** Everything is healed after this. */
export const troubleMs = 1_800;

/** Draws the run of a seed. */
export function planRun(seed: number, enabled: readonly FaultName[]): RunPlan {
  const random = createRandom(`run/${seed}`);
  const shape = random.fork('shape');
  const injections: Injection[] = [];
  if (enabled.length > 0) {
    const drawn = random.fork('injections');
    const count = 2 + drawn.below(5);
    for (let index = 0; index < count; index++) {
      const kind = drawn.pick(enabled);
      injections.push({
        kind,
        atMs: drawn.below(troubleMs - 300),
        forMs: 150 + drawn.below(900),
        misfortune: faultKinds[kind].draw(drawn.fork(`${index}`)),
      });
    }
  }
  const mayDuplicate = injections.some(({ kind }) => faultKinds[kind].mayDuplicate);
  // Drawn in any case, so that the rest of the shape does not depend on it.
  const shortSeconds = shape.pick([50, 100]);
  // The end of a slice hangs up on uploads that a busy machine answers late: a duplicate, and rightly so.
  const sliceSeconds = mayDuplicate ? shortSeconds : 300;
  return {
    seed,
    mayDuplicate,
    mostSpeed: mayDuplicate ? Number.POSITIVE_INFINITY : exactSpeed,
    visibilitySeconds: mayDuplicate ? 30 : exactVisibilitySeconds,
    sliceSeconds,
    stopReceivingSeconds: sliceSeconds * 0.4,
    processes: 1 + shape.below(2),
    files: 16 + shape.below(16),
    large: [60 + shape.below(120), 20 + shape.below(40)],
    announcedForMs: enabled.length === 0 ? 300 : 400 + shape.below(troubleMs - 400),
    injections: injections.sort((one, other) => one.atMs - other.atMs),
  };
}
