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
  /** Per row, the position after the comma or bracket behind it in the uncompressed body. */
  readonly rowEnds: Int32Array;
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
  const { rowEnds } = batch;
  const middle = Math.ceil(rowEnds.length / 2);
  if (middle === rowEnds.length) throw new RangeError('a batch of one row has no halves');
  const cut = rowEnds[middle - 1] ?? 0;
  const [first, second] = splitShares(batch.shares, middle);
  const halves = [
    { rows: bytes.subarray(1, cut - 1), shares: first, rowEnds: rowEnds.slice(0, middle) },
    { rows: bytes.subarray(cut, -1), shares: second, rowEnds: rowEnds.slice(middle).map((end) => end - cut + 1) },
  ] as const;
  return [await closed(halves[0], compress, gzipLevel), await closed(halves[1], compress, gzipLevel)];
}

interface Half extends Pick<Batch, 'shares' | 'rowEnds'> {
  /** The text between the brackets. */
  readonly rows: Uint8Array;
}

async function closed({ rows, shares, rowEnds }: Half, compress: Compress, gzipLevel: number): Promise<Batch> {
  const bytes = Buffer.concat([Buffer.from('['), rows, Buffer.from(']')]);
  const gzipped = await compress(bytes, gzipLevel);
  return { body: { gzipped, rows: rowEnds.length, uncompressedBytes: bytes.length }, shares, rowEnds };
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
