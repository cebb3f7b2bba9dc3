import type { RunningHost } from '../../../local/host/startHost.ts';
import type { Clock } from '../../../shared/words/clock.ts';

/** The timer function that drains every source. */
const drainFunction = 'drainOnSchedule';

/**
 * Keeps the drain running until `isDone`: the schedule's next minute is too far away for a person who watches. A host
 * that dies in the middle is waited for.
 */
export async function drainUntil(
  isDone: () => boolean,
  {
    host,
    clock,
    signal,
    onFailed = () => {},
  }: {
    readonly host: RunningHost;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    /** The invocation failed, with the function's own error. */
    readonly onFailed?: (error: string) => void;
  },
): Promise<void> {
  while (!isDone() && !signal.aborted) {
    try {
      const { error } = await host.invoke(drainFunction);
      if (error !== undefined) onFailed(error);
      // A failed drain has told why; what it left comes back after its visibility timeout.
      if (error !== undefined || !isDone()) await clock.sleep(200, signal);
    } catch {
      // The host died; nothing is lost, since what it held becomes visible again.
      await clock.sleep(500, signal);
    }
  }
}
