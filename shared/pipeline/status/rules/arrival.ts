import type { HistoryBucket } from '../../ports/status.ts';
import { durationText } from '../duration.ts';
import { bucketMs } from '../history.ts';
import type { Observed } from '../observed.ts';
import type { Reason } from '../reason.ts';

/** https://learn.microsoft.com/azure/sentinel/aws-s3-troubleshoot: nothing half an hour after connecting is a fault. */
const firstArrivalMs = 30 * 60_000;
const quietMs = 6 * 3_600_000;
const silentMs = 24 * 3_600_000;

/** Less than this is never told, however busy the source is otherwise. */
const shortestMs = 60 * 60_000;

/** No arrival where there should be: a trail of an account in use delivers every few minutes. */
export function arrivalReasons({ now, staleAfterMs, status }: Observed): readonly Reason[] {
  // Where nobody drains, or nothing is received, nothing can arrive: that has its own reason.
  if (status === undefined || now - status.endedAt > staleAfterMs) return [];
  const { ended, receives } = status.summary;
  if (ended === 'circuit-open' || ended === 'failed' || receives === 0) return [];
  if (status.arrivedAt === undefined) {
    const age = now - status.firstAt;
    const says = `No log file has arrived in the ${durationText(age)} since the first slice.`;
    return age < firstArrivalMs ? [] : [{ colour: 'red', code: 'nothing-arrives', says, remedy }];
  }
  const silence = now - status.arrivedAt;
  const colour = silence >= silentMs ? 'red' : silence >= patience(status.history) ? 'amber' : undefined;
  if (colour === undefined) return [];
  const says = `No log file has arrived for ${durationText(silence)}.`;
  return [{ colour, code: 'nothing-arrives', says, remedy }];
}

const remedy =
  'Check that the trail is logging, that the bucket announces new objects to this queue, and that nobody else receives from it: npm run check goes through it link by link.';

/** Four times the longest pause that the source made within the day, so that a source that is busy is missed soon. */
function patience(history: readonly HistoryBucket[]): number {
  const arrivals = history.filter(({ arrived }) => arrived > 0).map(({ from }) => from);
  if (arrivals.length < 12) return quietMs;
  const pauses = arrivals.slice(1).map((from, index) => from - (arrivals[index] ?? from));
  return Math.min(quietMs, Math.max(shortestMs, 4 * (Math.max(...pauses) + bucketMs)));
}
