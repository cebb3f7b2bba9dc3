import { entriesPerRequest } from '../../../kit/batcher.ts';
import type { QueueMessage } from '../../../words/announcement.ts';
import type { SliceEnd } from '../../../words/events.ts';
import { defaultMessagesHeld, type Slice } from '../../drain/slice.ts';
import { retrying } from '../../limits/retryPolicy.ts';
import type { Packer } from '../../upload/packer.ts';

export interface ReceiverParts {
  readonly slice: Slice;
  readonly packer: Packer;
  /** Ends all receiving. */
  readonly stop: AbortSignal;
  /** Begins the work on a message; each is handed over once. */
  readonly onMessage: (message: QueueMessage) => void;
}

/** Short, but not 0: that would ask a part of the queue's servers only, and find a filled queue empty. */
const shortPollSeconds = 1;

/** More receivers at a trickle would each bring less, and cost a request all the same. */
const nearlyFull = 0.7 * entriesPerRequest;

/**
 * Receives until the queue is empty, the time for receiving is over, or the signal aborts. The first poll is short, and
 * an empty queue ends the run; polls get longer only while objects are being read, so that none outlasts its work by much.
 */
export class Receivers {
  readonly #parts: ReceiverParts;
  #polling = 0;
  /** Empty answers in a row. */
  #empties = 0;
  /** Messages of the answer that came last. */
  #lastBrought = 0;
  #isQueueEmpty = false;

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
  }

  async run(): Promise<Extract<SliceEnd, 'queue-empty' | 'deadline'>> {
    const { settings } = this.#parts.slice;
    await Promise.all(Array.from({ length: Math.max(1, settings.receivers) }, (_, index) => this.#receive(index)));
    return this.#isQueueEmpty ? 'queue-empty' : 'deadline';
  }

  async #receive(index: number): Promise<void> {
    const { slice, stop } = this.#parts;
    for (;;) {
      await slice.held.changed.until(() => this.#isOver() || this.#mayPoll(index), stop);
      if (this.#isOver()) return;
      // Another receiver may have been woken by the same change, and have taken the room.
      if (!this.#mayPoll(index) || (await this.#poll())) continue;
      this.#empties += 1;
      await this.#finishWhatIsRead();
      if (slice.held.size === 0 && this.#polling === 0) this.#isQueueEmpty = true;
      slice.held.changed.notify();
    }
  }

  /** Also when there is no time left for a short poll: one of 0 s comes back at once, and would be made again and again. */
  #isOver(): boolean {
    const { deadline, ports } = this.#parts.slice;
    const pollEndsAt = ports.clock.now() + 1000 * shortPollSeconds;
    return this.#isQueueEmpty || this.#parts.stop.aborted || pollEndsAt > deadline.receiveUntil;
  }

  /** No more is received than can be begun soon; unless answers come nearly full, one receiver asks alone. */
  #mayPoll(index: number): boolean {
    const { circuits, held, settings } = this.#parts.slice;
    if (index > 0 && (this.#lastBrought < nearlyFull || circuits.onTrial)) return false;
    const unread = circuits.onTrial ? entriesPerRequest : Math.max(entriesPerRequest, 2 * settings.objectsInFlight);
    const asked = entriesPerRequest * (this.#polling + 1);
    const messagesHeld = Math.max(entriesPerRequest, settings.messagesHeld ?? defaultMessagesHeld);
    return held.reading + asked <= unread && held.size + asked <= (circuits.onTrial ? entriesPerRequest : messagesHeld);
  }

  /** True when messages came. */
  async #poll(): Promise<boolean> {
    const { onMessage, slice, stop } = this.#parts;
    const { circuits, held, ports, settings, tally, timer } = slice;
    const waitSeconds = this.#waitSeconds();
    this.#polling += 1;
    try {
      const messages = await retrying(
        'receive',
        () => {
          tally.receives += 1;
          const { visibilitySeconds } = settings;
          const request = { maxMessages: entriesPerRequest, waitSeconds, visibilitySeconds };
          return timer.during('receive', () => ports.queue.receive(request, stop));
        },
        ports,
        stop,
      );
      this.#lastBrought = messages.length;
      if (messages.length === 0) return false;
      this.#empties = 0;
      tally.messagesReceived += messages.length;
      for (const message of messages) onMessage(message);
      if (messages.length === entriesPerRequest) void slice.backlog.look();
      return true;
    } catch (error) {
      if (!stop.aborted) circuits.open('source', error);
      return false;
    } finally {
      this.#polling -= 1;
      held.changed.notify();
    }
  }

  #waitSeconds(): number {
    const { deadline, held, ports, settings } = this.#parts.slice;
    const leftSeconds = Math.floor((deadline.receiveUntil - ports.clock.now()) / 1000);
    const wanted = held.reading === 0 ? shortPollSeconds : shortPollSeconds * 2 ** Math.min(5, this.#empties);
    return Math.max(shortPollSeconds, Math.min(wanted, settings.longPollSeconds, leftSeconds));
  }

  /** After an empty answer nothing more is coming for the open body: its rows go out, and their messages with them. */
  async #finishWhatIsRead(): Promise<void> {
    const { packer, slice, stop } = this.#parts;
    const { held, ports } = slice;
    const until = ports.clock.now() + 1000 * shortPollSeconds;
    while (held.size > 0 && held.reading === 0 && !stop.aborted) {
      packer.flush();
      const leftMs = until - ports.clock.now();
      if (leftMs <= 0) return;
      await held.changed.within(leftMs, ports.clock, stop);
    }
  }
}
