import type { Failure } from './failure.ts';
import { Notice } from './notice.ts';

/** What became of the rows of one object: its rows are spread over bodies that it shares with others. */
export class ObjectRows {
  #written = 0;
  #accepted = 0;
  #failed = 0;
  #failure: Failure | undefined;
  readonly #changed = new Notice();

  /** Rows that lie in a body. */
  get written(): number {
    return this.#written;
  }

  /** Rows of bodies answered by 2xx. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Why the first of them were given up, if any were. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  write(rows: number): void {
    this.#written += rows;
  }

  accept(rows: number): void {
    this.#accepted += rows;
    this.#changed.notify();
  }

  fail(rows: number, failure: Failure): void {
    this.#failed += rows;
    this.#failure ??= failure;
    this.#changed.notify();
  }

  /** Resolves once every row written so far is either accepted or given up, or when the signal aborts. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#changed.until(() => this.#accepted + this.#failed >= this.#written, signal);
  }
}
