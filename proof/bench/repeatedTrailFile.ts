import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type WrittenTrailFile, writeTrailFile } from '../../local/trail/writeTrailFile.ts';

/**
 * One gzip log file of any size whose records are those of a block, again and again: making up a gigabyte of different
 * records would take minutes, and no design looks further back than gzip's window of 32 KB.
 */
export async function writeRepeatedTrailFile(
  path: string,
  { seed, bytes, blockBytes }: { readonly seed: string; readonly bytes: number; readonly blockBytes: number },
): Promise<WrittenTrailFile> {
  const scratch = await mkdtemp(join(dirname(path), '../block-'));
  try {
    const blockPath = join(scratch, 'block.json.gz');
    const block = await writeTrailFile(blockPath, { seed, bytes: blockBytes });
    const json = Buffer.concat(
      await createReadStream(blockPath)
        .pipe(createGunzip({ chunkSize: 1 << 18 }))
        .toArray(),
    );
    const records = json.subarray(head.length, json.length - tail.length);
    const repeats = Math.round(bytes / blockBytes);
    const file = createWriteStream(path);
    await pipeline(Readable.from(repeated(records, repeats)), createGzip({ chunkSize: 1 << 18 }), file);
    const length = head.length + repeats * (records.length + 1) - 1 + tail.length;
    return { records: block.records * repeats, bytes: length, gzippedBytes: file.bytesWritten };
  } finally {
    await rm(scratch, { recursive: true });
  }
}

const head = '{"Records":[';
const tail = ']}';

function* repeated(records: Buffer, repeats: number): Generator<Buffer> {
  yield Buffer.from(head);
  for (let n = 0; n < repeats; n += 1) {
    if (n > 0) yield Buffer.from(',');
    for (let at = 0; at < records.length; at += 1 << 18) yield records.subarray(at, at + (1 << 18));
  }
  yield Buffer.from(tail);
}
