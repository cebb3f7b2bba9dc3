interface Cohort {
  readonly at: number;
  messages: number;
}

/** How long messages waited, in seconds, by weight. */
export interface LagSpread {
  readonly medianSeconds: number;
  readonly p99Seconds: number;
  readonly maxSeconds: number;
}

/**
 * The queue of the simulation. It serves the oldest first; SQS does not promise that, so the real median is about the same
 * and the real spread is wider.
 */
export class WaitingMessages {
  #cohorts: Cohort[] = [];
  #first = 0;
  #count = 0;
  /** Messages settled, by whole seconds of waiting. */
  readonly #waited: number[] = [];

  get count(): number {
    return this.#count;
  }

  /** When the oldest waiting message came; undefined when none waits. */
  get oldestAt(): number | undefined {
    return this.#cohorts[this.#first]?.at;
  }

  add(at: number, messages: number): void {
    if (messages <= 0) return;
    this.#cohorts.push({ at, messages });
    this.#count += messages;
  }

  /** Takes up to so many, oldest first; answers how many it took. */
  settle(most: number, now: number): number {
    let settled = 0;
    for (
      let head = this.#cohorts[this.#first];
      head !== undefined && settled < most;
      head = this.#cohorts[this.#first]
    ) {
      const taken = Math.min(head.messages, most - settled);
      this.#waited[now - head.at] = (this.#waited[now - head.at] ?? 0) + taken;
      settled += taken;
      this.#take(head, taken);
    }
    return settled;
  }

  /** Drops what came before; answers how many. */
  expire(before: number): number {
    let expired = 0;
    for (
      let head = this.#cohorts[this.#first];
      head !== undefined && head.at < before;
      head = this.#cohorts[this.#first]
    ) {
      expired += head.messages;
      this.#take(head, head.messages);
    }
    return expired;
  }

  spread(): LagSpread {
    const total = this.#waited.reduce((sum, messages) => sum + messages, 0);
    const atShare = (share: number): number => {
      let seen = 0;
      for (const [seconds, messages] of this.#waited.entries()) {
        seen += messages ?? 0;
        if (messages !== undefined && seen >= share * total * (1 - 1e-12)) return seconds;
      }
      return 0;
    };
    return { medianSeconds: atShare(0.5), p99Seconds: atShare(0.99), maxSeconds: Math.max(0, this.#waited.length - 1) };
  }

  #take(head: Cohort, messages: number): void {
    head.messages -= messages;
    this.#count -= messages;
    if (head.messages > 0) return;
    this.#first += 1;
    if (this.#first < 4_096) return;
    this.#cohorts = this.#cohorts.slice(this.#first);
    this.#first = 0;
  }
}
