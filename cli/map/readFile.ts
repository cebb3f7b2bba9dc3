import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { describeObjectKey } from '../../shared/cloudtrail/announcing/objectKey.ts';
import type { RowBody } from '../../shared/cloudtrail/rows/body.ts';
import type { OpenRowStream, RowStream } from '../../shared/cloudtrail/rows/engine.ts';
import { feedEnd, feedPiece } from '../../shared/cloudtrail/rows/feed.ts';
import { decompress } from '../../shared/gzip/decompress.ts';

/** The connector's cap on one decompressed object. */
const decompressedBytesCap = 512 * 1024 * 1024;

const readBytes = 256 * 1024;

/**
 * Reads one file, or standard input for `-`, through a row engine; yields whenever the body is full, which the caller then
 * empties. Returns the stream, whose rows since then are still in the body. @throws ConnectorError and errors of files
 */
export async function* readFile(
  file: string,
  stdin: AsyncIterable<Uint8Array>,
  openRows: OpenRowStream,
  body: RowBody,
): AsyncGenerator<'body-full', RowStream> {
  const chunks = file === '-' ? stdin : createReadStream(file, { highWaterMark: readBytes });
  const { sourceObject, deliveredAt } = describeFile(file);
  const stream = openRows({ sourceObject, fallbackTime: deliveredAt ?? new Date().toISOString() });
  const open = () => body;
  for await (const piece of decompress(chunks, { capBytes: decompressedBytesCap }))
    yield* feedPiece(stream, piece, open);
  yield* feedEnd(stream, open);
  return stream;
}

/** A log file that was copied out of its bucket keeps its name, which tells as much as its key does. */
function describeFile(file: string): { readonly sourceObject: string; readonly deliveredAt?: string } {
  const inBucket = describeObjectKey(`AWSLogs/account/CloudTrail/region/year/month/day/${basename(file)}`);
  return inBucket.deliveredAt === undefined ? describeObjectKey(file) : inBucket;
}
