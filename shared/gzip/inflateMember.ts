import type { TransformOptions } from 'node:stream';
import { createInflateRaw, type InflateRaw, type ZlibOptions } from 'node:zlib';
import type { ByteReader } from './byteReader.ts';
import { BrokenGzip } from './member.ts';

/** With Node's default of 16 KiB every piece costs a way through the thread pool: four times slower in all. */
const chunkBytes = 256 * 1024;

/** A file of thousands of members would spend its time on chunks. */
const furtherChunkBytes = 16 * 1024;

/** Left to the garbage collector, 64 MB of such memory would pile up between two of its runs. */
export function release(buffer: ArrayBuffer): void {
  buffer.transfer(0);
}

/**
 * Inflates the deflate data at the reader's position and takes exactly its bytes, so that what follows (trailer, another
 * member, garbage) can be judged. Ends early when the bytes do. Of what a step makes no more than a chunk is held, and
 * the next is made when it is asked for; a piece is good until then.
 * @throws BrokenGzip
 */
export async function* inflateMember(
  input: ByteReader,
  stepBytes: number,
  isFirst: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunkSize = isFirst ? chunkBytes : furtherChunkBytes;
  // With a byte in its buffer zlib stops, so what is read is always one chunk or a part of it.
  const options: ZlibOptions & TransformOptions = { chunkSize, readableHighWaterMark: 1 };
  const inflate = createInflateRaw(options);
  const state = new InflateState(inflate);
  let chunk: ArrayBuffer | undefined;
  try {
    for (;;) {
      // A smaller step costs less than putting bytes together for a full one.
      await input.fill(stepBytes / 4);
      const step = input.buffered.subarray(0, stepBytes);
      if (step.length === 0) return;
      const before = inflate.bytesWritten;
      state.write(step);
      for (;;) {
        const piece: Buffer<ArrayBuffer> | null = inflate.read();
        if (piece !== null) {
          // zlib fills one chunk to its end before it begins another.
          if (chunk !== undefined && chunk !== piece.buffer && chunk.byteLength === chunkSize) release(chunk);
          chunk = piece.buffer;
          yield piece;
        } else if (state.failure !== undefined) {
          throw state.failure;
        } else if (state.isWritten) {
          break;
        } else {
          await state.changed();
        }
      }
      const taken = inflate.bytesWritten - before;
      input.take(taken);
      if (taken < step.length) return;
    }
  } finally {
    inflate.destroy();
  }
}

/** What became of the last write, told by callbacks and events, one of which comes after the other. */
class InflateState {
  isWritten = true;
  failure: BrokenGzip | undefined;
  readonly #inflate: InflateRaw;
  #wake = () => {};

  constructor(inflate: InflateRaw) {
    this.#inflate = inflate;
    inflate.on('readable', () => this.#wake());
    // At the end of the data the write is not always called back.
    inflate.once('end', () => this.#written());
    inflate.once('error', (error) => {
      this.failure = new BrokenGzip('gzip-invalid', `the compressed data are invalid (${error.message})`, error);
      this.#wake();
    });
  }

  write(step: Uint8Array): void {
    this.isWritten = false;
    this.#inflate.write(step, (error) => {
      if (error === null || error === undefined) this.#written();
    });
  }

  /** Resolves at the next call back or event. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #written(): void {
    this.isWritten = true;
    this.#wake();
  }
}
