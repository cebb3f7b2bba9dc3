import type { SliceSummary } from '../../words/events.ts';

/** What is known of one source, for whoever asks how it is: functions run on separate machines, so it lies in storage. */
export interface SourceStatus {
  readonly source: string;
  /** When its last slice ended, in milliseconds since the epoch, and what it did. */
  readonly endedAt: number;
  readonly summary: SliceSummary;
  /** When rows were accepted last; undefined as long as none were. */
  readonly acceptedAt: number | undefined;
}

/** Where the status of each source is kept. Every call may throw ConnectorError 'storage-unavailable'. */
export interface StatusStore {
  load(): Promise<readonly SourceStatus[]>;
  save(status: SourceStatus): Promise<void>;
}
