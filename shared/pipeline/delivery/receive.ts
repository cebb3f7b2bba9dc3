import { nextTurn, turnIsLong } from '../../kit/breath.ts';
import type { Clock } from '../../words/clock.ts';
import type { SliceEnd } from '../../words/events.ts';
import type { SliceTimer } from '../accounts/sliceTimer.ts';
import type { Circuits } from '../circuits/circuits.ts';
import type { DrainSettings } from '../limits/drainSettings.ts';
import { retrying } from '../limits/retryPolicy.ts';
import type { Delivery, OpenSource, Source } from '../ports/source.ts';
import type { HeldDeliveries } from './held.ts';

export interface ReceiverParts {
  readonly source: Pick<OpenSource, 'receive'> & Pick<Source, 'mostPerReceive'>;
  readonly settings: Pick<DrainSettings, 'longPollSeconds' | 'messagesHeld' | 'objectsInFlight' | 'receivers'>;
  readonly held: Pick<HeldDeliveries, 'bytes' | 'changed' | 'reading' | 'size'>;
  readonly circuits: Pick<Circuits, 'onTrial' | 'open'>;
  readonly timer: Pick<SliceTimer, 'during'>;
  readonly clock: Clock;
  readonly random: () => number;
  /** Nothing is received after this time, in milliseconds since the epoch. */
  readonly receiveUntil: number;
  /** Ends all receiving. */
  readonly stop: AbortSignal;
  /** Told of each request. */
  readonly onRequest: () => void;
  /** Begins the work on deliveries; each is handed over once. */
  readonly onDeliveries: (deliveries: readonly Delivery[]) => void;
  /** Sends what is read on its way: nothing more is coming for the open body. */
  readonly flush: () => void;
}

export const defaultMessagesHeld = 1_000;

/** Ordinary messages have 1 to 2 KB; ten of the largest fill a third of it, and as many more are under way. */
const mostBytesHeld = 32 * 1024 * 1024;

/** Short, but not 0: that would ask a part of a queue's servers only, and find a filled queue empty. */
const shortPollSeconds = 1;

/** More receivers at a trickle would each bring less, and cost a request all the same. */
const nearlyFull = 0.7;

/**
 * Receives until the source is empty, the time for receiving is over, or the signal aborts. The first poll is short, and
 * an empty source ends the run; polls get longer only while units are being read, so that none outlasts its work by much.
 */
export class Receivers {
  readonly #parts: ReceiverParts;
  #polling = 0;
  /** Empty answers in a row. */
  #empties = 0;
  /** Deliveries of the answer that came last. */
  #lastBrought = 0;
  #isEmpty = false;

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
  }

  async run(): Promise<Extract<SliceEnd, 'queue-empty' | 'deadline'>> {
    const { settings } = this.#parts;
    await Promise.all(Array.from({ length: Math.max(1, settings.receivers) }, (_, index) => this.#receive(index)));
    return this.#isEmpty ? 'queue-empty' : 'deadline';
  }

  async #receive(index: number): Promise<void> {
    const { held, stop } = this.#parts;
    for (;;) {
      await held.changed.until(() => this.#isOver() || this.#mayPoll(index), stop);
      if (this.#isOver()) return;
      // Another receiver may have been woken by the same change, and have taken the room.
      if (!this.#mayPoll(index) || (await this.#poll())) continue;
      this.#empties += 1;
      // A source that answers from memory would otherwise be asked for ever, while the reading it waits for gets no turn.
      if (turnIsLong()) await nextTurn();
      await this.#finishWhatIsRead();
      // What the signal has ended says nothing about the source.
      if (held.size === 0 && this.#polling === 0 && !stop.aborted) this.#isEmpty = true;
      held.changed.notify();
    }
  }

  /** Also when there is no time left for a short poll: one of 0 s comes back at once, and would be made again and again. */
  #isOver(): boolean {
    const { clock, receiveUntil, stop } = this.#parts;
    return this.#isEmpty || stop.aborted || clock.now() + 1000 * shortPollSeconds > receiveUntil;
  }

  /** No more is received than can be begun soon; unless answers come nearly full, one receiver asks alone. */
  #mayPoll(index: number): boolean {
    const { circuits, held, settings, source } = this.#parts;
    const most = source.mostPerReceive;
    if (index > 0 && (this.#lastBrought < nearlyFull * most || circuits.onTrial)) return false;
    const unread = circuits.onTrial ? most : Math.max(most, 2 * settings.objectsInFlight);
    const asked = most * (this.#polling + 1);
    const mostHeld = circuits.onTrial ? most : Math.max(most, settings.messagesHeld ?? defaultMessagesHeld);
    return held.bytes < mostBytesHeld && held.reading + asked <= unread && held.size + asked <= mostHeld;
  }

  /** True when something came. */
  async #poll(): Promise<boolean> {
    const { circuits, held, onDeliveries, onRequest, source, stop, timer } = this.#parts;
    const request = { most: source.mostPerReceive, waitSeconds: this.#waitSeconds() };
    this.#polling += 1;
    try {
      const deliveries = await retrying(
        'receive',
        () => {
          onRequest();
          return timer.during('receive', () => source.receive(request, stop));
        },
        this.#parts,
        stop,
      );
      this.#lastBrought = deliveries.length;
      if (deliveries.length === 0) return false;
      this.#empties = 0;
      onDeliveries(deliveries);
      return true;
    } catch (error) {
      if (!stop.aborted) circuits.open({ kind: 'source' }, error);
      return false;
    } finally {
      this.#polling -= 1;
      held.changed.notify();
    }
  }

  #waitSeconds(): number {
    const { clock, held, receiveUntil, settings } = this.#parts;
    const leftSeconds = Math.floor((receiveUntil - clock.now()) / 1000);
    const wanted = held.reading === 0 ? shortPollSeconds : shortPollSeconds * 2 ** Math.min(5, this.#empties);
    return Math.max(shortPollSeconds, Math.min(wanted, settings.longPollSeconds, leftSeconds));
  }

  /** After an empty answer nothing more is coming for the open body: its rows go out, and their deliveries with them. */
  async #finishWhatIsRead(): Promise<void> {
    const { clock, flush, held, stop } = this.#parts;
    const until = clock.now() + 1000 * shortPollSeconds;
    while (held.size > 0 && held.reading === 0 && !stop.aborted) {
      flush();
      const leftMs = until - clock.now();
      if (leftMs <= 0) return;
      await held.changed.within(leftMs, clock, stop);
    }
  }
}
