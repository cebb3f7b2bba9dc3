import type { Failure } from './failure.ts';
import { Notice } from './notice.ts';

/** What became of the rows of one object: its rows are spread over bodies that it shares with others. */
export class ObjectRows {
  #written = 0;
  #accepted = 0;
  #failed = 0;
  #failure: Failure | undefined;
  #prefix = 0;
  /** Accepted runs of rows beyond the prefix: where each ends, by where it begins. */
  readonly #beyond = new Map<number, number>();
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

  /** How many of the first rows are accepted, without a gap: what a later reading may leave out. */
  get prefix(): number {
    return this.#prefix;
  }

  /** Answers which row is the first of these. */
  write(rows: number): number {
    const from = this.#written;
    this.#written += rows;
    return from;
  }

  accept(from: number, rows: number): void {
    this.#accepted += rows;
    this.#beyond.set(from, from + rows);
    for (let end = this.#beyond.get(this.#prefix); end !== undefined; end = this.#beyond.get(this.#prefix)) {
      this.#beyond.delete(this.#prefix);
      this.#prefix = end;
    }
    this.#changed.notify();
  }

  /** Resolves when more rows were accepted or given up, or when the signal aborts. */
  changed(signal: AbortSignal): Promise<void> {
    return this.#changed.next(signal);
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
