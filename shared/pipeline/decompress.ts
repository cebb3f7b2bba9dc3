import { crc32 } from 'node:zlib';
import { ConnectorError, type ErrorCode } from '../errors.ts';
import { ByteReader } from './byteReader.ts';
import { headerLength, longestHeaderBytes, readTrailer, trailerBytes } from './gzipMember.ts';
import { BrokenDeflate, inflateMember } from './inflateMember.ts';
import { inflateSmall } from './inflateSmall.ts';

/** Up to this size an object is inflated at once and in place, which costs less than the way through the thread pool. */
const smallBytes = 256 * 1024;

/** Compressed bytes inflated in one step. What one step makes is held in memory: at most about a thousand times as much. */
const stepBytes = 16 * 1024;

/** The step for a small object that turned out to be broken: what comes before the break is wanted to the last row. */
const carefulStepBytes = 256;

export interface DecompressOptions {
  /** More decompressed bytes than this are refused. */
  readonly capBytes: number;
}

/**
 * The content of a log file, in pieces, whatever its name says: gzip is recognised by its first byte and inflated, with
 * all its members; anything else is passed on. Everything before a break is given before the error is thrown (of a
 * large object, up to the step that met it).
 * @throws ConnectorError 'object-empty', 'gzip-truncated', 'gzip-invalid' or 'object-too-large'.
 */
export async function* decompress(
  chunks: AsyncIterable<Uint8Array>,
  { capBytes }: DecompressOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new ByteReader(chunks);
  let given = 0;
  try {
    await input.fill(1);
    if (input.buffered.length === 0) {
      throw new ConnectorError('object-empty', 'the object is empty: it has 0 bytes', { at: { offset: 0 } });
    }
    for await (const piece of input.buffered[0] === 0x1f ? gunzip(input) : passOn(input)) {
      const room = capBytes - given;
      if (piece.length > room) {
        if (room > 0) yield piece.subarray(0, room);
        throw tooLarge(capBytes);
      }
      given += piece.length;
      yield piece;
    }
  } finally {
    await input.close();
  }
}

async function* passOn(input: ByteReader): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const piece = input.buffered;
    input.take(piece.length);
    if (piece.length > 0) yield piece;
    await input.fill(1);
    if (input.buffered.length === 0) return;
  }
}

async function* gunzip(input: ByteReader): AsyncGenerator<Uint8Array, void, undefined> {
  await input.fill(smallBytes + 1);
  const isSmall = input.buffered.length <= smallBytes;
  const content = isSmall ? inflateSmall(input.buffered) : undefined;
  if (content !== undefined) {
    yield* content;
    return;
  }
  do {
    await takeHeader(input);
    let length = 0;
    let checksum = 0;
    try {
      for await (const piece of inflateMember(input, isSmall ? carefulStepBytes : stepBytes)) {
        length += piece.length;
        checksum = crc32(piece, checksum);
        yield piece;
      }
    } catch (error) {
      if (error instanceof BrokenDeflate)
        throw broken('gzip-invalid', `the compressed data are invalid (${error.message})`, input, error);
      throw error;
    }
    await takeTrailer(input, checksum, length);
  } while (await hasNextMember(input));
}

async function takeHeader(input: ByteReader): Promise<void> {
  for (let wanted = 1024; ; wanted *= 2) {
    await input.fill(wanted);
    const length = headerLength(input.buffered);
    if (typeof length === 'number') {
      input.take(length);
      return;
    }
    if (length === 'invalid' || wanted > longestHeaderBytes)
      throw broken('gzip-invalid', 'there is no gzip header', input);
    if (input.ended) throw truncated(input);
  }
}

async function takeTrailer(input: ByteReader, checksum: number, length: number): Promise<void> {
  await input.fill(trailerBytes);
  if (input.buffered.length < trailerBytes) throw truncated(input);
  const trailer = readTrailer(input.buffered);
  if (trailer.crc32 !== checksum)
    throw broken('gzip-invalid', 'the content does not have the CRC-32 of its trailer', input);
  if (trailer.length !== length % 2 ** 32)
    throw broken('gzip-invalid', 'the content does not have the length of its trailer', input);
  input.take(trailerBytes);
}

/** Members may follow one another; zero bytes after them are padding, as every gzip tool takes them. */
async function hasNextMember(input: ByteReader): Promise<boolean> {
  for (;;) {
    await input.fill(1);
    if (input.buffered.length === 0) return false;
    const at = input.buffered.findIndex((byte) => byte !== 0);
    input.take(at < 0 ? input.buffered.length : at);
    if (at < 0) continue;
    if (input.buffered[0] === 0x1f) return true;
    throw broken('gzip-invalid', 'something that is not gzip follows the compressed data', input);
  }
}

function truncated(input: ByteReader): ConnectorError {
  return broken('gzip-truncated', 'the compressed data end too early', input);
}

function broken(code: ErrorCode, what: string, input: ByteReader, cause?: unknown): ConnectorError {
  return new ConnectorError(code, `${what}, at compressed byte ${input.offset}`, {
    at: { offset: input.offset },
    cause,
    remedy:
      'Look at the object in the bucket: it was damaged when it was written or copied. What comes before the damage was delivered.',
  });
}

function tooLarge(capBytes: number): ConnectorError {
  return new ConnectorError(
    'object-too-large',
    `the object has more than ${capBytes} decompressed bytes, which is the cap`,
    {
      at: { offset: capBytes },
      remedy:
        'Check that the object is a real log file; CloudTrail writes at most 50 MB. If it is, raise the cap on decompressed bytes.',
    },
  );
}
