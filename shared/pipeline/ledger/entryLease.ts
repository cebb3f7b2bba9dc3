import type { StubNote } from '../../cloudtrail/rows/engine.ts';
import { type Failure, reportOf } from '../../words/failure.ts';
import type { Evidence, FailedEntries } from '../ports/failedEntries.ts';
import type { AcceptedContent, Lease, Progress } from '../ports/lease.ts';
import type { LedgerChange, LedgerEntry, LedgerStore } from '../ports/ledgerStore.ts';
import type { NamedUnit } from '../ports/unit.ts';
import { extendedLeaseEnd, mayWrite, strikesOf } from './rules.ts';

export interface LeaseParts {
  /** Shared by all sources and instances; so are the units in it. */
  readonly store: LedgerStore;
  readonly failedEntries: FailedEntries;
  readonly source: string;
  readonly visibilityMs: number;
}

/** What was claimed, and how. */
export interface ClaimedEntry {
  readonly unit: NamedUnit;
  readonly token: string;
  /** Of the entry, when it was claimed. */
  readonly version: string;
  /** What the entry said before; undefined when it is new. */
  readonly found: LedgerEntry | undefined;
}

/** Deliveries of one unit whose entries are closed by its acceptance: it has a few, unless somebody announces it for ever. */
const mostEntries = 100;

/** How often a write is tried again when only its own predecessor's answer was lost. */
const mostWrites = 3;

/** One entry as its holder sees it: written only while it is the holder's. */
export class EntryLease implements Lease {
  readonly unit: NamedUnit;
  readonly accepted: Lease['accepted'];
  readonly progress: Progress | undefined;
  readonly failedBefore: string | undefined;
  readonly strikes: number | undefined;
  readonly #parts: LeaseParts;
  readonly #claimed: ClaimedEntry;
  /** Undefined when the entry is gone: deleted by hand, or by age. */
  #version: string | undefined;
  /** Open failed entries of the unit, as far as is known. */
  #failedIn: readonly string[];
  #isLost = false;
  #isSettled = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: LeaseParts, claimed: ClaimedEntry) {
    const { found, unit, version } = claimed;
    this.#parts = parts;
    this.#claimed = claimed;
    this.#version = version;
    this.#failedIn = found?.failedIn ?? [];
    this.unit = unit;
    this.accepted = found?.state === 'accepted' ? { identity: found.identity, rows: found.rows } : undefined;
    this.failedBefore = found?.failedFor || undefined;
    this.strikes = found === undefined ? undefined : strikesOf(found);
    this.progress = this.accepted === undefined ? found?.progress : undefined;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  async accept(content: AcceptedContent, stubs: readonly StubNote[]): Promise<void> {
    const { failedEntries, source, store } = this.#parts;
    // Before the outcome: after it, a crash would leave nobody to write them.
    if (stubs.length > 0) await failedEntries.recordStubs(source, this.unit, stubs);
    if (!(await this.#settle({ kind: 'accepted', owner: this.#claimed.token, content, at: store.now() }))) return;
    for (const each of this.#failedIn) await failedEntries.delivered(each, this.unit);
  }

  async fail(failure: Failure, evidence: Evidence): Promise<void> {
    const { source, store } = this.#parts;
    // What was accepted once stays so, for its content: a later reading of other content says nothing against it.
    const kind = this.accepted === undefined ? 'failed' : 'failed-since';
    const failedIn = [...new Set([...this.#failedIn, `${source}/${evidence.entry}`])].slice(-mostEntries);
    const { code } = reportOf(failure.error);
    if (await this.#settle({ kind, code, failedIn, at: store.now() })) this.#failedIn = failedIn;
  }

  async keepProgress(progress: Progress): Promise<boolean> {
    return this.#mayKeep && (await this.#inTurn({ kind: 'progress', progress, at: this.#parts.store.now() }));
  }

  async strike(): Promise<void> {
    const { store, visibilityMs } = this.#parts;
    const now = store.now();
    await this.#inTurn({ ...this.#claim(extendedLeaseEnd(now, visibilityMs), now), strikes: (this.strikes ?? 0) + 1 });
  }

  async extend(): Promise<boolean> {
    if (!this.#mayKeep) return true;
    const { store, visibilityMs } = this.#parts;
    const now = store.now();
    return await this.#inTurn(this.#claim(extendedLeaseEnd(now, visibilityMs), now));
  }

  async release(): Promise<void> {
    if (this.accepted !== undefined) return;
    const now = this.#parts.store.now();
    await this.#settle({ ...this.#claim(now, now), strikes: 0 });
  }

  /** True as long as there is no outcome, neither this lease's nor one it was granted over. */
  get #mayKeep(): boolean {
    return this.accepted === undefined && !this.#isSettled;
  }

  #claim(until: number, at: number): Extract<LedgerChange, { kind: 'claimed' }> {
    return { kind: 'claimed', owner: this.#claimed.token, until, at };
  }

  #settle(change: LedgerChange): Promise<boolean> {
    this.#isSettled = true;
    return this.#inTurn(change);
  }

  /** One after the other, since each write needs the version of the last; false when the entry is lost. */
  #inTurn(change: LedgerChange): Promise<boolean> {
    const turn = this.#last.then(() => this.#write(change));
    // Its failure is for whoever asked for it, not for the next.
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #write(change: LedgerChange): Promise<boolean> {
    const { source, store } = this.#parts;
    const { found: claimedOver, token } = this.#claimed;
    for (let attempt = 0; attempt < mostWrites && !this.#isLost; attempt++) {
      const written =
        this.#version === undefined
          ? await store.insert(this.unit, source, change)
          : await store.merge(this.unit, source, change, this.#version);
      if (written.kind === 'written') {
        this.#version = written.version;
        return true;
      }
      const found = written.kind === 'missing' ? undefined : await store.read(this.unit);
      if (found !== undefined) {
        if (!mayWrite(found.entry, token, claimedOver)) break;
        // Together, since what is found may be our own acceptance, which names none any more.
        this.#failedIn = [...new Set([...this.#failedIn, ...found.entry.failedIn])];
      }
      // An earlier write of ours was done and its answer lost, another reader failed, or there is nothing to be overwritten.
      this.#version = found?.version;
    }
    this.#isLost = true;
    return false;
  }
}
