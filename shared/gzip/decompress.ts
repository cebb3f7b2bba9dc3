import { nextTurn, turnIsLong } from '../kit/breath.ts';
import { ConnectorError } from '../words/errors.ts';
import { ByteReader } from './byteReader.ts';
import { foreignFormat, tellingBytes } from './foreign.ts';
import { type GunzipOptions, gunzip } from './gunzip.ts';
import { BrokenGzip } from './member.ts';

/** `admit` bounds what all objects being decompressed hold in memory; large ones hold little, and do not ask. */
export interface DecompressOptions extends GunzipOptions {
  /** More decompressed bytes than this are refused. */
  readonly capBytes: number;
}

/** Gzip of gzip is read, gzip of that is not: each turn may make a thousand bytes of one. */
const mostWrappings = 2;

/** Compressed data of nothing can be endless, too: so much more than the cap on what it holds is read. */
const slackBytes = 1024 * 1024;

/**
 * The content of a log file, in pieces, whatever its name says: gzip is recognised by its first bytes and inflated, with
 * all its members, gzip in gzip too; JSON is passed on; what is known to be something else is named. Everything before a
 * break is given before the error is thrown (of a large object, up to the step that met it). A piece is good until the
 * next is asked for, and the event loop turns between two of them.
 * @throws ConnectorError 'object-empty', 'gzip-truncated', 'gzip-invalid', 'json-invalid' or 'object-too-large'.
 */
export function decompress(
  chunks: AsyncIterable<Uint8Array>,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  return unwrap(chunks, options, 0);
}

/** One generator for each gzip around the content, since a small file costs little more than the way through them. */
async function* unwrap(
  chunks: AsyncIterable<Uint8Array>,
  options: DecompressOptions,
  wrappings: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { capBytes, onOddity } = options;
  const input = new ByteReader(chunks, capBytes + slackBytes);
  let given = 0;
  try {
    await input.fill(tellingBytes);
    if (input.buffered.length === 0) {
      throw new ConnectorError('object-empty', 'the object is empty: it has 0 bytes', { at: { offset: 0 } });
    }
    const content = contentOf(input, options, wrappings);
    for await (const piece of content) {
      if (given === 0) {
        if (isGzip(piece)) {
          onOddity?.('gzip-in-gzip');
          const inside = unwrap(copies(piece, content), { capBytes, inSteps: true, onOddity }, wrappings + 1);
          for await (const innerPiece of inside) {
            given += innerPiece.length;
            yield innerPiece;
          }
          return;
        }
        failIfForeign(piece, wrappings + 1);
      }
      const room = capBytes - given;
      given += piece.length;
      if (piece.length > room) {
        if (room > 0) yield piece.subarray(0, room);
        throw tooLarge(capBytes);
      }
      yield piece;
      if (turnIsLong()) await nextTurn();
    }
    if (input.isCut) throw tooLarge(capBytes);
  } catch (error) {
    if (input.isCut) throw tooLarge(capBytes);
    // What is damaged is told by where it lies in the object as it is stored.
    throw error instanceof BrokenGzip && wrappings === 0 ? damaged(error, input.offset, given) : error;
  } finally {
    await input.close();
  }
}

/** What gzip holds, or what is stored as it is. */
function contentOf(input: ByteReader, options: GunzipOptions, wrappings: number): AsyncIterable<Uint8Array> {
  if (!isGzip(input.buffered)) {
    failIfForeign(input.buffered, wrappings);
    return input.rest();
  }
  if (wrappings < mostWrappings) return gunzip(input, options);
  throw new ConnectorError('gzip-invalid', `the object is gzip inside gzip, more than ${mostWrappings} times`, {
    at: { offset: 0 },
    remedy: rewriteRemedy,
  });
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
