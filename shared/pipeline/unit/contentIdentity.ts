import { crc32 } from 'node:zlib';
import { readTrailer, trailerBytes } from '../../gzip/member.ts';
import type { ContentIdentity } from '../ports/unit.ts';

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

  /**
   * Valid once all bytes have passed, and were decompressed without a complaint to so many. The trailer is that of the
   * last member only: where there are several, or something else at the end, the length gives it away.
   */
  identity(contentBytes: number): ContentIdentity {
    const trailer = this.#tail.length < trailerBytes ? undefined : readTrailer(this.#tail);
    return {
      ...(this.#etag === undefined ? {} : { etag: bareEtag(this.#etag) }),
      ...(trailer?.length === contentBytes ? trailer : {}),
    };
  }
}

/** True unless both ETags are known and differ: CloudTrail never rewrites a log file, so the key alone nearly proves it. */
export function isSameContent(known: ContentIdentity, etag: string | undefined): boolean {
  return known.etag === undefined || etag === undefined || bareEtag(known.etag) === bareEtag(etag);
}

/**
 * True when these decompressed bytes are the known content, whatever its ETag: a bucket that is copied over itself, or
 * encrypted with another key, gives its objects other ETags. Nothing is taken from a trailer, which can belong to other bytes.
 */
export function isKnownContent(known: ContentIdentity, content: Uint8Array): boolean {
  return known.length === content.length && known.crc32 === crc32(content);
}

/** True when both ETags are known and equal: needed before a part of the content is left out. */
export function isSurelySameContent(known: ContentIdentity, etag: string | undefined): boolean {
  return known.etag !== undefined && etag !== undefined && bareEtag(known.etag) === bareEtag(etag);
}

/** S3 quotes the ETag in headers, and leaves the quotes out in notifications. */
function bareEtag(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, '$1');
}
