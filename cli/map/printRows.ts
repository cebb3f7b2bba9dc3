import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { emptied, openBody, type RowBody } from '../../shared/cloudtrail/rows/body.ts';
import type { OpenRowStream, RowStream } from '../../shared/cloudtrail/rows/engine.ts';
import { readFile } from './readFile.ts';

/** The connector's default for a request body. */
const bodyBytes = 1_000_000;

const lineFeed = 0x0a;

/**
 * Writes the rows of one file, or of standard input for `-`, one per line, as fast as they are taken. What comes before
 * a break is written before the error is thrown. Returns what became of the records.
 */
export async function printRows(
  file: string,
  stdin: AsyncIterable<Uint8Array>,
  out: Writable,
  openRows: OpenRowStream,
): Promise<Pick<RowStream, 'counts' | 'stubs'>> {
  const body = openBody(bodyBytes);
  const reading = readFile(file, stdin, openRows, body);
  try {
    for (;;) {
      const next = await reading.next();
      if (next.done === true) return next.value;
      await write(body, out);
    }
  } finally {
    await write(body, out);
  }
}

/** Empties the body: the comma after every row becomes a line feed. */
async function write(body: RowBody, out: Writable): Promise<void> {
  for (let row = 0; row < body.rows; row++) body.bytes[body.marks.end(row) - 1] = lineFeed;
  const lines = Buffer.from(body.bytes.subarray(1, body.length));
  emptied(body);
  if (lines.length > 0 && !out.write(lines)) await once(out, 'drain');
}
