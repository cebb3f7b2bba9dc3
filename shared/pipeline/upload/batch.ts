import { gunzipSync } from 'node:zlib';
import type { Compress } from '../../gzip/compressBody.ts';
import type { Failure } from '../../words/failure.ts';
import type { UploadBody } from '../ports/ports.ts';
import type { ObjectRows } from '../rows/objectRows.ts';

/** How many consecutive rows of a batch are one object's. */
export interface Share {
  readonly of: ObjectRows;
  /** Which of the object's rows is the first, counted from 0. */
  readonly from: number;
  readonly rows: number;
}

/** A closed body, and whose rows it carries, in the order of the rows. */
export interface Batch {
  readonly body: UploadBody;
  readonly shares: readonly Share[];
}

export function acceptBatch(batch: Batch): void {
  for (const { of, from, rows } of batch.shares) of.accept(from, rows);
}

export function failBatch(batch: Pick<Batch, 'shares'>, failure: Failure): void {
  for (const share of batch.shares) share.of.fail(share.rows, failure);
}

/** Cuts a batch of two rows or more into halves: the rows' bytes stay as they are, none is parsed. */
export async function splitBatch(
  batch: Batch,
  compress: Compress,
  gzipLevel: number,
): Promise<readonly [Batch, Batch]> {
  const bytes = gunzipSync(batch.body.gzipped);
  const commas = rowSeparators(bytes);
  const middle = Math.ceil(commas.length / 2);
  const comma = commas[middle - 1];
  if (comma === undefined) throw new RangeError('a batch of one row has no halves');
  const [first, second] = splitShares(batch.shares, middle);
  return [
    await closed(bytes.subarray(1, comma), first, compress, gzipLevel),
    await closed(bytes.subarray(comma + 1, -1), second, compress, gzipLevel),
  ];
}

/** Where the commas between the rows of a JSON array stand: outside of strings and of nested values. */
export function rowSeparators(bytes: Uint8Array): number[] {
  const quote = 0x22;
  const backslash = 0x5c;
  const separators: number[] = [];
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case quote:
        for (at++; at < bytes.length && bytes[at] !== quote; at++) if (bytes[at] === backslash) at++;
        break;
      case 0x5b:
      case 0x7b:
        depth++;
        break;
      case 0x5d:
      case 0x7d:
        depth--;
        break;
      case 0x2c:
        if (depth === 1) separators.push(at);
        break;
    }
  }
  return separators;
}

async function closed(
  rows: Uint8Array,
  shares: readonly Share[],
  compress: Compress,
  gzipLevel: number,
): Promise<Batch> {
  const bytes = Buffer.concat([Buffer.from('['), rows, Buffer.from(']')]);
  const gzipped = await compress(bytes, gzipLevel);
  const count = shares.reduce((sum, share) => sum + share.rows, 0);
  return { body: { gzipped, rows: count, uncompressedBytes: bytes.length }, shares };
}

function splitShares(shares: readonly Share[], rows: number): [Share[], Share[]] {
  const first: Share[] = [];
  const second: Share[] = [];
  let left = rows;
  for (const share of shares) {
    const taken = Math.min(left, share.rows);
    if (taken > 0) first.push({ ...share, rows: taken });
    if (taken < share.rows) second.push({ of: share.of, from: share.from + taken, rows: share.rows - taken });
    left -= taken;
  }
  return [first, second];
}
