import { crc32, inflateRawSync } from 'node:zlib';
import { headerLength, readTrailer, trailerBytes } from './gzipMember.ts';

/** More than this is inflated in steps, so that the event loop never waits longer than some 15 ms. */
const mostBytes = 16 * 1024 * 1024;

/** The content of all members of a small gzip object; undefined when anything is out of the ordinary. */
export function inflateSmall(bytes: Uint8Array): Uint8Array[] | undefined {
  const contents: Uint8Array[] = [];
  let room = mostBytes;
  for (let at = 0; at < bytes.length; ) {
    const header = headerLength(bytes.subarray(at));
    if (typeof header !== 'number') return undefined;
    const member = inflate(bytes.subarray(at + header), lengthHint(bytes), room);
    if (member === undefined) return undefined;
    contents.push(member.content);
    room -= member.content.length;
    at += header + member.compressedBytes + trailerBytes;
    while (at < bytes.length && bytes[at] === 0) at++;
  }
  return contents;
}

interface Inflated {
  readonly content: Uint8Array;
  readonly compressedBytes: number;
}

function inflate(bytes: Uint8Array, hint: number, room: number): Inflated | undefined {
  if (room <= 0) return undefined;
  try {
    const { buffer, engine } = inflateRawSync(bytes, {
      info: true,
      chunkSize: hint,
      maxOutputLength: room,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    const compressedBytes = engine.bytesWritten;
    if (bytes.length < compressedBytes + trailerBytes) return undefined;
    const trailer = readTrailer(bytes.subarray(compressedBytes));
    return trailer.length === buffer.length && trailer.crc32 === crc32(buffer)
      ? { content: buffer, compressedBytes }
      : undefined;
  } catch {
    // Broken or too large: who called takes the careful way, which tells what is wrong.
    return undefined;
  }
}

/** The length in the last trailer saves growing the buffer; it is only believed within reason. */
function lengthHint(bytes: Uint8Array): number {
  const { length } = bytes.length < trailerBytes ? { length: 0 } : readTrailer(bytes.subarray(-trailerBytes));
  return Math.min(Math.max(length + 1, 1024), mostBytes);
}
