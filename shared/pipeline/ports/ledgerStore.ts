import type { AcceptedContent, Progress } from './lease.ts';
import type { ContentIdentity, NamedUnit } from './unit.ts';

/** What the ledger knows of one unit: `claimed -> accepted | failed(reason)`. */
export interface LedgerEntry {
  readonly state: 'claimed' | 'accepted' | 'failed';
  /** Token of the lease that wrote it last. */
  readonly owner: string;
  /** When it was written last, by the store's time. */
  readonly writtenAt: number;
  /** When the lease ends, by the store's time; given up, it has ended. */
  readonly until: number;
  /** Of the content accepted last. */
  readonly identity: ContentIdentity;
  readonly rows: number;
  /** Code of its last failure since it was accepted last, if it was; empty without one. */
  readonly failedFor: string;
  /** Ids of the failed entries that were opened for it since. */
  readonly failedIn: readonly string[];
  /** How often it was tried alone since a holder ended without a word. */
  readonly strikes: number;
  readonly progress: Progress | undefined;
}

/** What is written of an entry; the rest of it stays as it is. `until` and `at`, the time of writing, are by the store's time. */
export type LedgerChange =
  | {
      readonly kind: 'claimed';
      readonly owner: string;
      readonly until: number;
      readonly at: number;
      /** As it was, when left out; an outcome forgets them. */
      readonly strikes?: number;
    }
  | { readonly kind: 'progress'; readonly progress: Progress; readonly at: number }
  /** Also forgets failures and progress. */
  | { readonly kind: 'accepted'; readonly owner: string; readonly content: AcceptedContent; readonly at: number }
  | { readonly kind: 'failed'; readonly code: string; readonly failedIn: readonly string[]; readonly at: number }
  /** Of a unit that stays accepted, for the content it had. */
  | { readonly kind: 'failed-since'; readonly code: string; readonly failedIn: readonly string[]; readonly at: number };

/** An entry as it was read: `version` changes with every write. */
export interface VersionedEntry {
  readonly entry: LedgerEntry;
  readonly version: string;
}

export type LedgerWrite =
  | { readonly kind: 'written'; readonly version: string }
  /** There is one already, or it was written since. */
  | { readonly kind: 'contested' }
  /** There is none: deleted by hand, or by age. */
  | { readonly kind: 'missing' };

/** Where entries are kept: one remote call each, and no decision. Every call may throw ConnectorError 'storage-unavailable'. */
export interface LedgerStore {
  read(unit: NamedUnit): Promise<VersionedEntry | undefined>;
  insert(unit: NamedUnit, source: string, change: LedgerChange): Promise<LedgerWrite>;
  /** Only if nobody has written since that version. */
  merge(unit: NamedUnit, source: string, change: LedgerChange, version: string): Promise<LedgerWrite>;
  /** The store's own time, as well as it is known: clocks of instances may differ by hours. */
  now(): number;
  purgeExpired(now: number, signal: AbortSignal): Promise<number>;
}
