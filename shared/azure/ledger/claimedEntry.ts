import type { LedgerEntry } from '../../pipeline/ledger/rules.ts';
import type { Entity, EntityKey, Table } from '../storage/table.ts';
import { type EntryProperties, entryOf } from './entity.ts';
import type { Commit } from './groupCommit.ts';

export interface ClaimedEntryParts {
  readonly table: Pick<Table, 'read'>;
  readonly commit: Commit;
  /** Where the entry is and what it is about. */
  readonly name: Entity & EntityKey;
  readonly token: string;
  readonly etag: string;
  /** What the entry said when it was claimed; undefined when it is new. */
  readonly found: LedgerEntry | undefined;
}

/** How often a write is tried again when only its own predecessor's answer was lost. */
const mostWrites = 3;

/** One entry as its holder sees it: written only while it is the holder's. */
export class ClaimedEntry {
  readonly token: string;
  /** The entry is that of an outcome that stands: nothing was written for this claim. */
  readonly isAccepted: boolean;
  readonly #parts: ClaimedEntryParts;
  #failedIn: readonly string[];
  /** Undefined when the entry is gone: deleted by hand, or by age. */
  #etag: string | undefined;
  #isLost = false;
  #isSettled = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: ClaimedEntryParts) {
    this.#parts = parts;
    this.#etag = parts.etag;
    this.token = parts.token;
    this.isAccepted = parts.found?.state === 'accepted';
    this.#failedIn = parts.found?.failedIn ?? [];
  }

  /** Sources with an open failed entry of the object, as far as is known. */
  get failedIn(): readonly string[] {
    return this.#failedIn;
  }

  /** Somebody else has it. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** It has an outcome, or was given up. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Writes the outcome; false when the entry is lost. */
  async merge(properties: EntryProperties): Promise<boolean> {
    this.#isSettled = true;
    return await this.#inTurn(properties);
  }

  /** Writes what is true only as long as there is no outcome; false when the entry is lost. */
  async keep(properties: EntryProperties): Promise<boolean> {
    return this.#isSettled ? !this.#isLost : await this.#inTurn(properties);
  }

  /** One after the other, since each write needs the ETag of the last. */
  #inTurn(properties: EntryProperties): Promise<boolean> {
    const turn = this.#last.then(() => this.#write(properties));
    // Its failure is for whoever asked for it, not for the next.
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #write(properties: EntryProperties): Promise<boolean> {
    const { commit, name, table } = this.#parts;
    const entity = { ...name, ...properties };
    for (let attempt = 0; attempt < mostWrites && !this.#isLost; attempt++) {
      const etag = this.#etag;
      const written = await commit(etag === undefined ? { kind: 'insert', entity } : { kind: 'merge', entity, etag });
      if (written.kind === 'written') {
        this.#etag = written.etag;
        return true;
      }
      const found = written.kind === 'missing' ? undefined : await table.read(name);
      if (found !== undefined) {
        const entry = entryOf(found.entity);
        if (!this.#mayWrite(entry)) break;
        // Together, since what is found may be our own acceptance, which names none any more.
        this.#failedIn = [...new Set([...this.#failedIn, ...entry.failedIn])];
      }
      // An earlier write of ours was done and its answer lost, another reader failed, or there is nothing to be overwritten.
      this.#etag = found?.etag;
    }
    this.#isLost = true;
    return false;
  }

  /** Several may read what is accepted. A failure leaves the owner of the outcome as it is; another outcome does not. */
  #mayWrite({ owner }: LedgerEntry): boolean {
    return owner === this.token || (this.isAccepted && owner === this.#parts.found?.owner);
  }
}
