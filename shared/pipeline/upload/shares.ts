import type { RowRanges } from '../../kit/ranges.ts';
import type { Failure } from '../../words/failure.ts';
import type { ObjectRows } from '../rows/objectRows.ts';
import type { SettledRows } from './outcome.ts';

/** How many consecutive rows of a body are one object's. */
export interface Share {
  readonly of: ObjectRows;
  /** Which of the object's rows is the first, counted from 0. */
  readonly from: number;
  readonly rows: number;
}

/** Tells the objects of a body what became of some of its rows. */
export function settleShares(shares: readonly Share[], { from, rows, outcome }: SettledRows): void {
  let start = 0;
  for (const share of shares) {
    const first = Math.max(from, start);
    const end = Math.min(from + rows, start + share.rows);
    if (first < end) share.of.settle(share.from + first - start, end - first, outcome);
    start += share.rows;
  }
}

/** The rows with which another object's begin: an object may have several shares in a row. */
export function objectStarts(shares: readonly Share[]): number[] {
  const starts: number[] = [];
  let start = 0;
  for (const [index, share] of shares.entries()) {
    if (index > 0 && shares[index - 1]?.of !== share.of) starts.push(start);
    start += share.rows;
  }
  return starts;
}

/** Gives up the rows that nothing was told of. */
export function giveUpShares(shares: readonly Share[], told: RowRanges, failure: Failure): void {
  const rows = shares.reduce((sum, share) => sum + share.rows, 0);
  let from = 0;
  for (const [start, end] of [...told.runs, [rows, rows] as const]) {
    if (start > from) settleShares(shares, { from, rows: start - from, outcome: { kind: 'failed', failure } });
    from = end;
  }
}
