import { gunzipSync } from 'node:zlib';
import type { Compress } from '../../gzip/compressBody.ts';
import type { UploadBody } from '../ports/destination.ts';

/** A closed body, or a part of one. */
export interface Batch {
  readonly body: UploadBody;
  /** Per row, the position after the comma or bracket behind it in the uncompressed body. */
  readonly rowEnds: Int32Array;
  /** Per row, when its event happened, in seconds since the epoch; 0 when that is not known. */
  readonly eventSeconds: Uint32Array;
  /** Rows with which another object's begin, in order: the first row of all is not among them. */
  readonly objectStarts: readonly number[];
  /** Place of its first row in the batch as it was handed over. */
  readonly from: number;
}

/** Halves the rows, whoever's they are. */
export function middleOf(batch: Batch): number {
  return Math.ceil(batch.rowEnds.length / 2);
}

/** Parts objects from one another, as evenly as they allow; then the rows of a single one. */
export function middleBetweenObjects(batch: Batch): number {
  const middle = middleOf(batch);
  const nearer = (best: number, start: number) => (Math.abs(start - middle) < Math.abs(best - middle) ? start : best);
  return batch.objectStarts.length === 0 ? middle : batch.objectStarts.reduce(nearer);
}

/** Cuts a batch before one of its rows, not the first: the rows' bytes stay as they are, none is parsed. */
export async function splitBatch(
  batch: Batch,
  before: number,
  compress: Compress,
  gzipLevel: number,
): Promise<readonly [Batch, Batch]> {
  const { eventSeconds, from, objectStarts, rowEnds } = batch;
  if (before < 1 || before >= rowEnds.length) throw new RangeError(`no rows on one side of row ${before}`);
  const bytes = gunzipSync(batch.body.gzipped);
  const cut = rowEnds[before - 1] ?? 0;
  const close = async (text: Uint8Array, rest: Omit<Batch, 'body'>): Promise<Batch> => {
    const whole = Buffer.concat([Buffer.from('['), text, Buffer.from(']')]);
    const gzipped = await compress(whole, gzipLevel);
    return { ...rest, body: { gzipped, rows: rest.rowEnds.length, uncompressedBytes: whole.length } };
  };
  return [
    await close(bytes.subarray(1, cut - 1), {
      from,
      rowEnds: rowEnds.slice(0, before),
      eventSeconds: eventSeconds.slice(0, before),
      objectStarts: objectStarts.filter((start) => start < before),
    }),
    await close(bytes.subarray(cut, -1), {
      from: from + before,
      rowEnds: rowEnds.slice(before).map((end) => end - cut + 1),
      eventSeconds: eventSeconds.slice(before),
      objectStarts: objectStarts.filter((start) => start > before).map((start) => start - before),
    }),
  ];
}
