import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowRanges } from '../../../shared/kit/ranges.ts';

const runs = fc.array(fc.tuple(fc.nat(40), fc.nat(8)), { maxLength: 8 });

function rangesOf(pairs: readonly (readonly [number, number])[]): RowRanges {
  const ranges = new RowRanges();
  for (const [from, rows] of pairs) ranges.add(from, from + rows);
  return ranges;
}

function positions(ranges: RowRanges): number[] {
  return Array.from({ length: 120 }, (_, position) => position).filter((position) => ranges.has(position));
}

describe('RowRanges', () => {
  it('holds what was added, each row once', () => {
    fc.assert(
      fc.property(runs, (pairs) => {
        const ranges = rangesOf(pairs);
        const wanted = new Set(pairs.flatMap(([from, rows]) => Array.from({ length: rows }, (_, row) => from + row)));
        expect(positions(ranges)).toEqual([...wanted].sort((one, other) => one - other));
        expect(ranges.count).toBe(wanted.size);
        expect(ranges.end).toBe(wanted.size === 0 ? 0 : Math.max(...wanted) + 1);
        expect(ranges.countBefore(20)).toBe([...wanted].filter((position) => position < 20).length);
      }),
    );
  });

  it('fills its gaps in order with what a reading did that left its rows out', () => {
    fc.assert(
      fc.property(runs, runs, (known, read) => {
        const before = rangesOf(known);
        const left = Array.from({ length: 120 }, (_, position) => position).filter((position) => !before.has(position));
        const done = positions(rangesOf(read)).map((nth) => left[nth]);
        const wanted = [...positions(before), ...done].sort((one = 0, other = 0) => one - other);
        const filled = before.filledWith(rangesOf(read));
        expect(positions(filled)).toEqual(wanted);
        expect(filled.count).toBe(wanted.length);
      }),
    );
  });

  it('is read back from its text', () => {
    fc.assert(
      fc.property(runs, (pairs) => {
        const ranges = rangesOf(pairs);
        expect(`${RowRanges.parse(`${ranges}`)}`).toBe(`${ranges}`);
      }),
    );
    expect(`${rangesOf([[0, 120] as const, [140, 60] as const])}`).toBe('0-120,140-200');
  });

  it('takes a text that it did not write for nothing, since a row too few is only sent again', () => {
    for (const text of ['', 'x', '7', '0-', '-3', '0-5,,6-7', '0-5 6-7']) expect(RowRanges.parse(text).count).toBe(0);
  });

  it('keeps the first runs', () => {
    expect(`${rangesOf([[0, 2] as const, [4, 2] as const, [8, 2] as const]).firstRuns(2)}`).toBe('0-2,4-6');
  });
});
