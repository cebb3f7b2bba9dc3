import type { UploadWatch } from '../../../local/azure/ingestion/ingestion.ts';
import { type Cause, causeOf, type Fact, type InstanceFate, isRecorded, type UploadedRows } from './causes.ts';
import type { KnownTrail } from './knownTrail.ts';
import type { LedgerFact } from './ledgerWatch.ts';

/** One body that the destination has taken; one with rows of two readings of an object counts as two. */
interface Upload {
  readonly instance: number;
  readonly at: number;
  /** Positions of its rows, by object. */
  readonly rows: ReadonlyMap<string, readonly number[]>;
  /** Undefined when nobody got the answer. */
  answeredAt: number | undefined;
}

export interface Bound {
  /** Rows that may be there twice, by object. */
  readonly byKey: ReadonlyMap<string, number>;
  readonly byCause: Readonly<Record<Cause, number>>;
  readonly rows: number;
}

/** Each record must be there exactly once. */
export const noBound: Bound = {
  byKey: new Map(),
  byCause: { unanswered: 0, crash: 0, 'claim-lost': 0, 'no-ledger': 0, 'hung-up': 0 },
  rows: 0,
};

/**
 * Sees every body the destination takes and everything the ledger learns, and who sent it. From this follows how many
 * rows may be there twice: those of uploads whose outcome could not be recorded, for a reason that was seen as well. One
 * thing only is taken from the connector: how many rows it counted as of unknown outcome, since a server cannot see that
 * an answer was no longer waited for. What rests on that count alone is told apart, as `hung-up`.
 */
export class Observer {
  readonly #places: ReadonlyMap<string, { readonly key: string; readonly index: number }>;
  readonly #uploads: Upload[] = [];
  readonly #facts: Fact[] = [];
  readonly #killedAt = new Map<number, number>();
  readonly #ledgerFailed = new Map<number, { from: number; to: number }[]>();
  readonly #inFlight = new Map<number, number>();
  #order = 0;
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
    let taken: readonly Upload[] = [];
    return {
      accepted: (lines) => {
        taken = this.#rowsOf(lines).map((rows) => ({ instance, at: this.#tick(), rows, answeredAt: undefined }));
        this.#uploads.push(...taken);
      },
      ended: (wasAnswered) => {
        this.#inFlight.set(instance, (this.#inFlight.get(instance) ?? 1) - 1);
        // What is answered after the end of its process is answered to nobody.
        if (!wasAnswered || this.#killedAt.has(instance)) return;
        const answeredAt = this.#tick();
        for (const upload of taken) upload.answeredAt = answeredAt;
      },
    };
  }

  ledger(instance: number, facts: readonly LedgerFact[]): void {
    for (const fact of facts) this.#facts.push({ instance, at: this.#tick(), fact });
  }

  /** From now on the instance cannot rely on the ledger's storage. */
  ledgerFailed(instance: number): void {
    // What a dead process leaves behind is no failure that it met.
    if (this.#killedAt.has(instance)) return;
    const failures = this.#ledgerFailed.get(instance) ?? [];
    this.#ledgerFailed.set(instance, failures);
    if (failures.at(-1)?.to !== Number.POSITIVE_INFINITY) {
      failures.push({ from: this.#tick(), to: Number.POSITIVE_INFINITY });
    }
  }

  /** The instance asks the ledger's storage again. */
  ledgerWorks(instance: number): void {
    const failure = this.#ledgerFailed.get(instance)?.at(-1);
    if (failure?.to === Number.POSITIVE_INFINITY) failure.to = this.#tick();
  }

  killed(instance: number): void {
    this.#killedAt.set(instance, this.#tick());
  }

  /** What happened to one object, in order: for whoever looks for the reason of a broken promise. */
  history(key: string): string[] {
    const events: { readonly at: number; readonly text: string }[] = [];
    for (const { instance, at, rows, answeredAt } of this.#uploads) {
      const indices = rows.get(key);
      if (indices === undefined) continue;
      const span = `rows ${Math.min(...indices)} to ${Math.max(...indices)} (${indices.length})`;
      const fate = answeredAt === undefined ? 'unanswered' : 'answered';
      events.push({ at, text: `${instance} uploaded ${span}, ${fate}` });
    }
    for (const { instance, at, fact } of this.#facts) {
      if (fact.key === key) events.push({ at, text: `${instance} ${shown(fact)}`.trimEnd() });
    }
    for (const [instance, rows] of this.#unansweredRows())
      events.push({ at: 0, text: `${instance} got no answer for ${rows} rows` });
    for (const [instance, at] of this.#killedAt) events.push({ at, text: `${instance} was killed` });
    for (const [instance, failures] of this.#ledgerFailed) {
      for (const { from, to } of failures) {
        events.push({ at: from, text: `${instance} met a fault of the ledger, until ${to}` });
      }
    }
    return events.sort((one, other) => one.at - other.at).map(({ at, text }) => `${at}: ${text}`);
  }

  /**
   * `unknownRows` is what an instance itself counted as of unknown outcome: it may have hung up on an answer that the
   * server believes delivered. It allows no more than that, and nothing that another reason explains.
   */
  bound(unknownRows: (instance: number) => number): Bound {
    const byKey = new Map<string, number>();
    const byCause = { ...noBound.byCause };
    const allow = (reason: Cause, key: string, rows: number): void => {
      byKey.set(key, (byKey.get(key) ?? 0) + rows);
      byCause[reason] += rows;
    };
    const histories = this.#histories();
    const unexplained: { readonly key: string; readonly instance: number; readonly rows: number }[] = [];
    for (const { answeredAt, at, instance, rows } of this.#uploads) {
      for (const [key, indices] of rows) {
        const history = histories.get(key) ?? { facts: [], uploads: [] };
        if (answeredAt === undefined) {
          allow('unanswered', key, indices.length);
          continue;
        }
        const upload = { instance, at, answeredAt, indices };
        if (isRecorded(upload, history)) continue;
        const reason = causeOf(upload, history, this.#fateOf(instance));
        if (reason === undefined) unexplained.push({ key, instance, rows: indices.length });
        else allow(reason, key, indices.length);
      }
    }
    // Which of them were hung up on is not seen, so each object may have been; all together no more than were counted.
    const unanswered = this.#unansweredRows();
    for (const [instance, uploads] of Map.groupBy(unexplained, (upload) => upload.instance)) {
      const most = Math.max(0, unknownRows(instance) - (unanswered.get(instance) ?? 0));
      const possible = uploads.filter(({ rows }) => rows <= most);
      byCause['hung-up'] += Math.min(most, rowsIn(possible));
      for (const [key, ofKey] of Map.groupBy(possible, (upload) => upload.key)) {
        byKey.set(key, (byKey.get(key) ?? 0) + Math.min(most, rowsIn(ofKey)));
      }
    }
    return { byKey, byCause, rows: Object.values(byCause).reduce((sum, rows) => sum + rows, 0) };
  }

  #histories(): Map<string, { readonly facts: Fact[]; readonly uploads: UploadedRows[] }> {
    const histories = new Map<string, { facts: Fact[]; uploads: UploadedRows[] }>();
    const of = (key: string) => {
      const history = histories.get(key) ?? { facts: [], uploads: [] };
      histories.set(key, history);
      return history;
    };
    for (const fact of this.#facts) of(fact.fact.key).facts.push(fact);
    for (const { answeredAt = Number.POSITIVE_INFINITY, at, instance, rows } of this.#uploads) {
      for (const [key, indices] of rows) of(key).uploads.push({ instance, at, answeredAt, indices });
    }
    return histories;
  }

  #fateOf(instance: number): InstanceFate {
    return { wasKilled: this.#killedAt.has(instance), ledgerFailed: this.#ledgerFailed.get(instance) ?? [] };
  }

  /** Positions by object, each once; what is there another time is in another map. */
  #rowsOf(lines: readonly Uint8Array[]): Map<string, number[]>[] {
    const readings: Map<string, number[]>[] = [];
    const seen = new Map<string, number>();
    for (const text of Buffer.concat(lines).toString().split('\n')) {
      if (text === '') continue;
      const { AwsEventId: id } = JSON.parse(text) as { AwsEventId?: string };
      const place = this.#places.get(id ?? '');
      // A row of no record: the judge finds it in the table.
      if (id === undefined || place === undefined) continue;
      const earlier = seen.get(id) ?? 0;
      seen.set(id, earlier + 1);
      const rows = readings[earlier] ?? new Map<string, number[]>();
      readings[earlier] = rows;
      const indices = rows.get(place.key) ?? [];
      rows.set(place.key, indices);
      indices.push(place.index);
    }
    return readings;
  }

  #unansweredRows(): Map<number, number> {
    const sums = new Map<number, number>();
    for (const { instance, rows, answeredAt } of this.#uploads) {
      if (answeredAt !== undefined) continue;
      for (const { length } of rows.values()) sums.set(instance, (sums.get(instance) ?? 0) + length);
    }
    return sums;
  }

  #tick(): number {
    this.#order += 1;
    return this.#order;
  }
}

function rowsIn(uploads: readonly { readonly rows: number }[]): number {
  return uploads.reduce((sum, { rows }) => sum + rows, 0);
}

/** A fact, for a history. */
function shown(fact: LedgerFact): string {
  switch (fact.kind) {
    case 'claimed':
      return `wrote claimed ${fact.token.slice(-12)}`;
    case 'progress':
      return `wrote progress ${fact.rows.toString()}`;
    case 'refused':
      return `was refused ${fact.token?.slice(-12) ?? ''}`;
    default:
      return `wrote ${fact.kind}`;
  }
}
