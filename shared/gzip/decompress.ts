import { breathe } from '../kit/breath.ts';
import { ConnectorError } from '../words/errors.ts';
import { ByteReader } from './byteReader.ts';
import { foreignFormat, tellingBytes } from './foreign.ts';
import { type GunzipOptions, gunzip } from './gunzip.ts';
import { BrokenGzip } from './member.ts';

/** `admit` bounds what all objects being decompressed hold in memory; large ones hold little, and do not ask. */
export interface DecompressOptions extends Omit<GunzipOptions, 'inSteps'> {
  /** More decompressed bytes than this are refused. */
  readonly capBytes: number;
}

/** Gzip of gzip is read, gzip of that is not: each turn may make a thousand bytes of one. */
const mostWrappings = 2;

/**
 * The content of a log file, in pieces, whatever its name says: gzip is recognised by its first bytes and inflated, with
 * all its members, gzip in gzip too; JSON is passed on; what is known to be something else is named. Everything before a
 * break is given before the error is thrown (of a large object, up to the step that met it). A piece is good until the
 * next is asked for, and the event loop turns between two of them.
 * @throws ConnectorError 'object-empty', 'gzip-truncated', 'gzip-invalid', 'json-invalid' or 'object-too-large'.
 */
export async function* decompress(
  chunks: AsyncIterable<Uint8Array>,
  { capBytes, ...options }: DecompressOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  // Compressed data of nothing can be endless, too.
  const input = new ByteReader(upTo(capBytes + 1024 * 1024, chunks));
  let given = 0;
  try {
    await input.fill(tellingBytes);
    if (input.buffered.length === 0) {
      throw new ConnectorError('object-empty', 'the object is empty: it has 0 bytes', { at: { offset: 0 } });
    }
    for await (const piece of upTo(capBytes, contentOf(input, options))) {
      given += piece.length;
      yield piece;
      await breathe();
    }
  } catch (error) {
    throw error instanceof BrokenGzip ? damaged(error, input.offset, given) : error;
  } finally {
    await input.close();
  }
}

/** What gzip holds is looked at in the same way: an upload that compresses what is compressed wraps it twice. */
async function* contentOf(
  input: ByteReader,
  options: GunzipOptions,
  wrappings = 0,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!isGzip(input.buffered)) {
    failIfForeign(input.buffered, wrappings);
    yield* input.rest();
    return;
  }
  if (wrappings === mostWrappings) {
    throw new ConnectorError('gzip-invalid', `the object is gzip inside gzip, more than ${mostWrappings} times`, {
      at: { offset: 0 },
      remedy: rewriteRemedy,
    });
  }
  const content = gunzip(input, options);
  const first = await content.next();
  if (first.done === true) return;
  if (isGzip(first.value)) {
    options.onOddity?.('gzip-in-gzip');
    const inside = new ByteReader(copies(first.value, content));
    await inside.fill(tellingBytes);
    yield* contentOf(inside, { inSteps: true, onOddity: options.onOddity }, wrappings + 1);
    return;
  }
  failIfForeign(first.value, wrappings + 1);
  yield first.value;
  yield* content;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && foreignFormat(bytes) === undefined;
}

/** Pieces that stay good while they are put together. */
async function* copies(
  first: Uint8Array,
  others: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield Uint8Array.from(first);
  for await (const piece of others) yield Uint8Array.from(piece);
}

/** @throws ConnectorError once there is more */
async function* upTo(capBytes: number, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let room = capBytes;
  for await (const piece of pieces) {
    if (piece.length > room) {
      if (room > 0) yield piece.subarray(0, room);
      throw tooLarge(capBytes);
    }
    room -= piece.length;
    yield piece;
  }
}

const rewriteRemedy =
  'Find out what writes or rewrites this object, and have it write gzip of JSON as CloudTrail does.';

function failIfForeign(bytes: Uint8Array, wrappings: number): void {
  const format = foreignFormat(bytes);
  if (format === undefined) return;
  const what = wrappings === 0 ? 'the object is' : 'the gzip object holds';
  throw new ConnectorError('json-invalid', `${what} ${format} by its first bytes, and no log file`, {
    at: { offset: 0 },
    remedy: rewriteRemedy,
  });
}

function damaged(error: BrokenGzip, compressedOffset: number, offset: number): ConnectorError {
  return new ConnectorError(error.code, `${error.message}, at compressed byte offset ${compressedOffset}`, {
    at: { offset },
    cause: error,
    remedy:
      'Look at the object in the bucket: it was damaged when it was written or copied. What comes before the damage was delivered.',
  });
}

function tooLarge(capBytes: number): ConnectorError {
  return new ConnectorError(
    'object-too-large',
    `the object goes on after byte offset ${capBytes}, the cap on decompressed bytes`,
    {
      at: { offset: capBytes },
      remedy:
        'Check that the object is a real log file; CloudTrail writes at most 50 MB. If it is, raise the cap on decompressed bytes.',
    },
  );
}
