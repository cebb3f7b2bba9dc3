import { sumOfDropped } from '../../cloudtrail/rows/dropped.ts';
import type { RowStream } from '../../cloudtrail/rows/engine.ts';
import { RowRanges } from '../../kit/ranges.ts';
import type { UnitCounts } from '../ports/unitOutcome.ts';
import { ObjectRows } from '../rows/objectRows.ts';

/**
 * What is known of one unit while it is read, over all attempts. Its counts are true at any moment, since a slice may end
 * while something hangs.
 */
export class Reading implements UnitCounts {
  readonly rows = new ObjectRows();
  /** Hash of the selectors it is read under: rows are counted without what they drop. */
  readonly selectors: string;
  /** Rows that an earlier holder of the lease had accepted: known once the content is open. */
  before = new RowRanges();
  /** Version of the content that is read. */
  etag: string | undefined;
  bytesRead = 0;
  bytesInflated = 0;
  /** Accepted rows of this reading that are written down as progress. */
  kept = 0;
  stubs = 0;
  truncated = 0;
  repaired = 0;
  /** Of the attempt that read it to its end. */
  last = { records: 0, dropped: 0 };
  #records = 0;
  #dropped = 0;
  #droppedBy: readonly number[] = [];
  #suppressed = 0;
  #attempt: { readonly stream: RowStream; readonly done: RowRanges } | undefined;
  #rowsAgain: number | undefined;

  constructor(selectors = '') {
    this.selectors = selectors;
  }

  get records(): number {
    return this.#records + (this.#attempt?.stream.counts.records ?? 0);
  }

  get dropped(): number {
    return this.#dropped + (this.#attempt?.stream.counts.dropped ?? 0);
  }

  get droppedBy(): readonly number[] {
    return sumOfDropped(this.#droppedBy, this.#attempt?.stream.counts.droppedBy ?? []);
  }

  get suppressed(): number {
    return this.#suppressed + (this.#attempt?.done.countBefore(this.#attempt.stream.counts.rows) ?? 0);
  }

  get left(): number {
    return this.records - this.dropped - this.suppressed - this.rows.accepted;
  }

  get written(): number {
    return this.rows.written;
  }

  get rowsAgain(): number {
    return this.#rowsAgain ?? Math.max(0, this.rows.accepted - this.kept);
  }

  /** An attempt begins; `done` are the rows that it leaves out. */
  begin(stream: RowStream, done: RowRanges): void {
    this.#attempt = { stream, done };
  }

  end(): void {
    const { records, dropped, droppedBy, suppressed } = this;
    this.#attempt = undefined;
    this.#records = records;
    this.#dropped = dropped;
    this.#droppedBy = droppedBy;
    this.#suppressed = suppressed;
  }

  /** Read to its end. */
  complete({ counts }: RowStream): void {
    this.last = { records: counts.records, dropped: counts.dropped };
    this.stubs += counts.stubs;
    this.truncated += counts.truncated;
    this.repaired += counts.repaired;
  }

  /** The unit has its outcome, which says more than any progress. */
  recorded(rowsAgain: number): void {
    this.#rowsAgain = rowsAgain;
  }
}
