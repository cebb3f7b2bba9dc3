import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowRanges } from '../../../../shared/kit/ranges.ts';
import { ObjectRows } from '../../../../shared/pipeline/rows/objectRows.ts';
import { giveUpShares, objectStarts, type Share, settleShares } from '../../../../shared/pipeline/upload/shares.ts';

/** Shares of three objects in this order, each of so many rows. */
function sharesOf(parts: readonly (readonly [object: number, rows: number])[]) {
  const objects = [new ObjectRows(), new ObjectRows(), new ObjectRows()];
  const shares = parts.map(([object, rows]): Share => {
    const of = objects[object] as ObjectRows;
    return { of, from: of.write(rows), rows };
  });
  return { objects, shares, total: parts.reduce((sum, [, rows]) => sum + rows, 0) };
}

const anyParts = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 9 })), { minLength: 1 });

describe('settleShares', () => {
  it('tells each object of its own rows, whatever pieces the outcomes come in and in whatever order', () => {
    fc.assert(
      fc.property(anyParts, fc.array(fc.nat(60)), fc.infiniteStream(fc.nat()), (parts, cuts, orders) => {
        const { objects, shares, total } = sharesOf(parts);
        const ends = [...new Set([...cuts.filter((cut) => cut > 0 && cut < total), total])].sort((a, b) => a - b);
        const pieces = ends.map((end, index) => ({ from: ends[index - 1] ?? 0, end, order: orders.next().value }));
        for (const { from, end } of pieces.sort((one, other) => one.order - other.order)) {
          settleShares(shares, { from, rows: end - from, outcome: { kind: 'accepted' } });
        }
        for (const object of objects) expect(object.accepted).toBe(object.written);
      }),
    );
  });

  it('tells nobody else of a row that is refused', () => {
    const { objects, shares } = sharesOf([
      [0, 2],
      [1, 3],
      [0, 2],
    ]);
    const error = Object.assign(new Error('refused'), { code: 'upload-refused' });
    settleShares(shares, { from: 5, rows: 1, outcome: { kind: 'failed', failure: { owner: 'object', error } } });
    settleShares(shares, { from: 0, rows: 5, outcome: { kind: 'accepted' } });
    settleShares(shares, { from: 6, rows: 1, outcome: { kind: 'accepted' } });
    expect(objects.map((object) => `${object.acceptedRows}`)).toEqual(['0-2,3-4', '0-3', '']);
    expect(objects.map(({ failure }) => failure?.error)).toEqual([error, undefined, undefined]);
  });
});

describe('giveUpShares', () => {
  it('fails what nothing was told of, once', async () => {
    const { objects, shares, total } = sharesOf([
      [0, 4],
      [1, 4],
    ]);
    const told = new RowRanges();
    for (const from of [1, 4]) {
      settleShares(shares, { from, rows: 2, outcome: { kind: 'accepted' } });
      told.add(from, from + 2);
    }
    giveUpShares(shares, told, { owner: 'pipeline', error: new Error('a bug') });
    const never = new AbortController().signal;
    await Promise.all(objects.map((object) => object.settled(never)));
    expect(objects.map(({ accepted, failure }) => [accepted, failure?.owner])).toEqual([
      [2, 'pipeline'],
      [2, 'pipeline'],
      [0, undefined],
    ]);
    expect(total).toBe(8);
  });
});

describe('objectStarts', () => {
  it('names the rows with which another object begins', () => {
    expect(
      objectStarts(
        sharesOf([
          [0, 2],
          [0, 1],
          [1, 3],
          [0, 1],
        ]).shares,
      ),
    ).toEqual([3, 6]);
  });
});
