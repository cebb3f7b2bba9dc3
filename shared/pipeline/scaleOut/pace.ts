import type { Clock } from '../../words/clock.ts';

/** Small log files on a small instance: taken for true until something was seen. */
const assumedPerSecond = 100;

/** A drainer that settles nothing for minutes is at work on large files: more of its kind are of use, but not without end. */
const leastPerSecond = 1 / 60;

/** A shorter look says little: messages are settled in bursts, when a body is accepted. */
const shortestLookMs = 30_000;

/** How many messages of one source a drainer settles in a second, as seen here while its slice ran. */
export class DrainPace {
  readonly #clock: Pick<Clock, 'now'>;
  #perSecond = assumedPerSecond;
  #settled = 0;
  /** Undefined while no slice runs: that time counts for nothing. */
  #since: number | undefined;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  begin(): void {
    this.#settled = 0;
    this.#since = this.#clock.now();
  }

  settled(): void {
    this.#settled += 1;
  }

  /** A drainer that found the queue empty had time to spare: what was seen is no measure of what it could do. */
  end(wasEmpty: boolean): void {
    this.#since = undefined;
    if (wasEmpty) this.#perSecond = assumedPerSecond;
  }

  /** Of the time since the last look, if that was long enough to tell; otherwise as before. */
  messagesPerSecond(): number {
    const elapsedMs = this.#since === undefined ? 0 : this.#clock.now() - this.#since;
    if (elapsedMs >= shortestLookMs) {
      this.#perSecond = Math.max(leastPerSecond, (this.#settled * 1000) / elapsedMs);
      this.begin();
    }
    return this.#perSecond;
  }

  /** What was seen says nothing: the drainer was not allowed to work. */
  forget(): void {
    this.#perSecond = assumedPerSecond;
    if (this.#since !== undefined) this.begin();
  }
}
