import type { ContentIdentity } from './ports.ts';

/** https://www.rfc-editor.org/rfc/rfc1952#page-5: a gzip member ends with CRC-32 and length, four bytes each. */
const trailerBytes = 8;

/** Passes compressed bytes on, counts them, and keeps the trailer: the content's identity without a hash. */
export class WatchedContent {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #etag: string | undefined;
  #tail = Buffer.alloc(0);
  /** Compressed bytes passed on so far. */
  bytes = 0;

  constructor(chunks: AsyncIterable<Uint8Array>, etag: string | undefined) {
    this.#chunks = chunks;
    this.#etag = etag;
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of this.#chunks) {
      this.bytes += chunk.length;
      this.#tail = Buffer.concat([this.#tail, chunk.subarray(-trailerBytes)]).subarray(-trailerBytes);
      yield chunk;
    }
  }

  /** Valid once all bytes have passed. */
  get identity(): ContentIdentity {
    return {
      ...(this.#etag === undefined ? {} : { etag: bareEtag(this.#etag) }),
      ...(this.#tail.length < trailerBytes
        ? {}
        : { crc32: this.#tail.readUInt32LE(0), length: this.#tail.readUInt32LE(4) }),
    };
  }
}

/** True unless both ETags are known and differ: CloudTrail never rewrites a log file, so the key alone nearly proves it. */
export function isSameContent(known: ContentIdentity, etag: string | undefined): boolean {
  return known.etag === undefined || etag === undefined || bareEtag(known.etag) === bareEtag(etag);
}

/** True when both ETags are known and equal: needed before a part of the content is left out. */
export function isSurelySameContent(known: ContentIdentity, etag: string | undefined): boolean {
  return known.etag !== undefined && etag !== undefined && bareEtag(known.etag) === bareEtag(etag);
}

/** S3 quotes the ETag in headers, and leaves the quotes out in notifications. */
function bareEtag(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, '$1');
}
