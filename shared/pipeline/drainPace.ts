import type { Clock } from './ports.ts';

/** Small log files on a small instance: taken for true until something was seen. */
const assumedPerSecond = 100;

/** A drainer that settles nothing for minutes is at work on large files: more of its kind are of use, but not without end. */
const leastPerSecond = 1 / 60;

/** A shorter look says little: messages are settled in bursts, when a body is accepted. */
const shortestLookMs = 30_000;

/** How many messages of one source a drainer settles in a second, as seen here while it had work. */
export class DrainPace {
  readonly #clock: Pick<Clock, 'now'>;
  #perSecond = assumedPerSecond;
  #settled = 0;
  #since: number;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** A slice begins: the time since the last one counts for nothing. */
  begin(): void {
    this.#settled = 0;
    this.#since = this.#clock.now();
  }

  settled(): void {
    this.#settled += 1;
  }

  /** Of the time since the last look, if that was long enough to tell; otherwise as before. */
  messagesPerSecond(): number {
    const elapsedMs = this.#clock.now() - this.#since;
    if (elapsedMs >= shortestLookMs) {
      this.#perSecond = Math.max(leastPerSecond, (this.#settled * 1000) / elapsedMs);
      this.begin();
    }
    return this.#perSecond;
  }

  /** What was seen says nothing: the drainer was not allowed to work. */
  forget(): void {
    this.#perSecond = assumedPerSecond;
    this.begin();
  }
}
