import type { Clouds } from '../../../local/clouds.ts';
import type { RunningHost } from '../../../local/host/startHost.ts';
import type { Clock } from '../../../shared/words/clock.ts';
import { plural } from '../tell/format.ts';
import { drainUntil } from './drainLoop.ts';

export interface ServeParts {
  readonly clouds: Clouds;
  readonly host: RunningHost;
  readonly clock: Clock;
  readonly interrupted: AbortSignal;
  /** How many records the trail has, where that is known. */
  readonly records: () => number | undefined;
  readonly tell: (line: string) => void;
}

const lookEveryMs = 500;

/** Goes on until Ctrl-C: whatever is announced from outside is drained too, and each time the queue empties, that is said. */
export async function serve({ clouds, host, clock, interrupted, records, tell }: ServeParts): Promise<void> {
  let toldRows = -1;
  while (!interrupted.aborted) {
    const { visible, inFlight } = clouds.aws.stats().queue;
    const { rows } = clouds.ingestion.stats();
    if (visible + inFlight === 0 && rows !== toldRows) {
      toldRows = rows;
      const expected = records();
      const of = expected === undefined ? '' : ` of ${plural(expected, 'record')}`;
      tell(`The queue is empty: ${plural(rows, 'row')} in the table${of}. Ctrl-C ends.`);
    }
    if (visible > 0) {
      const isDrained = (): boolean => clouds.aws.stats().queue.visible === 0;
      await drainUntil(isDrained, { host, clock, signal: interrupted });
    }
    await clock.sleep(lookEveryMs, interrupted);
  }
}
