import { Condition } from '../../kit/condition.ts';
import { RowRanges } from '../../kit/ranges.ts';
import type { Failure } from '../../words/failure.ts';
import { failureOfRows, type RowsOutcome } from '../upload/outcome.ts';

/** What became of the rows of one object: its rows are spread over bodies that it shares with others. */
export class ObjectRows {
  #written = 0;
  #failed = 0;
  #failure: Failure | undefined;
  readonly #changed = new Condition();
  /** Rows of bodies answered by 2xx, by their order of writing. */
  readonly acceptedRows = new RowRanges();

  /** Rows that lie in a body. */
  get written(): number {
    return this.#written;
  }

  /** Rows of bodies answered by 2xx. */
  get accepted(): number {
    return this.acceptedRows.count;
  }

  /** Why the first of them were given up, if any were. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Answers which row is the first of these. */
  write(rows: number): number {
    const from = this.#written;
    this.#written += rows;
    return from;
  }

  /** To be told once of each row that was written. */
  settle(from: number, rows: number, outcome: RowsOutcome): void {
    if (outcome.kind === 'accepted') this.acceptedRows.add(from, from + rows);
    else this.#failed += rows;
    this.#failure ??= failureOfRows(outcome);
    this.#changed.notify();
  }

  /** Resolves when the outcome of more rows is known, or when the signal aborts. */
  changed(signal: AbortSignal): Promise<void> {
    return this.#changed.next(signal);
  }

  /** Resolves once every row written so far is either accepted or given up, or when the signal aborts. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#changed.until(() => this.accepted + this.#failed >= this.#written, signal);
  }
}
