import { constants, createGzip, type Gzip, type ZlibReset } from 'node:zlib';

/** Compresses a closed body to gzip; the given bytes may be reused once it resolved. */
export type Compress = (bytes: Uint8Array, level: number) => Promise<Uint8Array>;

/**
 * Runs on the thread pool, with compressors that are used again: a new one for every body costs a twentieth of the time,
 * most of it for memory that is given back at once. The bytes it answers may share a buffer with those of other bodies.
 */
export const compressBody: Compress = async (bytes, level) => {
  const idle = idleCompressors.get(level) ?? [];
  idleCompressors.set(level, idle);
  const compressor = idle.pop() ?? new Compressor(level);
  const gzipped = await compressor.compress(bytes);
  // One that failed is not used again.
  if (idle.length < mostIdle) idle.push(compressor);
  return gzipped;
};

/** By level. Each holds some 400 KB. */
const idleCompressors = new Map<number, Compressor[]>();

/** As many as Node's pool has threads, unless told otherwise. */
const mostIdle = 4;

/** Output of some ten bodies. With Node's default of 16 KiB every piece costs a way through the thread pool. */
const chunkSize = 1024 * 1024;

class Compressor {
  readonly #gzip: Gzip & ZlibReset;
  #pieces: Uint8Array[] = [];

  constructor(level: number) {
    // Every write ends a gzip member. The highest memory level saves a twentieth of the time for 128 KB more.
    const gzip = createGzip({ level, memLevel: 9, chunkSize, flush: constants.Z_FINISH });
    // Every stream of the deflate algorithm can be reset: https://nodejs.org/docs/latest-v24.x/api/zlib.html#zlibreset
    this.#gzip = gzip as Gzip & ZlibReset;
    this.#gzip.on('data', (piece: Uint8Array) => this.#pieces.push(piece));
    // Told by the write that failed.
    this.#gzip.on('error', () => undefined);
  }

  async compress(bytes: Uint8Array): Promise<Uint8Array> {
    await new Promise<void>((resolve, reject) => {
      this.#gzip.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    while (this.#gzip.read() !== null) {
      // What is still queued goes to the listener above.
    }
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#gzip.reset();
    const [only] = pieces;
    return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces);
  }
}
