import { Condition } from '../../../kit/condition.ts';
import type { QueueMessage } from '../../../words/announcement.ts';
import type { Lease } from '../../ports/lease.ts';

/** Why work on a message stops when its visibility timeout could not be extended: another receiver may have it by now. */
export class ClaimLost extends Error {}

/** One message this slice has received and neither deleted nor returned. */
export class HeldMessage {
  #message: QueueMessage;
  #earlier: readonly QueueMessage[] = [];
  readonly #lost = new AbortController();
  readonly #beats = new Set<Promise<void>>();
  /** False once all its objects are read: then it only waits for its rows to be accepted. */
  isReading = true;
  /** True when nothing of it has been tried yet. */
  isWaiting = true;
  /** Rows written for it. They will be written again by another receiver, should the claim be lost. */
  rows = 0;

  constructor(message: QueueMessage) {
    this.#message = message;
  }

  /** As received last: only the newest receipt handle is sure to delete. */
  get message(): QueueMessage {
    return this.#message;
  }

  /** As received before, should SQS have delivered it more than once. */
  get earlier(): readonly QueueMessage[] {
    return this.#earlier;
  }

  /** Aborts when the claim is lost. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  receivedAgain(message: QueueMessage): void {
    this.#earlier = [...this.#earlier, this.#message];
    this.#message = message;
  }

  lose(refused: string): void {
    this.#lost.abort(new ClaimLost(`the claim on message ${this.#message.id} is lost: ${refused}`));
  }

  /** Keeps account of an extension under way, which must not overtake the return of the message. */
  extending(request: Promise<void>): void {
    this.#beats.add(request);
    const done = () => this.#beats.delete(request);
    request.then(done, done);
  }

  async extended(): Promise<void> {
    await Promise.allSettled(this.#beats);
  }
}

/** Every message held, waiting ones too. */
export class HeldMessages {
  readonly #held = new Map<string, HeldMessage>();
  #reading = 0;
  /**
   * Objects being worked on, and for which message. Kept alive even when that message is lost and somebody else has it:
   * as long as rows of the object are under way, nobody else may send them.
   */
  readonly claims = new Map<Lease, HeldMessage>();
  readonly changed = new Condition();

  get size(): number {
    return this.#held.size;
  }

  /** Messages whose objects are not all read yet. */
  get reading(): number {
    return this.#reading;
  }

  get all(): readonly HeldMessage[] {
    return [...this.#held.values()];
  }

  has(held: HeldMessage): boolean {
    return this.#held.get(held.message.id) === held;
  }

  /** Undefined when the message is held already: SQS delivers at least once, and the newer receipt handle is kept. */
  hold(message: QueueMessage): HeldMessage | undefined {
    const known = this.#held.get(message.id);
    if (known !== undefined && !known.lost.aborted) {
      known.receivedAgain(message);
      return undefined;
    }
    if (known !== undefined) this.drop(known);
    const held = new HeldMessage(message);
    this.#held.set(message.id, held);
    this.#reading += 1;
    this.changed.notify();
    return held;
  }

  /** All objects of the message are read. */
  read(held: HeldMessage): void {
    if (held.isReading && this.has(held)) this.#reading -= 1;
    held.isReading = false;
    this.changed.notify();
  }

  drop(held: HeldMessage): void {
    this.read(held);
    if (this.has(held)) this.#held.delete(held.message.id);
    this.changed.notify();
  }
}
