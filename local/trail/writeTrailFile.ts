import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { estate } from './estate.ts';
import { createRandom } from './random.ts';
import { recordTexts } from './trailFile.ts';

export interface WrittenTrailFile {
  readonly records: number;
  /** Uncompressed. */
  readonly bytes: number;
  readonly gzippedBytes: number;
}

/** Streams one gzip log file of any size to disk in constant memory; `bytes` (uncompressed) may be passed by less than a record. */
export async function writeTrailFile(
  path: string,
  options: { readonly seed: string | number; readonly now?: number } & (
    | { readonly bytes: number }
    | { readonly records: number }
  ),
): Promise<WrittenTrailFile> {
  const [account] = estate.accounts;
  const texts = recordTexts(
    {
      random: createRandom(String(options.seed)),
      kind: 'CloudTrail',
      account,
      region: estate.regions[0],
      deliveredAt: options.now ?? Date.UTC(2026, 10, 1),
    },
    'records' in options ? options.records : Number.POSITIVE_INFINITY,
  );
  const limit = 'bytes' in options ? options.bytes : Number.POSITIVE_INFINITY;
  let records = 0;
  let bytes = 0;
  function* pieces(): Generator<Buffer> {
    let text = '{"Records":[';
    for (const record of texts) {
      text += records === 0 ? record : `,${record}`;
      records += 1;
      if (text.length < pieceLength && bytes + text.length < limit) continue;
      const piece = Buffer.from(text);
      bytes += piece.length;
      yield piece;
      text = '';
      if (bytes >= limit) break;
    }
    const piece = Buffer.from(`${text}]}`);
    bytes += piece.length;
    yield piece;
  }
  const file = createWriteStream(path);
  await pipeline(Readable.from(pieces()), createGzip({ chunkSize: pieceLength }), file);
  return { records, bytes, gzippedBytes: file.bytesWritten };
}

// Small pieces make zlib's thread pool, not compression, the cost.
const pieceLength = 1 << 18;
