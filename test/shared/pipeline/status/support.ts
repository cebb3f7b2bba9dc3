import type { SourceStatus } from '../../../../shared/pipeline/ports/status.ts';
import { folded } from '../../../../shared/pipeline/status/fold.ts';
import type { Observed } from '../../../../shared/pipeline/status/observed.ts';
import type { SliceSummary } from '../../../../shared/words/events.ts';

export const minute = 60_000;
export const hour = 60 * minute;

/** Any time will do. */
export const noon = Date.UTC(2026, 10, 30, 12);

/** A slice that delivered one log file and found the queue empty. */
export function slice(changes: Partial<SliceSummary> = {}): SliceSummary {
  return {
    ...{ source: 'production', ended: 'queue-empty', identityHolds: true, receives: 2, uploads: 1, uploadAttempts: 1 },
    ...{ messagesReceived: 1, messagesDeleted: 1, messagesQuarantined: 0, messagesReturned: 0 },
    ...{ objectsAccepted: 1, objectsSkipped: 0, objectsSuppressed: 0, objectsFailed: 0 },
    ...{ records: 100, rowsAccepted: 100, recordsDropped: 0, recordsSuppressed: 0, recordsLeft: 0 },
    ...{ stubs: 0, truncatedRows: 0, repairedRows: 0, bytesRead: 9_000, bytesInflated: 90_000 },
    ...{ bytesUploaded: 120_000, bytesSent: 10_000, rowsOfUnknownOutcome: 0, mostUploadsInFlight: 1 },
    ...{ ledger: 'available', durationMs: 1_500, heldBack: [] },
    ...{ waiting: 0, inFlight: 0, oldestMessageMs: 30_000, lagP50Ms: 40_000, lagP95Ms: 60_000, longestLagMs: 61_000 },
    ...{ deliveryLagP50Ms: 20_000, deliveryLagP95Ms: 30_000, longestDeliveryLagMs: 31_000 },
    timeMs: { sideBySide: 0, oneRead: 0, oneUpload: 0, receiving: 0, deleting: 0, nothing: 0 },
    ...changes,
  };
}

/** A slice that received nothing. */
export function idle(changes: Partial<SliceSummary> = {}): SliceSummary {
  const { oldestMessageMs: _, lagP50Ms: __, lagP95Ms: ___, longestLagMs: ____, ...others } = slice();
  const { deliveryLagP50Ms: _1, deliveryLagP95Ms: _2, longestDeliveryLagMs: _3, ...counts } = others;
  return {
    ...counts,
    ...{ receives: 1, messagesReceived: 0, messagesDeleted: 0, objectsAccepted: 0, records: 0, rowsAccepted: 0 },
    ...{ bytesRead: 0, bytesInflated: 0, bytesUploaded: 0, bytesSent: 0, uploads: 0, uploadAttempts: 0 },
    ...changes,
  };
}

/** The status after these slices, each at its time. */
export function statusAfter(...slices: readonly (readonly [at: number, summary: SliceSummary])[]): SourceStatus {
  const [first, ...others] = slices.map(([at, summary]) => ({ at, summary }));
  const begun = folded(undefined, first?.summary ?? slice(), first?.at ?? noon, '1.2.3');
  return others.reduce((status, { at, summary }) => folded(status, summary, at, '1.2.3'), begun);
}

/** A source that is well at noon. */
export function observed(changes: Partial<Observed> = {}): Observed {
  return {
    ...{ source: 'production', now: noon, staleAfterMs: 10 * minute },
    status: statusAfter([noon - 2 * hour, slice()], [noon - minute, slice()]),
    circuits: [],
    kept: { count: 0, isMore: false, latest: [] },
    ...changes,
  };
}
