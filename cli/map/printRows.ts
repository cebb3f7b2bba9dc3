import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Writable } from 'node:stream';
import { describeObjectKey } from '../../shared/cloudtrail/announcing/objectKey.ts';
import { containerEnd } from '../../shared/cloudtrail/json/bytes.ts';
import { openByteRowStream } from '../../shared/cloudtrail/rows/bytes/byteRowStream.ts';
import type { RowBody } from '../../shared/cloudtrail/rows/engine.ts';
import { decompress } from '../../shared/gzip/decompress.ts';

/** The connector's defaults: a request body, and the cap on one decompressed object. */
const bodyBytes = 1_000_000;
const decompressedBytesCap = 512 * 1024 * 1024;

const readBytes = 256 * 1024;
const lineFeed = 0x0a;

/** A row nests at most two levels deeper than its record, whose depth is capped. */
const nesting = new Uint8Array(1024);

const openRows = openByteRowStream();

/**
 * Writes the rows of one file, or of standard input for `-`, one per line, as fast as they are taken. What comes before
 * a break is written before the error is thrown.
 */
export async function printRows(file: string, stdin: AsyncIterable<Uint8Array>, out: Writable): Promise<void> {
  const chunks = file === '-' ? stdin : createReadStream(file, { highWaterMark: readBytes });
  const { sourceObject, deliveredAt } = describeFile(file);
  const stream = openRows({ sourceObject, fallbackTime: deliveredAt ?? new Date().toISOString() });
  const body = { bytes: new Uint8Array(bodyBytes), length: 1, rows: 0, limit: bodyBytes };
  try {
    for await (const piece of decompress(chunks, { capBytes: decompressedBytesCap })) {
      let result = stream.feed(piece, body);
      while (result === 'body-full') {
        await write(body, out);
        result = stream.resume(body);
      }
    }
    stream.end();
  } finally {
    await write(body, out);
  }
}

/** A log file that was copied out of its bucket keeps its name, which tells as much as its key does. */
function describeFile(file: string): { readonly sourceObject: string; readonly deliveredAt?: string } {
  const inBucket = describeObjectKey(`AWSLogs/account/CloudTrail/region/year/month/day/${basename(file)}`);
  return inBucket.deliveredAt === undefined ? describeObjectKey(file) : inBucket;
}

/** Empties the body: the comma after every row becomes a line feed. */
async function write(body: RowBody, out: Writable): Promise<void> {
  for (let at = 1; at < body.length; ) {
    at = containerEnd(body.bytes, at, nesting);
    body.bytes[at++] = lineFeed;
  }
  const lines = Buffer.from(body.bytes.subarray(1, body.length));
  body.length = 1;
  body.rows = 0;
  if (lines.length > 0 && !out.write(lines)) await once(out, 'drain');
}
