import type { SliceSummary } from '../../words/events.ts';
import type { HistoryBucket } from '../ports/status.ts';

export const bucketMs = 5 * 60_000;

/** A day. */
export const historyBuckets = 288;

/** The history with one more slice in it, without what is older than a day. Slices of several instances come in any order. */
export function withSlice(
  history: readonly HistoryBucket[],
  summary: SliceSummary,
  at: number,
): readonly HistoryBucket[] {
  const from = Math.floor(at / bucketMs) * bucketMs;
  const mine = joined(history.find((bucket) => bucket.from === from) ?? emptyBucket(from), summary);
  const newest = Math.max(from, history.at(-1)?.from ?? from);
  const oldest = newest - (historyBuckets - 1) * bucketMs;
  return [...history.filter((bucket) => bucket.from !== from), mine]
    .filter((bucket) => bucket.from >= oldest)
    .sort((one, other) => one.from - other.from);
}

export function arrivedIn({ objectsAccepted, objectsSuppressed, objectsFailed }: SliceSummary): number {
  return objectsAccepted + objectsSuppressed + objectsFailed;
}

function emptyBucket(from: number): HistoryBucket {
  const counts = { slices: 0, rows: 0, bytes: 0, arrived: 0 };
  return { from, ...counts, dropped: 0, suppressed: 0, failed: 0, quarantined: 0 };
}

function joined(bucket: HistoryBucket, summary: SliceSummary): HistoryBucket {
  const { waiting, inFlight, lagP95Ms, longestDeliveryLagMs } = summary;
  const backlog = waiting === undefined ? undefined : waiting + (inFlight ?? 0);
  return {
    ...bucket,
    slices: bucket.slices + 1,
    rows: bucket.rows + summary.rowsAccepted,
    bytes: bucket.bytes + summary.bytesUploaded,
    arrived: bucket.arrived + arrivedIn(summary),
    dropped: bucket.dropped + summary.recordsDropped,
    suppressed: bucket.suppressed + summary.recordsSuppressed,
    failed: bucket.failed + summary.objectsFailed,
    quarantined: bucket.quarantined + summary.messagesQuarantined,
    ...most('lagMs', bucket.lagMs, lagP95Ms),
    ...most('deliveryLagMs', bucket.deliveryLagMs, longestDeliveryLagMs),
    ...most('backlog', bucket.backlog, backlog),
  };
}

function most(name: 'lagMs' | 'deliveryLagMs' | 'backlog', one: number | undefined, other: number | undefined) {
  if (one === undefined && other === undefined) return {};
  return { [name]: Math.max(one ?? 0, other ?? 0) };
}
