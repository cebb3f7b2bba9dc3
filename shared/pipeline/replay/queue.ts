import { createHash } from 'node:crypto';
import { Condition } from '../../kit/condition.ts';
import type { QueueMessage } from '../../words/announcement.ts';
import type { Clock } from '../../words/clock.ts';
import type { FailureReport } from '../../words/events.ts';
import { reportOf } from '../../words/failure.ts';
import type { AcknowledgedMessage, CompleteObject } from '../ports/acknowledged.ts';
import type { Evidence } from '../ports/failedEntries.ts';
import type { MessageOutcome, MessageQueue } from '../ports/ports.ts';
import { outcomeOf, type ReplayedEntries, type ReplayedEntry, type ReplayOutcome } from './outcome.ts';

export interface ReplayQueueParts {
  readonly entries: ReplayedEntries;
  readonly ids: readonly string[];
  readonly clock: Clock;
  /** Entries that are closed are served as well. */
  readonly again: boolean;
  /** Looks at the accepted object of an entry of stubs: it is sent again only when that is asked for. Never rejects. */
  readonly reread: (entry: ReplayedEntry) => Promise<ReplayOutcome>;
  /** An entry of stubs whose object was accepted with stubs again: the entry stays. */
  readonly stubsOf: (entry: ReplayedEntry) => (ReplayOutcome & { kind: 'read' }) | undefined;
}

/** One message, and the entries that hold it: several objects of it may have failed. */
interface Served {
  /** The name under which the flow knows it. */
  readonly id: string;
  readonly entries: Omit<ReplayedEntry, 'body'>[];
  /** Absent while the flow works on it. */
  settled?: Settled;
}

type Settled =
  | { readonly kind: 'acknowledged'; readonly done: Done }
  | { readonly kind: 'returned'; readonly failure: FailureReport };

type Done = Omit<ReplayOutcome & { kind: 'delivered' }, 'kind' | 'id'>;

/** Pauses between looks whether anything came back, when the flow does not want to wait at all. */
const shortestPollMs = 100;

/**
 * Failed entries as messages, so that the live path drains them like any queue: deletion closes the entries of a message.
 * No real queue is asked; should it still hold the message, the ledger suppresses the object and the message is deleted.
 * Bodies are read when they are received, so that memory holds no more of them than a drain holds messages.
 */
export class ReplayQueue implements MessageQueue {
  readonly #parts: ReplayQueueParts;
  readonly #waiting: string[];
  readonly #out = new Map<string, Served>();
  /** By the hash of the body. */
  readonly #served = new Map<string, Served>();
  readonly #outcomes = new Map<string, ReplayOutcome>();
  readonly #unclosed = new Map<string, FailureReport>();
  readonly #changed = new Condition();

  constructor(parts: ReplayQueueParts) {
    this.#parts = parts;
    this.#waiting = [...new Set(parts.ids)];
  }

  async receive(
    { maxMessages, waitSeconds }: { readonly maxMessages: number; readonly waitSeconds: number },
    signal: AbortSignal,
  ): Promise<readonly QueueMessage[]> {
    const messages: QueueMessage[] = [];
    while (messages.length === 0 && this.#waiting.length > 0) {
      const ids = this.#waiting.slice(0, maxMessages);
      // Should one be unreadable, all are still waiting.
      const entries = await Promise.all(ids.map((id) => this.#parts.entries.readFailed(id)));
      this.#waiting.splice(0, ids.length);
      for (const [index, id] of ids.entries()) {
        const message = await this.#serve(id, entries[index]);
        if (message !== undefined) messages.push(message);
      }
    }
    if (messages.length === 0 && this.#out.size > 0) {
      await this.#changed.within(Math.max(shortestPollMs, 1000 * waitSeconds), this.#parts.clock, signal);
    }
    return messages;
  }

  /** Nobody else receives from here: there is nothing to be extended, and who gives back says so by `returned`. */
  async changeVisibility(messages: readonly QueueMessage[]): Promise<readonly MessageOutcome[]> {
    return messages.map(({ id }) => ({ messageId: id }));
  }

  async delete(messages: readonly AcknowledgedMessage[]): Promise<readonly MessageOutcome[]> {
    return await Promise.all(messages.map((done) => this.#close(done)));
  }

  async measureBacklog(): Promise<undefined> {
    return undefined;
  }

  async probe(): Promise<void> {}

  /** The message as the real queue once gave it. */
  original(message: Evidence): Evidence {
    const entry = this.#out.get(message.id)?.entries[0];
    return { ...message, id: entry?.messageId ?? message.id, receiveCount: entry?.receiveCount ?? 0 };
  }

  /** The flow gave the message back, or could not close its entries. */
  returned(messageId: string, failure: FailureReport): void {
    const served = this.#out.get(messageId);
    if (served === undefined) return;
    this.#settle(served, { kind: 'returned', failure: this.#unclosed.get(messageId) ?? failure });
  }

  /** Ends a pass: whatever is still out hangs, and comes back. */
  returnAll(failure: FailureReport): void {
    for (const { id } of [...this.#out.values()]) this.returned(id, failure);
  }

  /** Puts entries back that only met others of this replay, or the end of a slice; true when another pass has work. */
  startOver(isWorthIt: (failure: FailureReport) => boolean): boolean {
    for (const [hash, served] of this.#served) {
      if (served.settled?.kind !== 'returned' || !isWorthIt(served.settled.failure)) continue;
      this.#served.delete(hash);
      for (const { id } of served.entries) {
        this.#outcomes.delete(id);
        this.#waiting.push(id);
      }
    }
    return this.#waiting.length > 0;
  }

  /** Entries nobody has received yet. */
  get waiting(): readonly string[] {
    return this.#waiting;
  }

  /** Of the entries settled so far. */
  get outcomes(): ReadonlyMap<string, ReplayOutcome> {
    return this.#outcomes;
  }

  /** Undefined when the flow has nothing to do: the entry is settled, or joins one that is served. */
  async #serve(id: string, entry: ReplayedEntry | undefined): Promise<QueueMessage | undefined> {
    const { again, clock, reread } = this.#parts;
    const body = entry === undefined ? undefined : bodyOf(entry);
    const reason = whyNot(entry, again);
    if (entry === undefined || reason !== undefined || body === undefined) {
      this.#outcomes.set(id, { kind: 'missing', id, reason: reason ?? 'its message is not kept any more' });
      return undefined;
    }
    if (entry.stubCount > 0 && !again) {
      this.#outcomes.set(id, await reread(entry));
      return undefined;
    }
    const { body: _, ...kept } = entry;
    const hash = createHash('sha256').update(body).digest('base64');
    const known = this.#served.get(hash);
    if (known !== undefined) {
      await this.#join(known, kept);
      return undefined;
    }
    const served: Served = { id, entries: [kept] };
    this.#served.set(hash, served);
    this.#out.set(id, served);
    const now = clock.now();
    return { id, body, receiptHandle: id, receiveCount: 1, sentAt: now, receivedAt: now };
  }

  /** One more entry of a message that was served: it shares its fate. */
  async #join({ entries, settled }: Served, entry: Served['entries'][number]): Promise<void> {
    if (settled?.kind === 'acknowledged') await this.#closeOne(entry, settled.done);
    if (settled?.kind === 'returned') this.#outcomes.set(entry.id, outcomeOf(entry.id, settled.failure));
    entries.push(entry);
  }

  async #close({ message, objects }: AcknowledgedMessage): Promise<MessageOutcome> {
    const messageId = message.id;
    const served = this.#out.get(messageId);
    if (served === undefined) return { messageId };
    const done = countsOf(objects);
    try {
      // More may join while the first are being closed.
      for (const entry of served.entries) await this.#closeOne(entry, done);
    } catch (error) {
      const failure = reportOf(error);
      this.#unclosed.set(messageId, failure);
      return { messageId, refused: failure.code };
    }
    this.#settle(served, { kind: 'acknowledged', done });
    return { messageId };
  }

  async #closeOne(entry: Served['entries'][number], done: Done): Promise<void> {
    const { id } = entry;
    const stubs = this.#parts.stubsOf(entry);
    if (stubs === undefined) await this.#parts.entries.closeFailed(id, 'delivered');
    this.#outcomes.set(id, stubs ?? { kind: 'delivered', id, ...done });
  }

  #settle(served: Served, settled: Settled): void {
    served.settled = settled;
    this.#out.delete(served.id);
    if (settled.kind === 'returned') {
      for (const { id } of served.entries) this.#outcomes.set(id, outcomeOf(id, settled.failure));
    }
    this.#changed.notify();
  }
}

function countsOf(objects: readonly CompleteObject[]): Done {
  const counts = { rows: 0, accepted: 0, suppressed: 0, skipped: 0 };
  for (const object of objects) {
    counts[object.kind] += 1;
    if (object.kind === 'accepted') counts.rows += object.rows;
  }
  return counts;
}

function whyNot(entry: ReplayedEntry | undefined, again: boolean): string | undefined {
  if (entry === undefined) return 'there is no such failed entry';
  if (entry.state === 'open' || again) return undefined;
  return entry.state === 'delivered' ? 'it was delivered since' : 'it was closed';
}

/** Entries of stubs have no message: their object is announced as CloudTrail does it, with its key as it is. */
function bodyOf({ body, bucket, key }: ReplayedEntry): string | undefined {
  if (body !== undefined || bucket === undefined || key === undefined) return body;
  return JSON.stringify({ s3Bucket: bucket, s3ObjectKey: [key] });
}
