import { createInflateRaw } from 'node:zlib';
import type { ByteReader } from './byteReader.ts';

/** With Node's default of 16 KiB every piece costs a way through the thread pool: four times slower in all. */
const chunkSize = 256 * 1024;

/** The deflate data cannot be inflated further. */
export class BrokenDeflate extends Error {
  override readonly name = 'BrokenDeflate';
}

/**
 * Inflates the deflate data at the reader's position and takes exactly its bytes, so that what follows (trailer, another
 * member, garbage) can be judged. Ends early when the bytes do.
 * @throws BrokenDeflate
 */
export async function* inflateMember(
  input: ByteReader,
  stepBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflate = createInflateRaw({ chunkSize });
  let pieces: Uint8Array[] = [];
  inflate.on('data', (piece: Uint8Array) => pieces.push(piece));
  const failed = new Promise<never>((_, reject) => {
    inflate.once('error', (error) => reject(new BrokenDeflate(error.message, { cause: error })));
  });
  // Whoever waits for a step sees the failure; between two steps nobody does.
  failed.catch(() => undefined);
  try {
    for (;;) {
      await input.fill(stepBytes);
      const step = input.buffered.subarray(0, stepBytes);
      if (step.length === 0) return;
      const before = inflate.bytesWritten;
      await Promise.race([failed, new Promise<void>((resolve) => inflate.write(step, () => resolve()))]);
      while (inflate.read() !== null) {
        // What is still queued goes to the listener above.
      }
      const taken = inflate.bytesWritten - before;
      input.take(taken);
      yield* pieces;
      pieces = [];
      if (taken < step.length) return;
    }
  } finally {
    inflate.destroy();
  }
}
