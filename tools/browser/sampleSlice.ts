import type { FailureReport, SliceSummary } from '../../shared/words/events.ts';

/** A slice that delivered so many log files, or that was refused. */
export function sliceOf(
  source: string,
  files: number,
  backlog: number,
  refused: Omit<FailureReport, 'owner'> | undefined,
): SliceSummary {
  const done = refused === undefined ? files : 0;
  const received = { messagesReceived: done, messagesDeleted: done, messagesQuarantined: 0, messagesReturned: 0 };
  const objects = { objectsAccepted: done, objectsSkipped: 0, objectsSuppressed: done > 50 ? 1 : 0, objectsFailed: 0 };
  const rows = done * 120;
  const records = { records: rows, rowsAccepted: rows, recordsDropped: 0, recordsSuppressed: 0, recordsLeft: 0 };
  const odd = { stubs: 0, truncatedRows: 0, repairedRows: 0, rowsOfUnknownOutcome: 0 };
  const lag = 40_000 + files * 300 + backlog * 700;
  return {
    source,
    ended: refused === undefined ? 'queue-empty' : 'circuit-open',
    identityHolds: true,
    ...{ ...received, ...objects, ...records, ...odd },
    ...{ bytesRead: rows * 210, bytesInflated: rows * 1_500, bytesUploaded: rows * 1_700, bytesSent: rows * 230 },
    ...{ uploads: done, uploadAttempts: done, receives: done + 1, mostUploadsInFlight: 3, durationMs: 2_100 },
    ledger: 'available',
    ...(refused === undefined ? { waiting: backlog, inFlight: 0, oldestMessageMs: 45_000 } : {}),
    ...(done === 0 ? {} : lagsOf(lag)),
    timeMs: { sideBySide: 900, oneRead: 300, oneUpload: 300, receiving: 400, deleting: 100, nothing: 100 },
    heldBack: [],
    ...(refused === undefined ? {} : { failure: { ...refused, owner: 'pipeline' } }),
  };
}

/** CloudTrail takes some minutes before it delivers. */
function lagsOf(ms: number) {
  const sinceEvent = ms + 230_000;
  return {
    ...{ lagP50Ms: Math.round(sinceEvent * 0.8), lagP95Ms: Math.round(sinceEvent * 0.95), longestLagMs: sinceEvent },
    ...{ deliveryLagP50Ms: Math.round(ms * 0.6), deliveryLagP95Ms: Math.round(ms * 0.9), longestDeliveryLagMs: ms },
  };
}
