import type { QueueMessage } from '../../../words/announcement.ts';

/** Why work on a message stops when its visibility timeout could not be extended: another receiver may have it by now. */
export class ClaimLost extends Error {}

/** One message that was received and is neither deleted nor returned. */
export class HeldMessage {
  #newest: QueueMessage;
  #earlier: readonly QueueMessage[] = [];
  readonly #lost = new AbortController();
  readonly #beats = new Set<Promise<void>>();

  constructor(message: QueueMessage) {
    this.#newest = message;
  }

  /** As received last: only the newest receipt handle is sure to delete. */
  get newest(): QueueMessage {
    return this.#newest;
  }

  /** As received before, should SQS have delivered it more than once. */
  get earlier(): readonly QueueMessage[] {
    return this.#earlier;
  }

  /** Aborts when somebody else may have it. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  receivedAgain(message: QueueMessage): void {
    this.#earlier = [...this.#earlier, this.#newest];
    this.#newest = message;
  }

  lose(refused: string): void {
    this.#lost.abort(new ClaimLost(`the claim on message ${this.#newest.id} is lost: ${refused}`));
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
