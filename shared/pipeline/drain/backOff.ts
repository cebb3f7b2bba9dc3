import type { Backlog } from '../ports/source.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: about 120,000 may be in flight. */
const manyInFlight = 40_000;

const defaultMost = 1_000;
const shortSeconds = 900;
const shortestSeconds = 30;

/**
 * What backs off counts as in flight, and a queue whose limit is reached gives nothing more to anybody. So the more there
 * is, the shorter each may be kept away: it comes again sooner, and those that have not failed are not held up.
 */
export class BackOff {
  readonly #most: number;
  readonly #backlog: () => Backlog | undefined;
  #count = 0;

  /** `most`: deliveries of one slice that may back off as long as they like. `backlog`: as it was measured last. */
  constructor(most: number | undefined, backlog: () => Backlog | undefined) {
    this.#most = most ?? defaultMost;
    this.#backlog = backlog;
  }

  add(): void {
    this.#count += 1;
  }

  get mostSeconds(): number {
    if (this.#count + (this.#backlog()?.inFlight ?? 0) >= manyInFlight) return shortestSeconds;
    return this.#count > this.#most ? shortSeconds : Number.POSITIVE_INFINITY;
  }
}
