import { createHash } from 'node:crypto';
import { readTrailer, trailerBytes } from '../../gzip/member.ts';
import type { ContentIdentity } from '../ports/unit.ts';

/** Passes stored bytes on, counts and hashes them, and keeps the trailer: the content's identity. */
export class WatchedContent {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #etag: string | undefined;
  readonly #hash = createHash('sha256');
  #sha256: string | undefined;
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
      this.#hash.update(chunk);
      yield chunk;
    }
    this.#sha256 = this.#hash.digest('base64url');
  }

  /** True once all bytes have passed, and they are the known ones. CRC-32 and length can be made to fit any content. */
  isKnown({ sha256 }: ContentIdentity): boolean {
    return sha256 !== undefined && sha256 === this.#sha256;
  }

  /**
   * Valid once all bytes have passed, and were decompressed without a complaint to so many. The trailer is that of the
   * last member only: where there are several, or something else at the end, the length gives it away.
   */
  identity(contentBytes: number): ContentIdentity {
    const trailer = this.#tail.length < trailerBytes ? undefined : readTrailer(this.#tail, 0);
    return {
      ...(this.#etag === undefined ? {} : { etag: bareEtag(this.#etag) }),
      ...(this.#sha256 === undefined ? {} : { sha256: this.#sha256 }),
      ...(trailer?.length === contentBytes ? trailer : {}),
    };
  }
}

/** True when the versions are equal, or the known content had none: CloudTrail never rewrites a log file, so the key alone nearly proves it. */
export function isSameContent(known: ContentIdentity, etag: string | undefined): boolean {
  return known.etag === undefined || (etag !== undefined && bareEtag(known.etag) === bareEtag(etag));
}

/** True when another version was found than was announced: what was announced is gone. */
export function isNotAsAnnounced(announced: string | undefined, found: string | undefined): boolean {
  return announced !== undefined && found !== undefined && bareEtag(announced) !== bareEtag(found);
}

/** True when both ETags are known and equal: needed before a part of the content is left out. */
export function isSurelySameContent(known: ContentIdentity, etag: string | undefined): boolean {
  return known.etag !== undefined && etag !== undefined && bareEtag(known.etag) === bareEtag(etag);
}

/** S3 quotes the ETag in headers, and leaves the quotes out in notifications. */
function bareEtag(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, '$1');
}
