import { abortable } from '../../../kit/abortable.ts';
import type { Clock } from '../../../words/clock.ts';
import type { ObjectStore } from '../../ports/objects.ts';
import type { MessageQueue } from '../../ports/queue.ts';
import type { Settled, Settlement } from '../../ports/settlement.ts';
import type { Delivery, OpenSource, Source, SourceSlice } from '../../ports/source.ts';
import { entryName } from '../entryName.ts';
import { announcementOf } from './announcement.ts';
import { entriesPerRequest } from './batches.ts';
import { type GiveBack, giverBack } from './giveBack.ts';
import { beat } from './heartbeat.ts';
import { HeldMessage } from './message.ts';
import { type Remove, remover } from './remove.ts';
import { secondsUntilVisible } from './visibility.ts';

export interface QueueSourceParts {
  readonly name: string;
  readonly queue: MessageQueue;
  readonly objects: ObjectStore;
  readonly allowedBuckets: readonly string[];
  readonly visibilitySeconds: number;
  readonly heartbeatMs: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Messages of an SQS queue about objects in S3. Receipt handles, visibility timeouts and deletion are known here alone. */
export function queueSource(parts: QueueSourceParts): Source {
  return {
    name: parts.name,
    mostPerReceive: entriesPerRequest,
    open: (slice) => new OpenQueue(parts, slice),
    probe: (signal) => parts.queue.probe(signal),
    measureBacklog: () => parts.queue.measureBacklog(),
  };
}

class OpenQueue implements OpenSource {
  readonly #parts: QueueSourceParts;
  readonly #slice: SourceSlice;
  readonly #held = new Map<string, HeldMessage>();
  readonly #remove: Remove;
  readonly #giveBack: GiveBack;
  /** Asked once a slice, when it is first needed: people change the redrive policy. */
  #mostReceives: Promise<number> | undefined;

  constructor(parts: QueueSourceParts, slice: SourceSlice) {
    this.#parts = parts;
    this.#slice = slice;
    this.#remove = remover({ ...parts, failed: slice.failed }, slice.over);
    this.#giveBack = giverBack(parts, slice.over);
  }

  async receive(
    { most, waitSeconds }: { readonly most: number; readonly waitSeconds: number },
    signal: AbortSignal,
  ): Promise<readonly Delivery[]> {
    const { queue, visibilitySeconds } = this.#parts;
    const messages = await queue.receive({ maxMessages: most, waitSeconds, visibilitySeconds }, signal);
    return messages.flatMap((message) => {
      const known = this.#held.get(message.id);
      // SQS delivers at least once: what is held already goes on, with the newer receipt handle.
      if (known !== undefined && !known.lost.aborted) {
        known.receivedAgain(message);
        return [];
      }
      const held = new HeldMessage(message);
      this.#held.set(message.id, held);
      return [this.#delivery(held)];
    });
  }

  keepHeld(until: AbortSignal): Promise<void> {
    const { heartbeatMs: everyMs } = this.#parts;
    const { failed } = this.#slice;
    const lose = (held: HeldMessage, refused: string): void => this.#lose(held, refused);
    return beat({ ...this.#parts, everyMs, failed, lose, held: () => [...this.#held.values()] }, until);
  }

  #delivery(held: HeldMessage): Delivery {
    const { id, body } = held.newest;
    let entry: string | undefined;
    return {
      id,
      sentAt: held.newest.sentAt,
      get receivedAt() {
        return held.newest.receivedAt;
      },
      get evidence() {
        return {
          id,
          body,
          receiveCount: held.newest.receiveCount,
          get entry() {
            entry ??= entryName(body);
            return entry;
          },
        };
      },
      isLast: async () => held.newest.receiveCount >= (await this.#receives()),
      announcement: () => announcementOf(body, this.#parts),
      lost: held.lost,
      lose: (because) => this.#lose(held, because),
      settle: (settlement) => this.#settle(held, settlement),
    };
  }

  /** How often the queue gives one message at most, as far as can be known. */
  #receives(): Promise<number> {
    const unknown = Number.POSITIVE_INFINITY;
    const ask = async (): Promise<number> => (await this.#parts.queue.measureBacklog())?.mostReceives ?? unknown;
    this.#mostReceives ??= abortable(ask(), this.#slice.over).catch(() => unknown);
    return this.#mostReceives;
  }

  #lose(held: HeldMessage, refused: string): void {
    if (held.lost.aborted || !this.#has(held)) return;
    this.#slice.report({ type: 'claim-lost', source: this.#parts.name, messageId: held.newest.id, refused });
    held.lose(refused);
  }

  async #settle(held: HeldMessage, settlement: Settlement): Promise<Settled> {
    switch (settlement.kind) {
      case 'acknowledged':
      case 'quarantined': {
        // Extended until its deletion has returned.
        const refused = await this.#remove({ message: held.newest, proof: settlement.proof });
        this.#forget(held);
        return refused === undefined ? { kind: 'done' } : { kind: 'kept', refused };
      }
      case 'returned':
        return await this.#return(held, settlement);
      case 'lost':
        this.#forget(held);
        return { kind: 'lost', refused: String(held.lost.reason) };
    }
  }

  async #return(held: HeldMessage, { fate }: Extract<Settlement, { kind: 'returned' }>): Promise<Settled> {
    // From here on no beat extends it; one under way must not overtake its return.
    this.#forget(held);
    await held.extended();
    if (held.lost.aborted) return { kind: 'lost', refused: String(held.lost.reason) };
    const { isShutdown, mostBackOffSeconds } = this.#slice;
    const when = { now: this.#parts.clock.now(), isShutdown: isShutdown(), mostSeconds: mostBackOffSeconds() };
    const comesAgainInSeconds = secondsUntilVisible(held.newest, fate, when);
    const refused = await this.#giveBack(held.newest, comesAgainInSeconds);
    return refused === undefined ? { kind: 'returned', comesAgainInSeconds } : { kind: 'refused', refused };
  }

  #has(held: HeldMessage): boolean {
    return this.#held.get(held.newest.id) === held;
  }

  #forget(held: HeldMessage): void {
    if (this.#has(held)) this.#held.delete(held.newest.id);
  }
}
