import { createInflateRaw } from 'node:zlib';
import type { ByteReader } from './byteReader.ts';
import { BrokenGzip } from './member.ts';

/** With Node's default of 16 KiB every piece costs a way through the thread pool: four times slower in all. */
const chunkSize = 256 * 1024;

/** Left to the garbage collector, 64 MB of such memory would pile up between two of its runs. */
export function release(buffer: ArrayBuffer): void {
  buffer.transfer(0);
}

/**
 * Inflates the deflate data at the reader's position and takes exactly its bytes, so that what follows (trailer, another
 * member, garbage) can be judged. Ends early when the bytes do. A piece is good until the next is asked for.
 * @throws BrokenGzip
 */
export async function* inflateMember(
  input: ByteReader,
  stepBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflate = createInflateRaw({ chunkSize });
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  inflate.on('data', (piece: Uint8Array<ArrayBuffer>) => pieces.push(piece));
  const failed = new Promise<BrokenGzip>((resolve) => {
    inflate.once('error', (error) => {
      resolve(new BrokenGzip('gzip-invalid', `the compressed data are invalid (${error.message})`, error));
    });
  });
  let chunk: ArrayBuffer | undefined;
  try {
    for (;;) {
      // A smaller step costs less than putting bytes together for a full one.
      await input.fill(stepBytes / 4);
      const step = input.buffered.subarray(0, stepBytes);
      if (step.length === 0) return;
      const before = inflate.bytesWritten;
      const written = new Promise<undefined>((resolve) => inflate.write(step, () => resolve(undefined)));
      const failure = await Promise.race([failed, written]);
      while (inflate.read() !== null) {
        // What is still queued goes to the listener above.
      }
      for (const piece of pieces) {
        // zlib fills one chunk to its end before it begins another.
        if (chunk !== undefined && chunk !== piece.buffer) release(chunk);
        chunk = piece.buffer;
        yield piece;
      }
      pieces = [];
      if (failure !== undefined || inflate.destroyed) throw failure ?? (await failed);
      const taken = inflate.bytesWritten - before;
      input.take(taken);
      if (taken < step.length) return;
    }
  } finally {
    inflate.destroy();
  }
}
