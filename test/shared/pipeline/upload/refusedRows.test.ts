import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Balancer, type Route } from '../../../../shared/pipeline/upload/balancer.ts';
import type { Batch } from '../../../../shared/pipeline/upload/batch.ts';
import { findRefused } from '../../../../shared/pipeline/upload/refusedRows.ts';
import { FakeClock, FakeDestination, failure } from '../fakes.ts';
import { circuitsOfRules } from './circuitsOfRules.ts';

const error = failure('upload-refused');

/** Rows of objects: one digit each. The rule refuses what holds a row that `isBad`. */
async function search(
  rows: number,
  objectStarts: readonly number[],
  isBad: (row: number) => boolean,
  acceptsKnownRow = false,
) {
  const clock = new FakeClock();
  const destinations = [new FakeDestination('dcr-1', clock, [])];
  const circuits = circuitsOfRules(['dcr-1']);
  const route: Route = await new Balancer({ destinations, mostPerRule: 1, clock, circuits }).enter(
    new AbortController().signal,
  );
  const part = (from: number, count: number, starts: readonly number[]): Batch => ({
    body: { gzipped: Buffer.alloc(0), rows: count, uncompressedBytes: count },
    rowEnds: new Int32Array(count),
    eventSeconds: new Uint32Array(count),
    objectStarts: starts.filter((start) => start > from && start < from + count).map((start) => start - from),
    from,
  });
  const holdsBad = ({ from, body }: Batch) => Array.from({ length: body.rows }, (_, n) => from + n).some(isBad);
  const found: Record<string, number[]> = {};
  let requests = 0;
  let askedKnown = 0;
  const parts = findRefused(
    part(0, rows, objectStarts),
    { kind: 'refused', error, route },
    {
      offer: async (batch) => {
        requests += 1;
        return holdsBad(batch) ? { kind: 'refused', error, route } : { kind: 'accepted', route };
      },
      split: async ({ from, body }, before) => [
        part(from, before, objectStarts),
        part(from + before, body.rows - before, objectStarts),
      ],
      acceptsKnownRow: async () => {
        askedKnown += 1;
        return acceptsKnownRow;
      },
    },
  );
  for await (const { kind, batch } of parts) {
    const all = Array.from({ length: batch.body.rows }, (_, n) => batch.from + n);
    found[kind] = [...(found[kind] ?? []), ...all];
  }
  for (const each of Object.values(found)) each.sort((one, other) => one - other);
  return { askedKnown, found, requests };
}

describe('findRefused', () => {
  it('singles out the one row that is refused, and never asks about a known one', async () => {
    const { askedKnown, found } = await search(64, [16, 32, 48], (row) => row === 37);
    expect(found['rows']).toEqual([37]);
    expect(found['judged']).toHaveLength(63);
    expect(askedKnown).toBe(0);
  });

  it('blames the rule when it accepts nothing at all', async () => {
    const { askedKnown, found } = await search(64, [32], () => true);
    expect(found).toEqual({ rule: Array.from({ length: 64 }, (_, row) => row) });
    expect(askedKnown).toBe(1);
  });

  it('blames the rows when the rule accepts one that it accepted before', async () => {
    const { found } = await search(3, [], () => true, true);
    expect(found).toEqual({ rows: [0, 1, 2] });
  });

  it('tells every row once, whatever is refused, in a bounded number of requests', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 400 }),
        fc.array(fc.nat(399), { maxLength: 12 }),
        fc.array(fc.nat(399), { maxLength: 12 }),
        fc.boolean(),
        async (rows, starts, bad, acceptsKnownRow) => {
          const objectStarts = [...new Set(starts)].sort((one, other) => one - other);
          const { found, requests } = await search(rows, objectStarts, (row) => bad.includes(row), acceptsKnownRow);
          const told = Object.values(found).flat();
          expect(told.sort((one, other) => one - other)).toEqual(Array.from({ length: rows }, (_, row) => row));
          expect((found['judged'] ?? []).filter((row) => bad.includes(row))).toEqual([]);
          expect(requests).toBeLessThan(320);
        },
      ),
    );
  });
});
