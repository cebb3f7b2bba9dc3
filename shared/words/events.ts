import type { BelongsTo, Coordinates, ErrorCode } from './errors.ts';

/** How a failure is told in an event: never a stack, never a secret. */
export interface FailureReport {
  readonly code: ErrorCode | 'bug';
  /** Usually the code's own; the flow may have proof of another, as when one row is refused alone. */
  readonly owner: BelongsTo;
  readonly message: string;
  readonly remedy?: string;
  readonly at?: Coordinates;
}

/** What of a log file is not as CloudTrail writes it, though all of it was delivered. */
export interface Oddity {
  readonly oddity: 'second-member' | 'trailing-bytes' | 'gzip-in-gzip' | 'expanded';
  /** Of what is counted in bytes. */
  readonly bytes?: number;
}

/** Why a slice stopped; 'failed' by a fault that nothing foresaw. */
export type SliceEnd = 'queue-empty' | 'deadline' | 'circuit-open' | 'shutdown' | 'failed';

/** Where the time of a slice went, in milliseconds: all but the first is waiting for one thing at a time. */
export interface SliceTime {
  /** At least two log files or bodies were under way. */
  readonly sideBySide: number;
  /** One log file was read, and nothing uploaded. */
  readonly oneRead: number;
  /** One body was uploaded, and nothing read. */
  readonly oneUpload: number;
  /** Messages were asked for, and nothing else was done: at the beginning, and to find the queue empty. */
  readonly receiving: number;
  readonly deleting: number;
  /** A body waited for company, or a circuit for its probe. */
  readonly nothing: number;
}

/** What keeps work waiting, told by every slice until it is over. */
export interface HeldBack {
  /** `source`, `rule/<id>` or `bucket/<name>/<code>`. */
  readonly circuit: string;
  /** ISO time. */
  readonly since: string;
  readonly code: ErrorCode | 'bug';
  readonly message: string;
  readonly remedy?: string;
  /** Objects of a bucket that this slice kept waiting or sent away; of a source or a rule everything waits. */
  readonly objects?: number;
}

/**
 * What one slice of one source did. Contract: records = rowsAccepted + recordsDropped + recordsSuppressed + recordsLeft;
 * the left side is counted at the scanner, the right side at accepted bodies and at objects given up.
 */
export interface SliceSummary {
  readonly source: string;
  readonly ended: SliceEnd;
  readonly identityHolds: boolean;
  readonly messagesReceived: number;
  readonly messagesDeleted: number;
  /** Of these, kept whole as a failed entry since waiting changes nothing. */
  readonly messagesQuarantined: number;
  readonly messagesReturned: number;
  readonly objectsAccepted: number;
  readonly objectsSkipped: number;
  readonly objectsSuppressed: number;
  readonly objectsFailed: number;
  readonly records: number;
  readonly rowsAccepted: number;
  readonly recordsDropped: number;
  /** Of these, by the names of the selectors; absent without selectors. */
  readonly recordsDroppedBy?: Readonly<Record<string, number>>;
  readonly recordsSuppressed: number;
  /** Records read of objects that must be read again: their rows were not all accepted, or the object failed. */
  readonly recordsLeft: number;
  readonly stubs: number;
  readonly truncatedRows: number;
  readonly repairedRows: number;
  /** Compressed bytes read from S3. */
  readonly bytesRead: number;
  /** Decompressed bytes. */
  readonly bytesInflated: number;
  /** Uncompressed and compressed bytes of accepted bodies. */
  readonly bytesUploaded: number;
  readonly bytesSent: number;
  readonly uploads: number;
  readonly uploadAttempts: number;
  readonly receives: number;
  /** Upload attempts whose outcome nobody knows: the bound on duplicates, in rows. */
  readonly rowsOfUnknownOutcome: number;
  readonly mostUploadsInFlight: number;
  /** Unavailable when its storage failed even once: then what was accepted may be sent again. */
  readonly ledger: 'available' | 'unavailable' | 'none';
  /** Messages that waited, and those that somebody held or that back off, when the slice ended; absent when it received none, unless a rule took nothing. */
  readonly waiting?: number;
  readonly inFlight?: number;
  /** How long the oldest message received had waited. */
  readonly oldestMessageMs?: number;
  /** From an event to the acceptance of its row, CloudTrail's own delay included: half, 95 of 100 and all of them took at most as long. */
  readonly lagP50Ms?: number;
  readonly lagP95Ms?: number;
  readonly longestLagMs?: number;
  /** The same from the delivery of a log file into the bucket to the acceptance of all its rows: what we add to it. */
  readonly deliveryLagP50Ms?: number;
  readonly deliveryLagP95Ms?: number;
  readonly longestDeliveryLagMs?: number;
  readonly durationMs: number;
  readonly timeMs: SliceTime;
  /** Circuits that are open when the slice ends; empty when nothing is held up. */
  readonly heldBack: readonly HeldBack[];
  /** The first failure that stopped work, when one did. */
  readonly failure?: FailureReport;
}

/** Everything worth telling. The domain reports; telemetry alone chooses level and wording. */
export type ConnectorEvent =
  | { readonly type: 'slice-started'; readonly source: string }
  | { readonly type: 'slice-finished'; readonly summary: SliceSummary }
  | {
      readonly type: 'object-accepted';
      readonly source: string;
      readonly at: Coordinates;
      readonly rows: number;
      readonly stubs: number;
    }
  | { readonly type: 'object-skipped'; readonly source: string; readonly at: Coordinates; readonly reason: string }
  | { readonly type: 'object-suppressed'; readonly source: string; readonly at: Coordinates }
  | { readonly type: 'object-failed'; readonly source: string; readonly failure: FailureReport }
  | {
      readonly type: 'message-returned';
      readonly source: string;
      readonly messageId: string;
      readonly visibleInSeconds: number;
      readonly failure: FailureReport;
    }
  | {
      readonly type: 'message-quarantined';
      readonly source: string;
      readonly messageId: string;
      /** Id of the failed entry that keeps it. */
      readonly entry: string;
      readonly failure: FailureReport;
    }
  | {
      readonly type: 'message-acknowledged';
      readonly source: string;
      readonly messageId: string;
      readonly objects: number;
    }
  | { readonly type: 'message-kept'; readonly source: string; readonly messageId: string; readonly refused: string }
  | { readonly type: 'message-empty'; readonly source: string; readonly messageId: string; readonly reason: string }
  | { readonly type: 'claim-lost'; readonly source: string; readonly messageId: string; readonly refused: string }
  | {
      readonly type: 'upload-retried';
      readonly source: string;
      readonly waitMs: number;
      readonly failure: FailureReport;
    }
  | {
      readonly type: 'circuit-opened';
      readonly source: string;
      readonly circuit: string;
      readonly failure: FailureReport;
    }
  | {
      readonly type: 'circuit-probed';
      readonly source: string;
      readonly circuit: string;
      readonly failure: FailureReport;
    }
  | { readonly type: 'circuit-closed'; readonly source: string; readonly circuit: string; readonly openMs: number }
  | {
      readonly type: 'tickets-posted';
      readonly source: string;
      readonly tickets: number;
      readonly visible: number;
      readonly inFlight: number;
    }
  | { readonly type: 'tickets-failed'; readonly source: string; readonly failure: FailureReport }
  | { readonly type: 'ticket-void'; readonly reason: string }
  | ({ readonly type: 'object-odd'; readonly source: string; readonly at: Coordinates } & Oddity)
  /** Another version was read than was announced: what was announced is gone. */
  | {
      readonly type: 'object-not-as-announced';
      readonly source: string;
      readonly at: Coordinates;
      readonly announced: string;
      readonly found: string;
    }
  /** The same bytes as before, under another version: not sent again. */
  | { readonly type: 'object-rewritten'; readonly source: string; readonly at: Coordinates }
  | { readonly type: 'object-reingested'; readonly source: string; readonly at: Coordinates }
  | { readonly type: 'ledger-unavailable'; readonly source: string; readonly failure: FailureReport }
  /** Announced versions could not be read by name: the latest were, and a file replaced before that is known by its ETag only. */
  | { readonly type: 'versions-denied'; readonly source: string; readonly buckets: readonly string[] }
  /** The storage service is so far ahead of our clock; negative when it is behind. */
  | { readonly type: 'clock-differs'; readonly source: string; readonly behindMs: number }
  /** How a source is could not be written down: the health page shows what was known before. */
  | { readonly type: 'status-unkept'; readonly source: string; readonly failure: FailureReport }
  /** No row was sent to the health table; told once until one is sent again. */
  | { readonly type: 'health-unsent'; readonly source: string; readonly failure: FailureReport }
  /** No metrics were sent; told once until some are sent again. */
  | { readonly type: 'metrics-unsent'; readonly source: string; readonly failure: FailureReport }
  /** Nothing names a storage account: no ledger, no failed entries, circuits in this process only. */
  | { readonly type: 'storage-missing' }
  | { readonly type: 'settings-refused'; readonly problems: readonly string[] }
  /** Names that look like misspelt settings: nothing is wrong for certain. */
  | { readonly type: 'settings-doubted'; readonly doubts: readonly string[] }
  | { readonly type: 'source-failed'; readonly source: string; readonly failure: FailureReport };
