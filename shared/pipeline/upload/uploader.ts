import type { Compress } from '../../gzip/compressBody.ts';
import type { ConnectorError } from '../../words/errors.ts';
import type { Route } from './balancer.ts';
import { type Batch, middleBetweenObjects, middleOf, splitBatch } from './batch.ts';
import { type OfferParts, offer, type Verdict } from './offer.ts';
import type { RowsOutcome, SettledRows } from './outcome.ts';

export interface UploaderParts extends OfferParts {
  readonly gzipLevel: number;
  readonly compress: Compress;
}

/** A part of a batch that a rule has refused. */
interface Suspect {
  readonly batch: Batch;
  readonly refusal: Extract<Verdict, { kind: 'refused' }>;
  readonly halvings: number;
}

/** A rule that refuses each of so many halvings' parts refuses everything. */
const mostUnprovenHalvings = 3;

/** Enough to single out five rows of a thousand; a batch with more is refused for what its rows have in common. */
const mostBisections = 100;

/** Brings batches to the rules. */
export class Uploader {
  readonly #parts: UploaderParts;

  constructor(parts: UploaderParts) {
    this.#parts = parts;
  }

  /** Answers what became of the rows as it becomes known, each row once; never throws. */
  async *upload(batch: Batch): AsyncGenerator<SettledRows, void, undefined> {
    yield* this.#settle(batch, await this.#offer(batch));
  }

  async *#settle(batch: Batch, verdict: Verdict): AsyncGenerator<SettledRows, void, undefined> {
    switch (verdict.kind) {
      case 'accepted':
        yield settled(batch, { kind: 'accepted' });
        return;
      case 'unknown':
      case 'failed':
        yield settled(batch, verdict);
        return;
      case 'too-large':
        if (batch.body.rows === 1) yield settled(batch, { kind: 'refused', error: verdict.error });
        else for (const half of await this.#split(batch, middleOf(batch))) yield* this.upload(half);
        return;
      case 'refused':
        yield* this.#bisect(batch, verdict);
        return;
    }
  }

  /**
   * Looks for the rows a 400 is about. A refusal is the rows' own only if the same rule accepts their neighbours: while
   * it accepts nothing of the batch the rule or its stream is at fault, and no object is blamed for it. The search goes
   * a few halvings deep before it concludes that, since two bad rows may lie in different halves.
   */
  async *#bisect(batch: Batch, refusal: Suspect['refusal']): AsyncGenerator<SettledRows, void, undefined> {
    let parts: Suspect[] = [{ batch, refusal, halvings: 0 }];
    let suspects: Suspect[] = [];
    /** Rules that have accepted a part of the batch. */
    const proven = new Set<Route>();
    let requests = mostBisections;
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const { route } = part.refusal;
      if (
        part.batch.body.rows === 1 ||
        requests <= 0 ||
        (!proven.has(route) && part.halvings >= mostUnprovenHalvings)
      ) {
        suspects.push(part);
        continue;
      }
      for (const half of await this.#split(part.batch, middleBetweenObjects(part.batch))) {
        const verdict = await this.#offer(half, route);
        requests -= 1;
        if (verdict.kind === 'refused') parts.push({ batch: half, refusal: verdict, halvings: part.halvings + 1 });
        else yield* this.#settle(half, verdict);
        if (verdict.kind !== 'accepted' || proven.has(verdict.route)) continue;
        proven.add(verdict.route);
        parts = [...parts, ...suspects];
        suspects = [];
      }
    }
    for (const suspect of suspects) yield* this.#giveUp(suspect, proven);
  }

  async *#giveUp(
    { batch, refusal: { error, route } }: Suspect,
    proven: ReadonlySet<Route>,
  ): AsyncGenerator<SettledRows, void, undefined> {
    if (batch.body.rows === 1 && proven.has(route)) {
      yield settled(batch, { kind: 'refused', error });
      return;
    }
    this.#blame(route, error);
    if (this.#parts.circuits.blocking === undefined) yield* this.upload(batch);
    else yield settled(batch, { kind: 'failed', failure: { owner: 'pipeline', error } });
  }

  #blame({ destination }: Route, error: ConnectorError): void {
    this.#parts.circuits.open(`rule/${destination.rule}`, error);
  }

  #offer(batch: Batch, wanted?: Route): Promise<Verdict> {
    return offer(batch.body, this.#parts, wanted);
  }

  #split(batch: Batch, before: number): Promise<readonly [Batch, Batch]> {
    return splitBatch(batch, before, this.#parts.compress, this.#parts.gzipLevel);
  }
}

function settled(batch: Batch, outcome: RowsOutcome): SettledRows {
  return { from: batch.from, rows: batch.body.rows, outcome };
}
