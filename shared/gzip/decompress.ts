import { ConnectorError } from '../words/errors.ts';
import { ByteReader } from './byteReader.ts';
import { type GunzipOptions, gunzip } from './gunzip.ts';
import { BrokenGzip } from './member.ts';

/** `admit` bounds what all objects being decompressed hold in memory; large ones hold little, and do not ask. */
export interface DecompressOptions extends GunzipOptions {
  /** More decompressed bytes than this are refused. */
  readonly capBytes: number;
}

/**
 * The content of a log file, in pieces, whatever its name says: gzip is recognised by its first byte and inflated, with
 * all its members; anything else is passed on. Everything before a break is given before the error is thrown (of a
 * large object, up to the step that met it). A piece is good until the next is asked for.
 * @throws ConnectorError 'object-empty', 'gzip-truncated', 'gzip-invalid' or 'object-too-large'.
 */
export async function* decompress(
  chunks: AsyncIterable<Uint8Array>,
  { capBytes, ...options }: DecompressOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new ByteReader(chunks);
  let given = 0;
  try {
    await input.fill(1);
    if (input.buffered.length === 0) {
      throw new ConnectorError('object-empty', 'the object is empty: it has 0 bytes', { at: { offset: 0 } });
    }
    for await (const piece of input.buffered[0] === 0x1f ? gunzip(input, options) : passOn(input)) {
      const room = capBytes - given;
      if (piece.length > room) {
        if (room > 0) yield piece.subarray(0, room);
        throw tooLarge(capBytes);
      }
      given += piece.length;
      yield piece;
    }
  } catch (error) {
    throw error instanceof BrokenGzip ? damaged(error, input.offset, given) : error;
  } finally {
    await input.close();
  }
}

async function* passOn(input: ByteReader): AsyncGenerator<Uint8Array, void, undefined> {
  while (input.buffered.length > 0) {
    const piece = input.buffered;
    input.take(piece.length);
    yield piece;
    await input.fill(1);
  }
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
