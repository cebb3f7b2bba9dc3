interface Turn {
  readonly bytes: number;
  readonly begin: () => void;
}

/** A counting semaphore, first come first served: admits while neither the number nor the bytes of those admitted pass the limits. */
export class Semaphore {
  readonly #most: number;
  readonly #mostBytes: number;
  readonly #onBegin: () => () => void;
  #queue: Turn[] = [];
  #admitted = 0;
  #bytes = 0;

  /** `onBegin` is called for each that begins; what it answers, when that one ends. */
  constructor(most: number, mostBytes: number, onBegin: () => () => void = () => () => undefined) {
    this.#most = most;
    this.#mostBytes = mostBytes;
    this.#onBegin = onBegin;
  }

  get isIdle(): boolean {
    return this.#admitted === 0 && this.#queue.length === 0;
  }

  /** Waits for its turn; the answer gives it back. What is larger than all that is allowed is admitted alone. @throws the signal's reason */
  async enter(bytes: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const { promise: begun, resolve: begin, reject } = Promise.withResolvers<void>();
    const turn = { bytes, begin };
    const giveUp = (): void => {
      // Whoever has begun meanwhile is not in the queue any more, and has promised to end.
      this.#queue = this.#queue.filter((other) => other !== turn);
      reject(signal.reason);
      this.#admit();
    };
    signal.addEventListener('abort', giveUp, { once: true });
    this.#queue.push(turn);
    this.#admit();
    try {
      await begun;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    const end = this.#onBegin();
    return () => {
      end();
      this.#admitted -= 1;
      this.#bytes -= bytes;
      this.#admit();
    };
  }

  #admit(): void {
    for (let next = this.#queue[0]; next !== undefined && this.#hasRoom(next.bytes); next = this.#queue[0]) {
      this.#queue.shift();
      this.#admitted += 1;
      this.#bytes += next.bytes;
      next.begin();
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#admitted === 0 || (this.#admitted < this.#most && this.#bytes + bytes <= this.#mostBytes);
  }
}
