import type { FailureReport, SliceEnd, SliceSummary, SliceTime } from '../../words/events.ts';

/**
 * The counts of one slice. The scanner's side (`records`), the side of accepted bodies (`rowsAccepted`) and the side of
 * objects (`recordsSuppressed`, `recordsLeft`) are counted in different places, so that their sum proves something.
 */
export class Tally {
  messagesReceived = 0;
  messagesDeleted = 0;
  messagesReturned = 0;
  objectsAccepted = 0;
  objectsSkipped = 0;
  objectsSuppressed = 0;
  objectsFailed = 0;
  records = 0;
  rowsAccepted = 0;
  recordsDropped = 0;
  recordsSuppressed = 0;
  recordsLeft = 0;
  stubs = 0;
  truncatedRows = 0;
  repairedRows = 0;
  bytesRead = 0;
  bytesInflated = 0;
  bytesUploaded = 0;
  bytesSent = 0;
  uploads = 0;
  uploadAttempts = 0;
  receives = 0;
  rowsOfUnknownOutcome = 0;
  uploadsInFlight = 0;
  mostUploadsInFlight = 0;
  /** Rows of requests that have not been answered yet: of unknown outcome, should the slice end now. */
  rowsInFlight = 0;
  /** Accepted rows of each object under way that nobody has written down yet: they will be there twice, should it end now. */
  readonly unrecorded = new Set<() => number>();
  /** Whether all of its storage's answers came. */
  ledger: SliceSummary['ledger'] = 'available';
  /** The first failure that stopped work. */
  failure: FailureReport | undefined;

  get identityHolds(): boolean {
    return this.records === this.rowsAccepted + this.recordsDropped + this.recordsSuppressed + this.recordsLeft;
  }

  summary(source: string, ended: SliceEnd, durationMs: number, timeMs: SliceTime): SliceSummary {
    const { uploadsInFlight: _uploadsInFlight, rowsInFlight, unrecorded, failure, ...counts } = this;
    const rowsUnrecorded = [...unrecorded].reduce((sum, rows) => sum + rows(), 0);
    return {
      source,
      ended,
      identityHolds: this.identityHolds,
      ...counts,
      rowsOfUnknownOutcome: counts.rowsOfUnknownOutcome + rowsInFlight + rowsUnrecorded,
      durationMs,
      timeMs,
      ...(failure === undefined ? {} : { failure }),
    };
  }
}
