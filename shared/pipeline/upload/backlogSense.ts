import type { Compress } from '../../gzip/compressBody.ts';
import type { Clock } from '../../words/clock.ts';
import type { DrainSettings } from '../limits/drainSettings.ts';
import type { Backlog, Source } from '../ports/source.ts';

/** How often the queue is asked while messages keep coming. */
const everyMs = 30_000;

/** Knows whether a backlog waits: asked of the queue only while it is busy, so that an idle drain pays for no question. */
export class BacklogSense {
  readonly #queue: Pick<Source, 'measureBacklog'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #deep: number;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** As it was answered last. */
  last: Backlog | undefined;
  /** More waits than is being read: then speed counts for more than size. */
  isDeep = false;

  constructor(
    queue: Pick<Source, 'measureBacklog'>,
    clock: Pick<Clock, 'now'>,
    settings: Pick<DrainSettings, 'objectsInFlight'>,
  ) {
    this.#queue = queue;
    this.#clock = clock;
    this.#deep = 2 * settings.objectsInFlight;
  }

  /** To be called after a receive that was full; never rejects. */
  async look(): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#askedAt >= everyMs) await this.ask();
  }

  /** Never rejects. */
  async ask(): Promise<void> {
    this.#askedAt = this.#clock.now();
    try {
      const backlog = await this.#queue.measureBacklog();
      this.last = backlog;
      this.isDeep = backlog !== undefined && backlog.visible > this.#deep;
    } catch {
      // It only chooses the compression: what is known stays, and the next receive says what is wrong with the queue.
    }
  }
}

/** Compresses harder while nothing waits; a service's price per byte counts then, the processor's time does not. */
export function compressBySense(
  compress: Compress,
  sense: Pick<BacklogSense, 'isDeep'>,
  catchUpLevel: number | undefined,
): Compress {
  return (bytes, level) => compress(bytes, sense.isDeep ? Math.min(level, catchUpLevel ?? level) : level);
}
