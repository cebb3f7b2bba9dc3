import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressBody } from '../../../shared/gzip/compressBody.ts';

const rows = Buffer.from(JSON.stringify(Array.from({ length: 9000 }, (_, row) => ({ row, text: 'x'.repeat(90) }))));
/** Its gzip does not fit one chunk of output. */
const noise = randomBytes(1_300_000);

describe('compressBody', () => {
  it('makes of every body a gzip file of its own, again and again', async () => {
    const bodies = Array.from({ length: 30 }, (_, n) => rows.subarray(0, n % 7 === 0 ? n : rows.length - n));
    const gzipped: Uint8Array[] = [];
    for (const body of bodies) gzipped.push(await compressBody(body, 6));
    bodies.forEach((body, n) => {
      expect(gunzipSync(gzipped[n] ?? '').equals(body)).toBe(true);
    });
  });

  it('compresses several bodies at once, at several levels', async () => {
    const bodies = [rows, noise, rows.subarray(10), Buffer.alloc(0), noise.subarray(5), rows.subarray(20)];
    const gzipped = await Promise.all(bodies.map((body, n) => compressBody(body, 1 + (n % 3) * 4)));
    bodies.forEach((body, n) => {
      expect(gunzipSync(gzipped[n] ?? '').equals(body)).toBe(true);
    });
  });

  it('compresses as hard as it is told', async () => {
    const [quick, small] = [await compressBody(rows, 1), await compressBody(rows, 9)];
    expect(small.length).toBeLessThan(quick.length);
    expect(small.length).toBe(gzipSync(rows, { level: 9, memLevel: 9 }).length);
  });

  it('leaves what it answered alone', async () => {
    const first = await compressBody(rows, 6);
    const copy = Buffer.from(first);
    for (let n = 0; n < 12; n++) await compressBody(noise, 6);
    expect(copy.equals(first)).toBe(true);
  });

  it('refuses a level that there is not', async () => {
    await expect(compressBody(rows, 17)).rejects.toThrow(RangeError);
  });
});
