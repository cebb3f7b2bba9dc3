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
  readonly #ledgerFailed = new Set<number>();
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
    this.#ledgerFailed.add(instance);
  }

  killed(instance: number): void {
    this.#killedAt.set(instance, this.#tick());
  }

  /**
   * `unknownRows` is what an instance itself counted as of unknown outcome: it may have hung up on an answer that the
   * server believes delivered. It excuses no more than that.
   */
  bound(unknownRows: (instance: number) => number): Bound {
    const byKey = new Map<string, number>();
    const byExcuse = { unanswered: 0, crash: 0, 'claim-lost': 0, 'no-ledger': 0 };
    const hungUp = new Map<number, number>();
    const excuse = (reason: Excuse, instance: number, key: string, rows: number): void => {
      byKey.set(key, (byKey.get(key) ?? 0) + rows);
      byExcuse[reason] += rows;
      if (reason === 'unanswered') hungUp.set(instance, (hungUp.get(instance) ?? 0) + rows);
    };
    const left: { instance: number; key: string; rows: number }[] = [];
    for (const upload of this.#uploads) {
      const { instance } = upload;
      for (const [key, indices] of upload.rows) {
        const rows = indices.length;
        if (!upload.isAnswered) excuse('unanswered', instance, key, rows);
        else if (!this.#isRecorded(upload, key, Math.max(...indices))) {
          const reason = this.#excuse(upload, key);
          if (reason === undefined) left.push({ instance, key, rows });
          else excuse(reason, instance, key, rows);
        }
      }
    }
    for (const { instance, key, rows } of left) {
      if ((hungUp.get(instance) ?? 0) + rows <= unknownRows(instance)) excuse('unanswered', instance, key, rows);
    }
    return { byKey, byExcuse, rows: [...byKey.values()].reduce((sum, rows) => sum + rows, 0) };
  }

  /** Whether its sender got the outcome into the ledger under the claim it sent it under. */
  #isRecorded({ instance, at }: Upload, key: string, lastIndex: number): boolean {
    let token: string | undefined;
    for (const each of this.#facts) {
      if (each.instance !== instance || each.fact.key !== key) continue;
      if (each.at > at) {
        if (covers(each.fact, lastIndex)) return true;
        if (each.fact.kind === 'claimed' && token !== undefined && each.fact.token !== token) return false;
      }
      if (each.fact.kind === 'claimed') token = each.fact.token;
    }
    return false;
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

  #tick(): number {
    this.#order += 1;
    return this.#order;
  }
}

/** True when the fact says that the object's rows up to this one are taken. */
function covers(fact: LedgerFact, index: number): boolean {
  return fact.kind === 'accepted' || (fact.kind === 'progress' && index < fact.rows);
}
