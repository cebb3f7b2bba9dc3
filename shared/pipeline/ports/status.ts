import type { ErrorCode } from '../../words/errors.ts';
import type { SliceSummary } from '../../words/events.ts';

/** What all slices of one source that ended within the same five minutes did together. */
export interface HistoryBucket {
  /** Beginning, in milliseconds since the epoch: a multiple of five minutes. */
  readonly from: number;
  readonly slices: number;
  readonly rows: number;
  /** Uncompressed bytes of accepted rows. */
  readonly bytes: number;
  /** Log files that were accepted, suppressed or failed. */
  readonly arrived: number;
  readonly dropped: number;
  readonly suppressed: number;
  readonly failed: number;
  readonly quarantined: number;
  /** In milliseconds from the event to the acceptance of its row, of 95 of 100 rows, in the slowest slice; absent without any. */
  readonly lagMs?: number;
  /** The longest, in milliseconds from the delivery of a log file to the acceptance of its rows; absent without any. */
  readonly deliveryLagMs?: number;
  /** The most messages that waited or were held when a slice ended; absent when no slice knew. */
  readonly backlog?: number;
}

/** A failure that stopped work, and how often it did within what is remembered. */
export interface RecentFailure {
  readonly code: ErrorCode | 'bug';
  readonly message: string;
  readonly remedy?: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
}

/** What is known of one source, for whoever asks how it is. All times are milliseconds since the epoch, by storage's clock. */
export interface SourceStatus {
  readonly source: string;
  /** Of the connector that wrote it. */
  readonly version: string;
  /** When its first slice ended that anybody remembers. */
  readonly firstAt: number;
  /** When its last slice ended, and what it did. */
  readonly endedAt: number;
  readonly summary: SliceSummary;
  /** When rows were accepted last; undefined as long as none were. */
  readonly acceptedAt?: number;
  /** When a log file arrived last, whatever became of it. */
  readonly arrivedAt?: number;
  /** Latest first, each code once. */
  readonly failures: readonly RecentFailure[];
  /** Of the last day, oldest first; five minutes without a slice have no bucket. */
  readonly history: readonly HistoryBucket[];
}

/** Where the status of one source is kept, for all instances. Every call may throw ConnectorError 'storage-unavailable'. */
export interface StatusStore {
  load(): Promise<SourceStatus | undefined>;
  /** A slice has ended just now. Answers the status it is part of. */
  record(summary: SliceSummary): Promise<SourceStatus>;
}
