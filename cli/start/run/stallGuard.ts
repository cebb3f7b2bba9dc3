import type { Clock } from '../../../shared/words/clock.ts';
import { RunFailure } from './failure.ts';

/** Longer than any message of a local run stays invisible unless it failed. */
const longestStillMs = 120_000;

const lookEveryMs = 2_000;

/** Resolves to a failure when `progress` has stood still for two minutes, and never otherwise: a run must not hang. */
export async function untilStalled(
  progress: () => number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<RunFailure> {
  let last = progress();
  let movedAt = clock.now();
  for (;;) {
    await clock.sleep(lookEveryMs, signal);
    if (signal.aborted) return new Promise(() => {});
    const now = progress();
    if (now !== last) movedAt = clock.now();
    last = now;
    if (clock.now() - movedAt >= longestStillMs) {
      return new RunFailure(
        'stalled',
        `nothing has been announced, delivered or given up for ${longestStillMs / 1000} s`,
        'Look for lines of the functions above that name a failure, and report this when there are none.',
      );
    }
  }
}
