import type { StubNote } from '../../cloudtrail/rows/engine.ts';
import type { FailureReport } from '../../words/events.ts';
import { isItsOwn } from '../../words/failure.ts';

/** A failed entry, as far as a replay needs it. */
export interface ReplayedEntry {
  readonly id: string;
  readonly state: 'open' | 'delivered' | 'closed';
  readonly bucket?: string;
  readonly key?: string;
  /** The queue's own name of the message, and how often it had been received when it failed last. */
  readonly messageId?: string;
  readonly receiveCount?: number;
  /** Above 0 when the object was accepted, and some of its rows tell only a part. */
  readonly stubCount: number;
  /** The message that announced it. */
  readonly body?: string;
}

/** Where failed entries are kept. Every call may throw ConnectorError 'storage-unavailable'. */
export interface ReplayedEntries {
  readFailed(id: string): Promise<ReplayedEntry | undefined>;
  closeFailed(id: string, as: 'delivered'): Promise<void>;
}

/** What became of one entry. Only 'delivered' closes it. */
export type ReplayOutcome =
  | {
      readonly kind: 'delivered';
      readonly id: string;
      /** Of the objects accepted now, those that an earlier reading had got accepted included. */
      readonly rows: number;
      readonly accepted: number;
      /** Objects accepted before, and so not sent again. */
      readonly suppressed: number;
      /** Objects of no interest. */
      readonly skipped: number;
    }
  /** By a failure of its own once more; the attempt is counted. */
  | { readonly kind: 'failed'; readonly id: string; readonly failure: FailureReport }
  /** By no failure of its own: nothing is counted. */
  | { readonly kind: 'left'; readonly id: string; readonly failure: FailureReport }
  /** Of an accepted object: what reading it again showed. Rows were accepted only if the file was to be sent again. */
  | {
      readonly kind: 'read';
      readonly id: string;
      readonly records: number;
      readonly rows: number;
      readonly stubs: readonly StubNote[];
    }
  | { readonly kind: 'missing'; readonly id: string; readonly reason: string };

/** What a failure means for an entry that was tried. */
export function outcomeOf(id: string, failure: FailureReport): ReplayOutcome {
  return { kind: isItsOwn(failure) ? 'failed' : 'left', id, failure };
}
