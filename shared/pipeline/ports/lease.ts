import type { StubNote } from '../../cloudtrail/rows/engine.ts';
import type { RowRanges } from '../../kit/ranges.ts';
import type { Failure } from '../../words/failure.ts';
import type { Evidence } from './failedEntries.ts';
import type { ContentIdentity, NamedUnit } from './unit.ts';

/** What was accepted of a unit, and under which selectors. */
export interface AcceptedContent {
  readonly identity: ContentIdentity;
  readonly rows: number;
  /** Records that selectors left out. */
  readonly dropped: number;
  /** Hash of the selectors that decide which records are dropped; empty without any. */
  readonly selectors: string;
}

/** Rows that are accepted of content with this identity: a later reading under the same selectors leaves them out. */
export interface Progress {
  /** By their order among the rows of the content; records that selectors dropped are no rows. */
  readonly accepted: RowRanges;
  readonly identity: ContentIdentity;
  readonly selectors: string;
}

/** The right to ingest one unit, held by one instance for a time. Every act may throw ConnectorError 'storage-unavailable'. */
export interface Lease {
  readonly unit: NamedUnit;
  /** Accepted before under this name: suppress, unless the content turns out to be another. */
  readonly accepted: Pick<AcceptedContent, 'identity' | 'rows'> | undefined;
  /** What an earlier holder got done. */
  readonly progress: Progress | undefined;
  /** Code for which an earlier holder failed, since it was accepted last if it was. */
  readonly failedBefore: string | undefined;
  /** How often it was tried alone since a holder ended without giving it up; undefined when the last one did. */
  readonly strikes: number | undefined;
  /** `stubs` are the records whose rows tell only a part: they are accepted, and each keeps a failed entry with its offset. */
  accept(content: AcceptedContent, stubs: readonly StubNote[]): Promise<void>;
  /** The failure is the unit's own: the delivery that announced it is to be kept as a failed entry. */
  fail(failure: Failure, evidence: Evidence): Promise<void>;
  /** For units of several bodies: which rows are accepted so far. False when it could not be recorded. */
  keepProgress(progress: Progress): Promise<boolean>;
  /** Records that it is about to be tried alone: should this process end, too, that will be known. */
  strike(): Promise<void>;
  /** At every heartbeat, until there is an outcome. False when another instance has it. */
  extend(): Promise<boolean>;
  /** Gives it up without an outcome: the slice ended, or a circuit opened. */
  release(): Promise<void>;
  /** True once another instance is known to have it: what was sent since may be there twice. */
  readonly isLost: boolean;
}

export type Claim =
  | { readonly kind: 'granted'; readonly lease: Lease }
  /** Another instance works on it. */
  | { readonly kind: 'held'; readonly until: number };

/** Per unit `claimed -> accepted | failed(reason)`: the one state machine. */
export interface Ledger {
  /** `receivedAt`: when the delivery that announces it was received, in milliseconds since the epoch. @throws ConnectorError 'storage-unavailable' */
  claim(unit: NamedUnit, receivedAt: number): Promise<Claim>;
  /** Deletes some of what is too old to be asked for, a bounded piece of work; answers how many entries. */
  purgeExpired(now: number, signal: AbortSignal): Promise<number>;
}
