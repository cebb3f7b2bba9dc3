import type { Clock } from '../words/clock.ts';

/** How long a breaker stays open after so many trials have failed. */
export type Pace = (failedTrials: number) => number;

/**
 * A circuit breaker. Closed, it lets everything through; open, nothing, until a trial is due; half-open while that one
 * trial is under way. A trial that fails opens it again, for as long as the pace says.
 */
export class Breaker {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #pace: Pace;
  #open: { readonly trials: number; readonly dueAt: number } | undefined;
  #isTrying = false;

  constructor(clock: Pick<Clock, 'now'>, pace: Pace) {
    this.#clock = clock;
    this.#pace = pace;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** When the next trial may begin; undefined while it is closed. */
  get dueAt(): number | undefined {
    return this.#open?.dueAt;
  }

  /** Trials that failed since it opened. */
  get trials(): number {
    return this.#open?.trials ?? 0;
  }

  get isHalfOpen(): boolean {
    return this.#isTrying;
  }

  /** `askedMs` is the service's own wish; `trials` may have failed before. */
  open(askedMs = 0, trials = 0): void {
    this.#open = { trials, dueAt: this.#clock.now() + Math.max(this.#pace(trials), askedMs) };
    this.#isTrying = false;
  }

  /** As another process has left it. */
  restore(trials: number, dueAt: number): void {
    this.#open = { trials, dueAt };
  }

  /** True for the one whose trial it is now. To be answered by `failed`, `close` or `release`. */
  tryNow(): boolean {
    if (this.#open === undefined || this.#isTrying || this.#clock.now() < this.#open.dueAt) return false;
    this.#isTrying = true;
    return true;
  }

  /** The trial failed. */
  failed(askedMs = 0): void {
    this.open(askedMs, this.trials + 1);
  }

  /** The trial came to nothing that says anything: the next may follow at once. */
  release(): void {
    this.#isTrying = false;
  }

  close(): void {
    this.#open = undefined;
    this.#isTrying = false;
  }
}
