import type { Compress } from '../../gzip/compressBody.ts';
import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import type { ConnectorEvent } from '../../words/events.ts';
import { asError, type Failure, failureOf, reportOf } from '../../words/failure.ts';
import type { SliceTimer } from '../accounts/sliceTimer.ts';
import type { Tally } from '../accounts/tally.ts';
import type { Circuits } from '../circuits/circuits.ts';
import { waitBeforeRetry } from '../limits/retryPolicy.ts';
import { acceptBatch, type Batch, failBatch, splitBatch } from './batch.ts';
import type { Lane, Lanes } from './lanes.ts';

export interface UploaderParts {
  readonly source: string;
  readonly uploadAttempts: number;
  readonly gzipLevel: number;
  readonly lanes: Lanes;
  readonly circuits: Circuits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly compress: Compress;
  readonly tally: Tally;
  readonly timer: SliceTimer;
  readonly report: (event: ConnectorEvent) => void;
  /** No request is begun once it aborts. */
  readonly stop: AbortSignal;
  /** Ends requests in flight. */
  readonly abandon: AbortSignal;
}

/** 400: something in the batch is not to the service's liking. */
interface Refusal {
  readonly kind: 'refused';
  readonly error: ConnectorError;
  readonly lane: Lane;
}

type Verdict =
  | { readonly kind: 'accepted'; readonly lane: Lane }
  /** 413: the request is too large for the service, whatever is in it. */
  | { readonly kind: 'too-large'; readonly error: ConnectorError }
  | Refusal
  | { readonly kind: 'given-up'; readonly failure: Failure };

type Retry =
  | { readonly kind: 'again'; readonly waitMs: number }
  /** The rule is out, and another one has its own attempts. */
  | { readonly kind: 'elsewhere' };

/** A refused part of a batch. */
interface Part {
  readonly batch: Batch;
  readonly refusal: Refusal;
  readonly halvings: number;
}

/** A rule that refuses each of so many halvings' parts refuses everything. */
const mostUnprovenHalvings = 3;

/** Enough to single out five rows of a thousand; a batch with more is refused for what its rows have in common. */
const mostBisections = 100;

/** Brings batches to the rules and tells every object what became of its rows. One call of a rule is one request. */
export class Uploader {
  readonly #parts: UploaderParts;

  constructor(parts: UploaderParts) {
    this.#parts = parts;
  }

  /** Resolves when every row was accepted or given up, and its object told; never rejects. */
  async deliver(batch: Batch): Promise<void> {
    await this.#settle(batch, await this.#offer(batch));
  }

  async #settle(batch: Batch, verdict: Verdict): Promise<void> {
    switch (verdict.kind) {
      case 'accepted':
        acceptBatch(batch);
        return;
      case 'given-up':
        failBatch(batch, verdict.failure);
        return;
      case 'too-large':
        if (batch.body.rows === 1) failBatch(batch, { owner: 'object', error: verdict.error });
        else for (const half of await this.#halves(batch)) await this.deliver(half);
        return;
      case 'refused':
        await this.#bisect(batch, verdict);
        return;
    }
  }

  /**
   * Looks for the rows a 400 is about. A refusal is the rows' own only if the same rule accepts their neighbours: while
   * it accepts nothing of the batch the rule or its stream is at fault, and no object is blamed for it. The search goes
   * a few halvings deep before it concludes that, since two bad rows may lie in different halves.
   */
  async #bisect(batch: Batch, refusal: Refusal): Promise<void> {
    let parts: Part[] = [{ batch, refusal, halvings: 0 }];
    let suspects: Part[] = [];
    /** Rules that have accepted a part of the batch. */
    const proven = new Set<Lane>();
    let requests = mostBisections;
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const { lane } = part.refusal;
      if (part.batch.body.rows === 1 || requests <= 0 || (!proven.has(lane) && part.halvings >= mostUnprovenHalvings)) {
        suspects.push(part);
        continue;
      }
      for (const half of await this.#halves(part.batch)) {
        const verdict = await this.#offer(half, lane);
        requests -= 1;
        if (verdict.kind === 'refused') parts.push({ batch: half, refusal: verdict, halvings: part.halvings + 1 });
        else await this.#settle(half, verdict);
        if (verdict.kind !== 'accepted' || proven.has(verdict.lane)) continue;
        proven.add(verdict.lane);
        parts = [...parts, ...suspects];
        suspects = [];
      }
    }
    for (const suspect of suspects) await this.#giveUp(suspect, proven);
  }

  async #giveUp({ batch, refusal: { error, lane } }: Part, proven: ReadonlySet<Lane>): Promise<void> {
    if (batch.body.rows === 1 && proven.has(lane)) {
      failBatch(batch, { owner: 'object', error });
      return;
    }
    this.#blameRule(lane, error);
    if (this.#parts.circuits.blocking === undefined) await this.deliver(batch);
    else failBatch(batch, { owner: 'pipeline', error });
  }

  /** Sends one batch until it is accepted, refused for good, or no rule is left that would take it. */
  async #offer(batch: Batch, wanted?: Lane): Promise<Verdict> {
    const { clock, lanes, stop } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      let lane: Lane;
      try {
        lane = await lanes.enter(stop, wanted);
      } catch (reason) {
        return { kind: 'given-up', failure: failureOf(reason, 'pipeline') };
      }
      const verdict = await this.#attempt(batch, lane, attempt);
      if (verdict.kind === 'again') await clock.sleep(verdict.waitMs, stop);
      else if (verdict.kind === 'elsewhere') attempt = 0;
      else return verdict;
    }
  }

  /** One request, and what follows from its answer for the lane before anybody else enters it. */
  async #attempt(batch: Batch, lane: Lane, attempt: number): Promise<Verdict | Retry> {
    const requestedAt = this.#parts.clock.now();
    try {
      const error = await this.#request(batch, lane);
      return error === undefined ? { kind: 'accepted', lane } : this.#judge(error, lane, requestedAt, attempt);
    } finally {
      this.#parts.lanes.leave(lane);
    }
  }

  #judge(error: Error, lane: Lane, requestedAt: number, attempt: number): Verdict | Retry {
    const { circuits, lanes, random, report, source, stop, uploadAttempts } = this.#parts;
    const { code } = reportOf(error);
    if (error instanceof ConnectorError && code === 'upload-too-large') return { kind: 'too-large', error };
    if (error instanceof ConnectorError && code === 'upload-refused') return { kind: 'refused', error, lane };
    const givenUp = { kind: 'given-up', failure: failureOf(error, 'pipeline') } as const;
    if (stop.aborted) return givenUp;

    const limit = code === 'upload-unavailable' ? uploadAttempts : undefined;
    const waitMs = waitBeforeRetry('upload', error, attempt, random, limit);
    if (waitMs === undefined) {
      this.#blameRule(lane, error);
      return circuits.blocking === undefined ? { kind: 'elsewhere' } : givenUp;
    }
    report({ type: 'upload-retried', source, waitMs: Math.round(waitMs), failure: reportOf(error) });
    if (code !== 'upload-throttled') return { kind: 'again', waitMs };
    // The whole lane waits, so that this batch need not: another rule may have room.
    lanes.narrow(lane, requestedAt, waitMs);
    return { kind: 'again', waitMs: 0 };
  }

  /** One request; the error, if it was not accepted. */
  async #request(batch: Batch, lane: Lane): Promise<Error | undefined> {
    const { abandon, circuits, lanes, tally, timer } = this.#parts;
    const { body } = batch;
    tally.uploadAttempts += 1;
    tally.rowsInFlight += body.rows;
    tally.uploadsInFlight += 1;
    tally.mostUploadsInFlight = Math.max(tally.mostUploadsInFlight, tally.uploadsInFlight);
    try {
      await timer.during('upload', () => lane.destination.upload(body, abandon));
      tally.uploads += 1;
      tally.rowsAccepted += body.rows;
      tally.bytesUploaded += body.uncompressedBytes;
      tally.bytesSent += body.gzipped.length;
      lanes.widen(lane);
      circuits.succeeded(`rule/${lane.destination.rule}`);
      return undefined;
    } catch (thrown) {
      const error = asError(thrown);
      // Only an answer proves that nothing was taken; a bug proves nothing.
      if (!(error instanceof ConnectorError) || error.outcomeUnknown) tally.rowsOfUnknownOutcome += body.rows;
      return error;
    } finally {
      tally.rowsInFlight -= body.rows;
      tally.uploadsInFlight -= 1;
    }
  }

  #blameRule(lane: Lane, error: Error): void {
    this.#parts.circuits.open(`rule/${lane.destination.rule}`, error);
  }

  #halves(batch: Batch): Promise<readonly [Batch, Batch]> {
    return splitBatch(batch, this.#parts.compress, this.#parts.gzipLevel);
  }
}
