import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Writable } from 'node:stream';
import { describeObjectKey } from '../../shared/cloudtrail/announcing/objectKey.ts';
import { emptied, openBody, type RowBody } from '../../shared/cloudtrail/rows/body.ts';
import { openByteRowStream } from '../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import type { RowStream } from '../../shared/cloudtrail/rows/engine.ts';
import { feedEnd, feedPiece } from '../../shared/cloudtrail/rows/feed.ts';
import { decompress } from '../../shared/gzip/decompress.ts';

/** The connector's defaults: a request body, and the cap on one decompressed object. */
const bodyBytes = 1_000_000;
const decompressedBytesCap = 512 * 1024 * 1024;

const readBytes = 256 * 1024;
const lineFeed = 0x0a;

const openRows = openByteRowStream();

/**
 * Writes the rows of one file, or of standard input for `-`, one per line, as fast as they are taken. What comes before
 * a break is written before the error is thrown. Returns what became of the records.
 */
export async function printRows(
  file: string,
  stdin: AsyncIterable<Uint8Array>,
  out: Writable,
): Promise<Pick<RowStream, 'counts' | 'stubs'>> {
  const chunks = file === '-' ? stdin : createReadStream(file, { highWaterMark: readBytes });
  const { sourceObject, deliveredAt } = describeFile(file);
  const stream = openRows({ sourceObject, fallbackTime: deliveredAt ?? new Date().toISOString() });
  const body = openBody(bodyBytes);
  const open = () => body;
  try {
    for await (const piece of decompress(chunks, { capBytes: decompressedBytesCap })) {
      for (const _ of feedPiece(stream, piece, open)) await write(body, out);
    }
    for (const _ of feedEnd(stream, open)) await write(body, out);
  } finally {
    await write(body, out);
  }
  return stream;
}

/** A log file that was copied out of its bucket keeps its name, which tells as much as its key does. */
function describeFile(file: string): { readonly sourceObject: string; readonly deliveredAt?: string } {
  const inBucket = describeObjectKey(`AWSLogs/account/CloudTrail/region/year/month/day/${basename(file)}`);
  return inBucket.deliveredAt === undefined ? describeObjectKey(file) : inBucket;
}

/** Empties the body: the comma after every row becomes a line feed. */
async function write(body: RowBody, out: Writable): Promise<void> {
  for (let row = 0; row < body.rows; row++) body.bytes[body.marks.end(row) - 1] = lineFeed;
  const lines = Buffer.from(body.bytes.subarray(1, body.length));
  emptied(body);
  if (lines.length > 0 && !out.write(lines)) await once(out, 'drain');
}
