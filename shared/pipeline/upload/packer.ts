import { closedBody, emptied, openBody, type RowBody } from '../../cloudtrail/rows/body.ts';
import type { FeedResult, RowStream } from '../../cloudtrail/rows/engine.ts';
import { eventSeconds } from '../../cloudtrail/rows/eventSeconds.ts';
import type { Compress } from '../../gzip/compressBody.ts';
import { nextTurn, turnIsLong } from '../../kit/breath.ts';
import { Condition } from '../../kit/condition.ts';
import { RowRanges } from '../../kit/ranges.ts';
import { Semaphore } from '../../kit/semaphore.ts';
import type { Clock } from '../../words/clock.ts';
import { failureOf } from '../../words/failure.ts';
import type { DrainSettings } from '../limits/drainSettings.ts';
import type { ObjectRows } from '../rows/objectRows.ts';
import type { Batch } from './batch.ts';
import type { SettledRows } from './outcome.ts';
import { giveUpShares, objectStarts, type Share, settleShares } from './shares.ts';

export interface PackerParts {
  readonly settings: Pick<DrainSettings, 'batchBytes' | 'gzipLevel' | 'lingerMs'>;
  readonly clock: Clock;
  readonly compress: Compress;
  /** Answers what became of the rows of a batch as it becomes known, each row once. */
  readonly upload: (batch: Batch) => AsyncIterable<SettledRows>;
  /** Bodies that may be compressed, waiting or in flight at once. */
  readonly bodiesInFlight: number;
  /** True when nobody is reading an object, so that nothing would fill the open body soon. */
  readonly isIdle: () => boolean;
  /** When it aborts, what is not with the uploader yet is given up for its reason. */
  readonly stop: AbortSignal;
}

/** Uncompressed bodies at once: one being filled, the others on the thread pool. */
const rawBodies = 4;

/** Objects, and bytes of them, that may lie inflated before the packer: one being fed, the others made on the thread pool. */
const contentsAhead = 4;
const contentBytesAhead = 24 * 1024 * 1024;

/** How many lingers a body stays open while readers are at work, but slowly. */
const longestLingers = 10;

/**
 * Collects the rows of all objects into bodies that never pass the limit. There is one open body at a time, and the one
 * rule of back-pressure: no free body, no feed; hence no further reading.
 */
export class Packer {
  readonly #parts: PackerParts;
  readonly #free: RowBody[] = [];
  readonly #changed = new Condition();
  readonly #ahead = new Semaphore(contentsAhead, contentBytesAhead);
  #open: OpenBody | undefined;
  #raw = 0;
  #inFlight = 0;

  constructor(parts: PackerParts) {
    this.#parts = parts;
    parts.stop.addEventListener('abort', () => this.#giveUpOpen(), { once: true });
  }

  /** Waits until so many inflated bytes may be held to be written; the answer gives them back. @throws the signal's reason */
  admit(bytes: number, signal: AbortSignal): Promise<() => void> {
    return this.#ahead.enter(bytes, signal);
  }

  /** Feeds one piece of an object; returns when its rows lie in bodies. @throws what the engine throws, or the signal's reason */
  write(piece: Uint8Array, stream: RowStream, rows: ObjectRows, signal: AbortSignal): Promise<void> {
    return this.#pack((body) => stream.feed(piece, body), stream, rows, signal);
  }

  /** Ends an object's stream. @throws what the engine throws, or the signal's reason */
  end(stream: RowStream, rows: ObjectRows, signal: AbortSignal): Promise<void> {
    return this.#pack((body) => stream.end(body), stream, rows, signal);
  }

  async #pack(
    first: (body: RowBody) => FeedResult,
    stream: RowStream,
    rows: ObjectRows,
    signal: AbortSignal,
  ): Promise<void> {
    for (let feed = first; ; ) {
      const open = this.#open;
      if (open === undefined) {
        // Looked at anew afterwards: others may have filled and closed the body in the meantime.
        await this.#opening(signal);
        continue;
      }
      if (this.#fill(open, rows, feed) === 'fed') return;
      if (open.body.rows === 0) throw new RangeError(`a row is longer than a body of ${open.body.limit} bytes`);
      if (this.#open === open) this.flush();
      feed = (body) => stream.resume(body);
      // A piece of very many small records fills bodies one after another.
      if (turnIsLong()) await nextTurn();
    }
  }

  /** Closes the open body, if it holds anything. */
  flush(): void {
    const open = this.#open;
    if (open === undefined || open.body.rows === 0) return;
    this.#open = undefined;
    this.#inFlight += 1;
    void this.#ship(open);
  }

  /** Resolves when every body handed over has met its fate. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#changed.until(() => this.#inFlight === 0, signal);
  }

  /** Resolves when a body is, or was, open. */
  async #opening(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#open !== undefined) return;
      if (this.#raw < rawBodies && this.#inFlight < this.#parts.bodiesInFlight) {
        this.#open = this.#begin();
        return;
      }
      await this.#changed.next(signal);
    }
  }

  #begin(): OpenBody {
    const limit = this.#parts.settings.batchBytes;
    this.#raw += 1;
    return { body: this.#free.pop() ?? openBody(limit, Buffer.allocUnsafeSlow(limit)), shares: [] };
  }

  /** The rows are counted even when the engine throws in the middle of a piece: those before the break are delivered. */
  #fill(open: OpenBody, rows: ObjectRows, feed: (body: RowBody) => FeedResult): FeedResult {
    const before = open.body.rows;
    try {
      return feed(open.body);
    } finally {
      const count = open.body.rows - before;
      if (count > 0) {
        open.shares.push({ of: rows, from: rows.write(count), rows: count });
        if (before === 0) void this.#linger(open);
      }
    }
  }

  async #linger(open: OpenBody): Promise<void> {
    const { clock, isIdle, settings, stop } = this.#parts;
    for (let lingers = 1; ; lingers++) {
      await clock.sleep(settings.lingerMs, stop);
      if (stop.aborted || this.#open !== open) return;
      if (isIdle() || lingers >= longestLingers) {
        this.flush();
        return;
      }
    }
  }

  async #ship(open: OpenBody): Promise<void> {
    const { compress, settings, upload } = this.#parts;
    const { body, shares } = open;
    const told = new RowRanges();
    try {
      const closed = { rows: body.rows, uncompressedBytes: body.length };
      const rowEnds = body.marks.ends(body.rows);
      const happened = eventSeconds(body);
      const gzipped = await compress(closedBody(body), settings.gzipLevel).finally(() => this.#release(open));
      const whole = { gzipped, ...closed };
      const batch = { body: whole, rowEnds, eventSeconds: happened, objectStarts: objectStarts(shares), from: 0 };
      for await (const part of upload(batch)) {
        told.add(part.from, part.from + part.rows);
        settleShares(shares, part);
      }
    } catch (error) {
      giveUpShares(shares, told, failureOf(error, 'pipeline'));
    } finally {
      this.#inFlight -= 1;
      this.#changed.notify();
    }
  }

  #release(open: OpenBody): void {
    this.#raw -= 1;
    this.#free.push(emptied(open.body));
    this.#changed.notify();
  }

  #giveUpOpen(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    giveUpShares(open.shares, new RowRanges(), failureOf(this.#parts.stop.reason, 'pipeline'));
    this.#release(open);
  }
}

interface OpenBody {
  readonly body: RowBody;
  readonly shares: Share[];
}
