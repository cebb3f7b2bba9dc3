import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { digestReason } from './objectKeys.ts';
import { TopLevelKeys } from './topLevelKeys.ts';

/** So much of a file is enough to see how a log file begins. */
export const headBytes = 4096;

/** No file's content is read further than this only to learn what it is. */
const furthestLookBytes = 64 * 1024 * 1024;

/**
 * Why a file is no log file, or undefined when it is one, or is too damaged to tell: what is wrong with it is the
 * connector's to say. Almost every log file is recognised by its head; only others are read on.
 */
export async function reasonNoLogFile(path: string, head: Buffer, content?: Buffer): Promise<string | undefined> {
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const opening = isGzip ? inflatedHead(head) : head;
  if (opening === undefined || /^\uFEFF?\s*\{\s*"Records"\s*:/.test(opening.toString('utf8'))) return undefined;
  const bytes = content ? Readable.from([content]) : createReadStream(path);
  const text = isGzip ? bytes.pipe(createGunzip()) : bytes;
  if (isGzip) bytes.on('error', (error: Error) => text.destroy(error));
  const keys = new TopLevelKeys();
  let read = 0;
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      keys.push(chunk);
      read += chunk.length;
      if (keys.has('Records') || read > furthestLookBytes) return undefined;
      if (keys.has('digestStartTime')) return digestReason;
    }
  } catch {
    return undefined; // cannot be read or decompressed: the connector says why
  } finally {
    bytes.destroy();
    text.destroy();
  }
  return keys.isWhole ? 'JSON, but not a log file: it has no "Records"' : undefined;
}

/** The beginning of the decompressed bytes; undefined when there is none to be had. */
function inflatedHead(head: Buffer): Buffer | undefined {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return undefined; // damaged from the start
  }
}
