import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { Clock } from '../../words/clock.ts';

/** Differences below come from the way of an answer, and from its date, which knows no fractions of a second. */
const smallestDifferenceMs = 5_000;

/**
 * The storage service's time, as its answers tell it. Instances may have clocks that differ by hours: what they must agree
 * on is measured by the one clock that all of them ask.
 */
export class ServiceTime {
  readonly #clock: Pick<Clock, 'now'>;
  #differenceMs = 0;
  readonly policy: PipelinePolicy = {
    name: 'serviceTime',
    sendRequest: async (request, next) => {
      const response = await next(request);
      this.#learn(Date.parse(response.headers.get('date') ?? ''));
      return response;
    },
  };

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now() + this.#differenceMs;
  }

  /** By how much the service is ahead of our own clock; 0 while they agree, and before the first answer. */
  get differenceMs(): number {
    return this.#differenceMs;
  }

  #learn(answeredAt: number): void {
    if (Number.isNaN(answeredAt)) return;
    const difference = answeredAt + 500 - this.#clock.now();
    this.#differenceMs = Math.abs(difference) < smallestDifferenceMs ? 0 : difference;
  }
}
