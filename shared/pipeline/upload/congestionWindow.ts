import type { Clock } from '../../words/clock.ts';

/** As much as TCP keeps; half leaves a part of the limit unused each time. https://www.rfc-editor.org/rfc/rfc9438#section-4.6 */
const keptWhenThrottled = 0.7;

/**
 * How many requests one rule may carry at once, learnt from its answers: additive increase, multiplicative decrease.
 * Several instances share a rule without knowing of each other, so each gives way when throttled and takes room slowly.
 */
export class CongestionWindow {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #most: number;
  /** Not a whole number: every accepted request adds a part. */
  #allowed: number;
  #inFlight = 0;
  #pausedUntil = 0;
  #shrunkAt = 0;

  /** `most` requests are in flight, however well it goes; it begins there. */
  constructor(clock: Pick<Clock, 'now'>, most: number) {
    this.#clock = clock;
    this.#most = most;
    this.#allowed = most;
  }

  /** Requests that may be made beside those in flight. */
  get room(): number {
    return this.#allowed - this.#inFlight;
  }

  get isIdle(): boolean {
    return this.#inFlight === 0;
  }

  /** How long nothing may be sent; 0 when something may. */
  get pauseMs(): number {
    return Math.max(0, this.#pausedUntil - this.#clock.now());
  }

  enter(): void {
    this.#inFlight += 1;
  }

  leave(): void {
    this.#inFlight -= 1;
  }

  /** About one request more per round of answers. */
  widen(): void {
    this.#allowed = Math.min(this.#most, this.#allowed + 1 / this.#allowed);
  }

  /** Once for all requests that were under way together. */
  narrow(requestedAt: number, pauseMs: number): void {
    const now = this.#clock.now();
    if (requestedAt >= this.#shrunkAt) {
      this.#allowed = Math.max(1, keptWhenThrottled * this.#allowed);
      this.#shrunkAt = now;
    }
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
  }
}
