import { createHash } from 'node:crypto';
import { Condition } from '../../kit/condition.ts';
import type { Clock } from '../../words/clock.ts';
import type { FailureReport } from '../../words/events.ts';
import { failureReport, reportOf } from '../../words/failure.ts';
import type { CompleteUnit, Settled, Settlement } from '../ports/settlement.ts';
import type { Announcement, Delivery, OpenSource, Source } from '../ports/source.ts';
import { outcomeOf, type ReplayedEntries, type ReplayedEntry, type ReplayOutcome } from './outcome.ts';

export interface ReplaySourceParts {
  /** Name of the source whose entries they are. */
  readonly name: string;
  readonly entries: ReplayedEntries;
  readonly ids: readonly string[];
  readonly clock: Clock;
  /** Entries that are closed are served as well. */
  readonly again: boolean;
  /** What an entry announces; undefined when what it announced is not kept any more. */
  readonly announcement: (entry: ReplayedEntry) => Announcement | undefined;
  /** Looks at the accepted unit of an entry of stubs: it is sent again only when that is asked for. Never rejects. */
  readonly reread: (entry: ReplayedEntry) => Promise<ReplayOutcome>;
  /** An entry of stubs whose unit was accepted with stubs again: the entry stays. */
  readonly stubsOf: (entry: ReplayedEntry) => (ReplayOutcome & { kind: 'read' }) | undefined;
}

/** One delivery, and the entries that hold it: several units of it may have failed. */
interface Served {
  readonly id: string;
  readonly entries: ReplayedEntry[];
  readonly lost: AbortController;
  /** Absent while the flow works on it. */
  end?: End;
}

type End =
  | { readonly kind: 'acknowledged'; readonly done: Done }
  | { readonly kind: 'returned'; readonly failure: FailureReport };

type Done = Omit<ReplayOutcome & { kind: 'delivered' }, 'kind' | 'id'>;

/** Entries read at once. */
const mostPerReceive = 10;

/** Pauses between looks whether anything came back, when the flow does not want to wait at all. */
const shortestPollMs = 100;

/**
 * Failed entries as deliveries, so that the live path drains them like any source: acknowledging closes the entries of a
 * delivery. Should the entry's own source still hold it, the ledger suppresses its units when it comes. Bodies are read when
 * they are received, so that memory holds no more of them than a drain holds deliveries.
 */
export class ReplaySource implements Source, OpenSource {
  readonly name: string;
  readonly mostPerReceive = mostPerReceive;
  readonly #parts: ReplaySourceParts;
  readonly #waiting: string[];
  readonly #out = new Set<Served>();
  /** By the hash of what was announced. */
  readonly #served = new Map<string, Served>();
  readonly #outcomes = new Map<string, ReplayOutcome>();
  readonly #changed = new Condition();

  constructor(parts: ReplaySourceParts) {
    this.name = parts.name;
    this.#parts = parts;
    this.#waiting = [...new Set(parts.ids)];
  }

  open(): OpenSource {
    return this;
  }

  async receive(
    { most, waitSeconds }: { readonly most: number; readonly waitSeconds: number },
    signal: AbortSignal,
  ): Promise<readonly Delivery[]> {
    const deliveries: Delivery[] = [];
    while (deliveries.length === 0 && this.#waiting.length > 0) {
      const ids = this.#waiting.slice(0, most);
      // Should one be unreadable, all are still waiting.
      const entries = await Promise.all(ids.map((id) => this.#parts.entries.readFailed(id)));
      this.#waiting.splice(0, ids.length);
      for (const [index, id] of ids.entries()) {
        const delivery = await this.#serve(id, entries[index]);
        if (delivery !== undefined) deliveries.push(delivery);
      }
    }
    if (deliveries.length === 0 && this.#out.size > 0) {
      await this.#changed.within(Math.max(shortestPollMs, 1000 * waitSeconds), this.#parts.clock, signal);
    }
    return deliveries;
  }

  /** Nobody else receives from here. */
  async keepHeld(): Promise<void> {}

  async measureBacklog(): Promise<undefined> {
    return undefined;
  }

  async probe(): Promise<void> {}

  /** Ends a pass: whatever is still out hangs, and comes back. */
  returnAll(failure: FailureReport): void {
    for (const served of [...this.#out]) this.#end(served, { kind: 'returned', failure });
  }

  /** Puts entries back that only met others of this replay, or the end of a slice; true when another pass has work. */
  startOver(isWorthIt: (failure: FailureReport) => boolean): boolean {
    for (const [hash, served] of this.#served) {
      if (served.end?.kind !== 'returned' || !isWorthIt(served.end.failure)) continue;
      this.#served.delete(hash);
      for (const { id } of served.entries) {
        this.#outcomes.delete(id);
        this.#waiting.push(id);
      }
    }
    return this.#waiting.length > 0;
  }

  /** Of the entries settled so far. */
  get outcomes(): ReadonlyMap<string, ReplayOutcome> {
    return this.#outcomes;
  }

  /** Undefined when the flow has nothing to do: the entry is settled, or joins one that is served. */
  async #serve(id: string, entry: ReplayedEntry | undefined): Promise<Delivery | undefined> {
    const { again, announcement, reread } = this.#parts;
    const reason = whyNot(entry, again);
    const announced = entry === undefined || reason !== undefined ? undefined : announcement(entry);
    if (entry === undefined || announced === undefined) {
      this.#outcomes.set(id, { kind: 'missing', id, reason: reason ?? 'its message is not kept any more' });
      return undefined;
    }
    if (entry.stubCount > 0 && !again) {
      this.#outcomes.set(id, await reread(entry));
      return undefined;
    }
    const hash = hashOf(entry);
    const known = this.#served.get(hash);
    if (known !== undefined) {
      await this.#join(known, withoutBody(entry));
      return undefined;
    }
    const served: Served = { id, entries: [withoutBody(entry)], lost: new AbortController() };
    this.#served.set(hash, served);
    this.#out.add(served);
    return this.#delivery(served, entry, announced);
  }

  #delivery(served: Served, entry: ReplayedEntry, announced: Announcement): Delivery {
    const { id, lost } = served;
    return {
      id,
      receivedAt: this.#parts.clock.now(),
      // As its own source once gave it, for what is written about it.
      evidence: {
        id: entry.messageId ?? id,
        body: entry.body ?? '',
        receiveCount: entry.receiveCount ?? 0,
        entry: id.slice(id.lastIndexOf('/') + 1),
      },
      isLast: async () => false,
      announcement: () => announced,
      lost: lost.signal,
      lose: (because) => lost.abort(new Error(`entry ${id} is lost: ${because}`)),
      settle: (settlement) => this.#settle(served, settlement),
    };
  }

  /** One more entry of a delivery that was served: it shares its fate. */
  async #join({ entries, end }: Served, entry: ReplayedEntry): Promise<void> {
    if (end?.kind === 'acknowledged') await this.#closeOne(entry, end.done);
    if (end?.kind === 'returned') this.#outcomes.set(entry.id, outcomeOf(entry.id, end.failure));
    entries.push(entry);
  }

  async #settle(served: Served, settlement: Settlement): Promise<Settled> {
    if (settlement.kind !== 'acknowledged') {
      this.#end(served, { kind: 'returned', failure: failureReport(settlement.failure) });
      return { kind: 'returned', comesAgainInSeconds: 0 };
    }
    const done = countsOf(settlement.proof.units);
    try {
      // More may join while the first are being closed.
      for (const entry of served.entries) await this.#closeOne(entry, done);
    } catch (error) {
      const failure = reportOf(error);
      this.#end(served, { kind: 'returned', failure });
      return { kind: 'kept', refused: failure.code };
    }
    this.#end(served, { kind: 'acknowledged', done });
    return { kind: 'done' };
  }

  async #closeOne(entry: ReplayedEntry, done: Done): Promise<void> {
    const { id } = entry;
    const stubs = this.#parts.stubsOf(entry);
    if (stubs === undefined) await this.#parts.entries.closeFailed(id, 'delivered');
    this.#outcomes.set(id, stubs ?? { kind: 'delivered', id, ...done });
  }

  #end(served: Served, end: End): void {
    if (!this.#out.delete(served)) return;
    served.end = end;
    if (end.kind === 'returned') {
      for (const { id } of served.entries) this.#outcomes.set(id, outcomeOf(id, end.failure));
    }
    this.#changed.notify();
  }
}

/** Entries of stubs have no message: they are of one delivery when they name one unit. */
function hashOf({ body, bucket, key }: ReplayedEntry): string {
  return createHash('sha256')
    .update(body ?? JSON.stringify([bucket, key]))
    .digest('base64');
}

/** A message is 1 MiB at most, and its entries are kept until the end. */
function withoutBody({ body: _, ...entry }: ReplayedEntry): ReplayedEntry {
  return entry;
}

function countsOf(units: readonly CompleteUnit[]): Done {
  const counts = { rows: 0, accepted: 0, suppressed: 0, skipped: 0 };
  for (const unit of units) {
    counts[unit.kind] += 1;
    if (unit.kind === 'accepted') counts.rows += unit.rows;
  }
  return counts;
}

function whyNot(entry: ReplayedEntry | undefined, again: boolean): string | undefined {
  if (entry === undefined) return 'there is no such failed entry';
  if (entry.state === 'open' || again) return undefined;
  return entry.state === 'delivered' ? 'it was delivered since' : 'it was closed';
}
