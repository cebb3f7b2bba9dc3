import type { ConnectorError } from '../../words/errors.ts';
import type { Failure } from '../../words/failure.ts';

/** What became of rows that lay in one body. */
export type RowsOutcome =
  /** The service has answered for them: they will be in the table. */
  | { readonly kind: 'accepted' }
  /** The rows' own fault: the rule refuses them and accepts others. */
  | { readonly kind: 'refused'; readonly error: ConnectorError }
  /** Given up while nobody knows whether they were taken: sent again, they may be there twice. */
  | { readonly kind: 'unknown'; readonly failure: Failure }
  /** Given up, surely not taken, through no fault of theirs. */
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Consecutive rows of a batch that met the same fate. */
export interface SettledRows {
  /** The first of them, counted in the batch as it was handed over. */
  readonly from: number;
  readonly rows: number;
  readonly outcome: RowsOutcome;
}

/** Why the rows were not accepted, and who answers for it; undefined when they were. */
export function failureOfRows(outcome: RowsOutcome): Failure | undefined {
  switch (outcome.kind) {
    case 'accepted':
      return undefined;
    case 'refused':
      return { owner: 'object', error: outcome.error };
    case 'unknown':
    case 'failed':
      return outcome.failure;
  }
}
