import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Compress } from '../../../../shared/gzip/compressBody.ts';
import { middleBetweenObjects, middleOf, splitBatch } from '../../../../shared/pipeline/upload/batch.ts';
import { batchOf } from './batches.ts';

const compress: Compress = async (bytes, level) => gzipSync(bytes, { level });

describe('splitBatch', () => {
  it('cuts between rows, whatever they hold, and changes no byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { minLength: 2, maxLength: 20 }),
        fc.nat(),
        fc.array(fc.integer({ min: 1, max: 19 })),
        fc.nat(1_000),
        async (values, at, starts, from) => {
          const before = 1 + (at % (values.length - 1));
          const texts = values.map((value) => JSON.stringify(value));
          const objectStarts = [...new Set(starts)].filter((start) => start < values.length).sort((a, b) => a - b);
          const whole = { ...batchOf(texts, objectStarts), from };
          const halves = await splitBatch(whole, before, compress, 1);
          expect(halves).toEqual([
            {
              ...batchOf(
                texts.slice(0, before),
                objectStarts.filter((start) => start < before),
              ),
              from,
            },
            {
              ...batchOf(
                texts.slice(before),
                objectStarts.filter((start) => start > before).map((start) => start - before),
              ),
              from: from + before,
            },
          ]);
          const halfTexts = halves.map(({ body }) => gunzipSync(body.gzipped).toString());
          expect(`${halfTexts[0]?.slice(0, -1)},${halfTexts[1]?.slice(1)}`).toBe(`[${texts.join(',')}]`);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([0, 2, 3])('refuses to leave nothing on one side, as before row %i of two', async (before) => {
    await expect(splitBatch(batchOf(['1', '2']), before, compress, 1)).rejects.toThrow(RangeError);
  });
});

describe('middleOf', () => {
  it('halves the rows', () => {
    expect([2, 3, 8].map((rows) => middleOf(batchOf(Array.from({ length: rows }, () => '1'))))).toEqual([1, 2, 4]);
  });
});

describe('middleBetweenObjects', () => {
  it('parts objects, as evenly as they allow, before it parts the rows of one', () => {
    const texts = Array.from({ length: 10 }, () => '1');
    const cuts = [[], [1], [3, 9], [2, 6, 9], [4, 6]].map((starts) => middleBetweenObjects(batchOf(texts, starts)));
    expect(cuts).toEqual([5, 1, 3, 6, 4]);
  });
});
