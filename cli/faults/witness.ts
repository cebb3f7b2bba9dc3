import type { UploadWatch } from '../../local/azure/ingestion.ts';
import type { KnownTrail } from './knownTrail.ts';
import type { LedgerFact } from './ledgerWatch.ts';

/** Why the outcome of an upload could not be recorded, as the servers and the adversary saw it. */
export type Excuse =
  /** The answer reached nobody. */
  | 'unanswered'
  /** Its process was killed before the outcome was in the ledger. */
  | 'crash'
  /** Another process had the object's claim by then. */
  | 'claim-lost'
  /** The ledger's storage failed its process. */
  | 'no-ledger';

/** One body that the destination has taken. */
interface Upload {
  readonly instance: number;
  readonly at: number;
  /** Positions of its rows, by object. */
  readonly rows: ReadonlyMap<string, readonly number[]>;
  isAnswered: boolean;
}

interface Fact {
  readonly instance: number;
  readonly at: number;
  readonly fact: LedgerFact;
}

export interface Bound {
  /** Rows that may be there twice, by object. */
  readonly byKey: ReadonlyMap<string, number>;
  readonly byExcuse: Readonly<Record<Excuse, number>>;
  readonly rows: number;
}

/**
 * Sees every body the destination takes and everything the ledger learns, and who sent it. From this alone, without a
 * word from the connector, follows how many rows may be there twice: those of uploads whose outcome was not recorded.
 */
export class Witness {
  readonly #places: ReadonlyMap<string, { readonly key: string; readonly index: number }>;
  readonly #uploads: Upload[] = [];
  readonly #facts: Fact[] = [];
  readonly #killedAt = new Map<number, number>();
  /** The first time of each. */
  readonly #ledgerFailed = new Map<number, number>();
  readonly #inFlight = new Map<number, number>();
  #order = 0;
  /** Rows that belong to no record of the trail. */
  readonly strangers: string[] = [];
  mostUploadsInFlight = 0;

  constructor(trail: KnownTrail) {
    this.#places = new Map(
      trail.objects.flatMap(({ key, rows }) => rows.map(({ eventId }, index) => [eventId, { key, index }] as const)),
    );
  }

  /** An upload of the instance begins. */
  upload(instance: number): UploadWatch {
    const now = (this.#inFlight.get(instance) ?? 0) + 1;
    this.#inFlight.set(instance, now);
    this.mostUploadsInFlight = Math.max(this.mostUploadsInFlight, now);
    let taken: Upload | undefined;
    return {
      accepted: (lines) => {
        taken = { instance, at: this.#tick(), rows: this.#rowsOf(lines), isAnswered: false };
        this.#uploads.push(taken);
      },
      ended: (wasAnswered) => {
        this.#inFlight.set(instance, (this.#inFlight.get(instance) ?? 1) - 1);
        // What is answered after the end of its process is answered to nobody.
        if (taken !== undefined) taken.isAnswered = wasAnswered && !this.#killedAt.has(instance);
      },
    };
  }

  ledger(instance: number, facts: readonly LedgerFact[]): void {
    for (const fact of facts) this.#facts.push({ instance, at: this.#tick(), fact });
  }

  ledgerFailed(instance: number): void {
    if (!this.#ledgerFailed.has(instance)) this.#ledgerFailed.set(instance, this.#tick());
  }

  killed(instance: number): void {
    this.#killedAt.set(instance, this.#tick());
  }

  /** What happened to one object, in order: for whoever looks for the reason of a broken promise. */
  history(key: string): string[] {
    const events: { readonly at: number; readonly text: string }[] = [];
    for (const { instance, at, rows, isAnswered } of this.#uploads) {
      const indices = rows.get(key);
      if (indices === undefined) continue;
      const span = `rows ${Math.min(...indices)} to ${Math.max(...indices)} (${indices.length})`;
      events.push({ at, text: `${instance} uploaded ${span}, ${isAnswered ? 'answered' : 'unanswered'}` });
    }
    for (const { instance, at, fact } of this.#facts) {
      if (fact.key !== key) continue;
      const detail =
        fact.kind === 'claimed' ? fact.token.slice(-12) : fact.kind === 'progress' ? fact.rows.toString() : '';
      events.push({ at, text: `${instance} wrote ${fact.kind} ${detail}`.trimEnd() });
    }
    for (const [instance, rows] of this.#unansweredRows())
      events.push({ at: 0, text: `${instance} got no answer for ${rows} rows` });
    for (const [instance, at] of this.#killedAt) events.push({ at, text: `${instance} was killed` });
    for (const [instance, at] of this.#ledgerFailed) events.push({ at, text: `${instance} met a fault of the ledger` });
    return events.sort((one, other) => one.at - other.at).map(({ at, text }) => `${at}: ${text}`);
  }

  /**
   * `unknownRows` is what an instance itself counted as of unknown outcome: it may have hung up on an answer that the
   * server believes delivered. It excuses no more than that.
   */
  bound(unknownRows: (instance: number) => number): Bound {
    const byKey = new Map<string, number>();
    const byExcuse = { unanswered: 0, crash: 0, 'claim-lost': 0, 'no-ledger': 0 };
    const hungUp = this.#unansweredRows();
    const excuse = (reason: Excuse, key: string, rows: number): void => {
      byKey.set(key, (byKey.get(key) ?? 0) + rows);
      byExcuse[reason] += rows;
    };
    const left: { instance: number; key: string; rows: number }[] = [];
    for (const upload of this.#uploads) {
      const { instance } = upload;
      for (const [key, indices] of upload.rows) {
        const rows = indices.length;
        if (!upload.isAnswered) excuse('unanswered', key, rows);
        else if (!this.#isRecorded(upload, key, indices)) {
          const reason = this.#excuse(upload, key);
          if (reason === undefined) left.push({ instance, key, rows });
          else excuse(reason, key, rows);
        }
      }
    }
    for (const { instance, key, rows } of left) {
      const rowsSoFar = (hungUp.get(instance) ?? 0) + rows;
      if (rowsSoFar > unknownRows(instance)) continue;
      hungUp.set(instance, rowsSoFar);
      excuse('unanswered', key, rows);
    }
    return { byKey, byExcuse, rows: [...byKey.values()].reduce((sum, rows) => sum + rows, 0) };
  }

  /**
   * Whether its sender got the outcome into the ledger under the claim it sent it under, and not that of the same rows
   * sent again. Who claims only afterwards has read without the ledger, and could not see what was there.
   */
  #isRecorded({ instance, at }: Upload, key: string, indices: readonly number[]): boolean {
    const own = this.#facts.filter((each) => each.instance === instance && each.fact.key === key);
    const claim = own.findLast((each) => each.at < at && each.fact.kind === 'claimed')?.fact;
    const later = own.filter((each) => each.at > at);
    const recordedAt = later.find(({ fact }) => covers(fact, indices))?.at;
    if (recordedAt === undefined) return false;
    if (later.some((each) => each.at < recordedAt && isOtherClaim(each.fact, claim))) return false;
    return !this.#uploads.some(
      (each) =>
        each.instance === instance &&
        each.at > at &&
        each.at < recordedAt &&
        each.rows.get(key)?.some((index) => indices.includes(index)),
    );
  }

  #excuse({ instance, at }: Upload, key: string): Excuse | undefined {
    if (this.#killedAt.has(instance)) return 'crash';
    const about = this.#facts.filter((each) => each.fact.key === key);
    const claimedAt = about.findLast((each) => each.instance === instance && each.at <= at)?.at ?? 0;
    if (about.some((each) => each.instance !== instance && each.at > claimedAt)) return 'claim-lost';
    return this.#ledgerFailed.has(instance) ? 'no-ledger' : undefined;
  }

  #rowsOf(lines: readonly Uint8Array[]): Map<string, number[]> {
    const rows = new Map<string, number[]>();
    for (const text of Buffer.concat(lines).toString().split('\n')) {
      if (text === '') continue;
      const { AwsEventId: id } = JSON.parse(text) as { AwsEventId?: string };
      const place = this.#places.get(id ?? '');
      if (place === undefined) {
        this.strangers.push(text);
        continue;
      }
      const indices = rows.get(place.key) ?? [];
      rows.set(place.key, indices);
      indices.push(place.index);
    }
    return rows;
  }

  #unansweredRows(): Map<number, number> {
    const sums = new Map<number, number>();
    for (const { instance, rows, isAnswered } of this.#uploads) {
      if (isAnswered) continue;
      for (const { length } of rows.values()) sums.set(instance, (sums.get(instance) ?? 0) + length);
    }
    return sums;
  }

  #tick(): number {
    this.#order += 1;
    return this.#order;
  }
}

/** True when the fact says that these rows of the object are taken. */
function covers(fact: LedgerFact, indices: readonly number[]): boolean {
  return fact.kind === 'accepted' || (fact.kind === 'progress' && indices.every((index) => fact.rows.has(index)));
}

function isOtherClaim(fact: LedgerFact, claim: LedgerFact | undefined): boolean {
  return fact.kind === 'claimed' && !(claim?.kind === 'claimed' && claim.token === fact.token);
}
