import { promisify } from 'node:util';
import { gunzip, gunzipSync, type InputType, type ZlibOptions } from 'node:zlib';

/** More than this is inflated in steps, so that what is held in memory stays bounded. */
export const mostContentBytes = 16 * 1024 * 1024;

/** Up to these sizes (some 2 ms) inflating in place costs less than the way through the thread pool. */
const inPlaceBytes = 64 * 1024;
const inPlaceContentBytes = 1024 * 1024;

/**
 * The content of a gzip object that lies in memory whole, at once; undefined when anything is out of the ordinary: then
 * the careful way tells what is wrong. `expectedBytes` of content are the most that is taken.
 */
export async function inflateWhole(
  bytes: Uint8Array,
  expectedBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const options = {
    // One byte more than the content, or zlib asks for another chunk before it sees the end.
    chunkSize: expectedBytes + 1,
    // More than its trailer says is out of the ordinary, and could be more than there is room for.
    maxOutputLength: expectedBytes + 1,
    info: true,
  };
  try {
    const isSmall = bytes.length <= inPlaceBytes && options.chunkSize <= inPlaceContentBytes;
    const { buffer, engine } = await (isSmall ? inPlace(bytes, options) : onPool(bytes, options));
    // Node's gunzip says nothing of bytes behind the last member.
    return engine.bytesWritten === bytes.length ? buffer : undefined;
  } catch {
    // Broken or too large.
    return undefined;
  }
}

/** How much an object of so many stored bytes holds, by the length in its last trailer, which is only believed within reason. */
export function believedLength(storedBytes: number, toldBytes: number): number {
  return Math.min(Math.max(toldBytes, storedBytes, minimalBytes), mostContentBytes);
}

const minimalBytes = 64;

/** The answer to the option `info`, which the types leave out: https://nodejs.org/docs/latest-v24.x/api/zlib.html#class-options */
interface Inflated {
  readonly buffer: Buffer<ArrayBuffer>;
  readonly engine: { readonly bytesWritten: number };
}

const onPool = promisify(gunzip) as unknown as (bytes: InputType, options: ZlibOptions) => Promise<Inflated>;

const inPlace = gunzipSync as unknown as (bytes: InputType, options: ZlibOptions) => Inflated;
