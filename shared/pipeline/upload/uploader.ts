import type { Compress } from '../../gzip/compressBody.ts';
import type { ConnectorError } from '../../words/errors.ts';
import { addLags, type Lags } from '../accounts/lags.ts';
import type { Route } from './balancer.ts';
import { type Batch, middleOf, splitBatch } from './batch.ts';
import { knownRow, rememberAccepted } from './knownRow.ts';
import { type OfferParts, offer, type Verdict } from './offer.ts';
import type { RowsOutcome, SettledRows } from './outcome.ts';
import { type Found, findRefused, type SearchParts } from './refusedRows.ts';
import { noUploads } from './request.ts';

export interface UploaderParts extends OfferParts {
  readonly gzipLevel: number;
  readonly compress: Compress;
  /** Takes how long each accepted row took, from its event on. */
  readonly lags: Pick<Lags, 'add'>;
}

/** Brings batches to the rules. */
export class Uploader {
  readonly #parts: UploaderParts;
  readonly #search: SearchParts = {
    offer: (batch, wanted) => this.#offer(batch, wanted),
    split: (batch, before) => this.#split(batch, before),
    acceptsKnownRow: (route) => this.#acceptsKnownRow(route),
  };

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
        for await (const found of findRefused(batch, verdict, this.#search)) yield* this.#found(found);
        return;
    }
  }

  async *#found(found: Found): AsyncGenerator<SettledRows, void, undefined> {
    const { batch } = found;
    switch (found.kind) {
      case 'judged':
        yield* this.#settle(batch, found.verdict);
        return;
      case 'rows':
        yield settled(batch, { kind: 'refused', error: found.refusal.error });
        return;
      case 'undecided':
        yield settled(batch, failed(found.refusal.error));
        return;
      case 'rule': {
        const { error, route } = found.refusal;
        this.#parts.circuits.open(route.circuit, error);
        if (this.#parts.circuits.blocking === undefined) yield* this.upload(batch);
        else yield settled(batch, failed(error));
        return;
      }
    }
  }

  async #offer(batch: Batch, wanted?: Route): Promise<Verdict> {
    const verdict = await offer(batch.body, this.#parts, wanted);
    if (verdict.kind === 'accepted') {
      rememberAccepted(verdict.route.destination, batch);
      addLags(batch.eventSeconds, this.#parts.clock.now(), this.#parts.lags);
    }
    return verdict;
  }

  /** The row will be there once more: it counts among those of unknown outcome, and not among the accepted ones. */
  async #acceptsKnownRow(route: Route): Promise<boolean> {
    const { compress, gzipLevel, tally } = this.#parts;
    const text = knownRow(route.destination);
    if (text === undefined) return false;
    const body = { gzipped: await compress(text, gzipLevel), rows: 1, uncompressedBytes: text.length };
    const apart = noUploads();
    const verdict = await offer(body, { ...this.#parts, tally: apart }, route);
    tally.uploadAttempts += apart.uploadAttempts;
    tally.rowsOfUnknownOutcome += apart.rowsAccepted + apart.rowsOfUnknownOutcome;
    return verdict.kind === 'accepted' && verdict.route === route;
  }

  #split(batch: Batch, before: number): Promise<readonly [Batch, Batch]> {
    return splitBatch(batch, before, this.#parts.compress, this.#parts.gzipLevel);
  }
}

function settled(batch: Batch, outcome: RowsOutcome): SettledRows {
  return { from: batch.from, rows: batch.body.rows, outcome };
}

function failed(error: ConnectorError): RowsOutcome {
  return { kind: 'failed', failure: { owner: 'pipeline', error } };
}
