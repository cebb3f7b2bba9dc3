import { crc32 } from 'node:zlib';
import type { ByteReader } from './byteReader.ts';
import { inflateMember, release } from './inflateMember.ts';
import { believedLength, inflateWhole, mostContentBytes } from './inflateWhole.ts';
import { BrokenGzip, headerLength, longestHeaderBytes, readTrailer, trailerBytes } from './member.ts';

/** Up to this size an object is inflated at once, which costs three fifths of inflating it in steps. */
const wholeBytes = 1024 * 1024;

/** Content is handed on in pieces that stay in the processor's cache. */
const pieceBytes = 256 * 1024;

/** Compressed bytes inflated in one step. */
const stepBytes = 16 * 1024;

/** The step for a whole object that turned out to be broken: what comes before the break is wanted to the last row. */
const carefulStepBytes = 256;

export interface GunzipOptions {
  /** Asked before more than a piece is held, and told when it is not any more. */
  readonly admit?: Admit | undefined;
  /** Shown the whole content where all of it lies in memory, intact; when it says no, nothing of it is given. */
  readonly isWanted?: ((content: Uint8Array) => boolean) | undefined;
  /** Never more than a piece at once, as if the object were a large one. */
  readonly inSteps?: boolean;
  /** Told of what CloudTrail does not write, and what is read all the same. */
  readonly onOddity?: ((oddity: GzipOddity) => void) | undefined;
}

/** A second gzip member; bytes behind the compressed data that are no gzip; gzip inside gzip. */
export type GzipOddity = 'second-member' | 'trailing-bytes' | 'gzip-in-gzip';

/**
 * CloudTrail writes one member, those who put log files together one for each. Where an object is inflated in steps each
 * costs as much as kilobytes do.
 */
const mostMembers = 1000;

/**
 * Inflates all members of a gzip object, one by one: Node's own gunzip withholds what it has inflated when garbage
 * follows, and stops at zero bytes without a look at what is behind them.
 * @throws BrokenGzip
 */
export async function* gunzip(
  input: ByteReader,
  { admit, isWanted = () => true, inSteps = false, onOddity = () => {} }: GunzipOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  await input.fill(wholeBytes + 1);
  const stored = input.buffered;
  const toldBytes = stored.length < trailerBytes ? 0 : readTrailer(stored, stored.length - trailerBytes).length;
  const expectedBytes = believedLength(stored.length, toldBytes);
  const isWhole = !inSteps && stored.length <= wholeBytes && expectedBytes < mostContentBytes;
  if (isWhole) {
    const leave = expectedBytes > pieceBytes ? await admit?.(expectedBytes) : undefined;
    try {
      const content = await inflateWhole(stored, expectedBytes);
      if (content !== undefined) {
        // Of several members the last one's trailer tells its own length alone.
        if (toldBytes !== content.length) onOddity('second-member');
        if (isWanted(content)) {
          for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
        }
        // Small buffers share theirs with others.
        if (content.buffer.byteLength < 2 * content.length) release(content.buffer);
        return;
      }
    } finally {
      leave?.();
    }
  }
  for (let members = 1; ; members++) {
    if (members > mostMembers)
      throw new BrokenGzip(
        'gzip-invalid',
        `there are more than ${mostMembers} gzip members, and CloudTrail writes one`,
      );
    await takeHeader(input);
    let length = 0;
    let checksum = 0;
    for await (const piece of inflateMember(input, isWhole ? carefulStepBytes : stepBytes, members === 1)) {
      length += piece.length;
      checksum = crc32(piece, checksum);
      yield piece;
    }
    await takeTrailer(input, checksum, length);
    const next = await whatFollows(input);
    if (next === 'trailing-bytes') onOddity(next);
    if (next !== 'member') return;
    if (members === 1) onOddity('second-member');
  }
}

/** Waits until so many bytes may be held; the answer gives them back. */
export type Admit = (bytes: number) => Promise<() => void>;

async function takeHeader(input: ByteReader): Promise<void> {
  for (let wanted = 1024; ; wanted *= 2) {
    await input.fill(wanted);
    const length = headerLength(input.buffered);
    if (typeof length === 'number') {
      input.take(length);
      return;
    }
    if (length === 'invalid' || wanted > longestHeaderBytes)
      throw new BrokenGzip('gzip-invalid', 'there is no gzip header');
    if (input.ended) throw endsEarly();
  }
}

async function takeTrailer(input: ByteReader, checksum: number, length: number): Promise<void> {
  await input.fill(trailerBytes);
  if (input.buffered.length < trailerBytes) throw endsEarly();
  const trailer = readTrailer(input.buffered, 0);
  if (trailer.crc32 !== checksum || trailer.length !== length % 2 ** 32) {
    throw new BrokenGzip('gzip-invalid', 'the content does not match the CRC-32 and length after it');
  }
  input.take(trailerBytes);
}

/**
 * Members may follow one another; zero bytes after them are padding. Anything else was put behind the log file by somebody:
 * the content was whole before it.
 */
async function whatFollows(input: ByteReader): Promise<'nothing' | 'member' | 'trailing-bytes'> {
  for (;;) {
    await input.fill(1);
    if (input.buffered.length === 0) return 'nothing';
    const at = input.buffered.findIndex((byte) => byte !== 0);
    input.take(at < 0 ? input.buffered.length : at);
    if (at < 0) continue;
    await input.fill(3);
    return headerLength(input.buffered.subarray(0, 3)) === 'invalid' ? 'trailing-bytes' : 'member';
  }
}

function endsEarly(): BrokenGzip {
  return new BrokenGzip('gzip-truncated', 'the compressed data end too early');
}
