interface Turn {
  readonly bytes: number;
  /** Who came first, whenever it asked last. */
  readonly order: number;
  readonly begin: () => void;
  state: 'waiting' | 'begun' | 'given-up';
}

/** A place in a semaphore, taken. */
export interface Admission {
  /** Counts it with so many bytes from now on; false when that must wait until others have left, and nothing has changed. */
  resize(bytes: number): boolean;
  /** Gives its place back and waits for room for so many bytes, before all that came later. @throws the signal's reason: then it has left */
  wait(bytes: number, signal: AbortSignal): Promise<void>;
  /** Gives its place back, once. */
  leave(): void;
}

/** Given up turns are swept out when there are so many, and more than of the others: giving up all of them stays linear. */
const fewGivenUp = 64;

/** A counting semaphore, first come first served: admits while neither the number nor the bytes of those admitted pass the limits. */
export class Semaphore {
  readonly #most: number;
  readonly #mostBytes: number;
  readonly #onBegin: () => () => void;
  #queue: Turn[] = [];
  #givenUp = 0;
  #arrivals = 0;
  #admitted = 0;
  #bytes = 0;

  /** `onBegin` is called for each that begins; what it answers, when that one ends. */
  constructor(most: number, mostBytes: number, onBegin: () => () => void = () => () => undefined) {
    this.#most = most;
    this.#mostBytes = mostBytes;
    this.#onBegin = onBegin;
  }

  get isIdle(): boolean {
    return this.#admitted === 0 && this.#queue.length === this.#givenUp;
  }

  /** Waits for its turn; the answer gives it back. What is larger than all that is allowed is admitted alone. @throws the signal's reason */
  async enter(bytes: number, signal: AbortSignal): Promise<() => void> {
    const admission = await this.admit(bytes, signal);
    return () => admission.leave();
  }

  /** As `enter`, for who learns only later how large it is. */
  async admit(bytes: number, signal: AbortSignal): Promise<Admission> {
    const order = this.#arrivals;
    this.#arrivals += 1;
    await this.#turn(bytes, order, signal);
    let taken: number | undefined = bytes;
    let end = this.#onBegin();
    const leave = (): void => {
      if (taken === undefined) return;
      end();
      this.#admitted -= 1;
      this.#bytes -= taken;
      taken = undefined;
      this.#begin();
    };
    return {
      leave,
      resize: (wanted) => {
        if (taken === undefined) return false;
        const isRoom = wanted <= taken || this.#admitted === 1 || this.#bytes - taken + wanted <= this.#mostBytes;
        if (!isRoom) return false;
        this.#bytes += wanted - taken;
        taken = wanted;
        this.#begin();
        return true;
      },
      wait: async (wanted, until) => {
        // Asked for before the place is given up, so that nobody who came later slips in.
        const turn = this.#turn(wanted, order, until);
        leave();
        await turn;
        taken = wanted;
        end = this.#onBegin();
      },
    };
  }

  async #turn(bytes: number, order: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#queue.length === 0 && this.#hasRoom(bytes)) {
      this.#take(bytes);
      return;
    }
    const { promise: begun, resolve: begin, reject } = Promise.withResolvers<void>();
    const turn: Turn = { bytes, order, begin, state: 'waiting' };
    const giveUp = (): void => {
      // Whoever has begun meanwhile has promised to end.
      if (turn.state === 'begun') return;
      turn.state = 'given-up';
      this.#givenUp += 1;
      this.#sweep();
      reject(signal.reason);
      this.#begin();
    };
    signal.addEventListener('abort', giveUp, { once: true });
    this.#enqueue(turn);
    this.#begin();
    try {
      await begun;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #enqueue(turn: Turn): void {
    let at = this.#queue.length;
    while (at > 0 && (this.#queue[at - 1]?.order ?? 0) > turn.order) at -= 1;
    this.#queue.splice(at, 0, turn);
  }

  #sweep(): void {
    if (this.#givenUp < fewGivenUp || this.#givenUp < this.#queue.length / 2) return;
    this.#queue = this.#queue.filter(({ state }) => state === 'waiting');
    this.#givenUp = 0;
  }

  #begin(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (next.state === 'given-up') this.#givenUp -= 1;
      else if (!this.#hasRoom(next.bytes)) return;
      this.#queue.shift();
      if (next.state === 'given-up') continue;
      next.state = 'begun';
      this.#take(next.bytes);
      next.begin();
    }
  }

  #take(bytes: number): void {
    this.#admitted += 1;
    this.#bytes += bytes;
  }

  #hasRoom(bytes: number): boolean {
    return this.#admitted === 0 || (this.#admitted < this.#most && this.#bytes + bytes <= this.#mostBytes);
  }
}
