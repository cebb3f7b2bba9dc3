/** An object as a listing tells it. */
export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
}

/** One page of a bucket's keys, in their order. */
export interface ListedPage {
  readonly objects: readonly ListedObject[];
  /** Folders directly below the prefix, when these were asked for: their whole prefixes, with the slash at the end. */
  readonly folders: readonly string[];
  /** Asks for the page after this one; undefined on the last. */
  readonly next: string | undefined;
}

export interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** Only keys behind this one. */
  readonly after?: string | undefined;
  /** One level only: what lies deeper is told as folders. */
  readonly isLevel?: boolean;
  /** As the page before told it, with all else unchanged. */
  readonly next?: string | undefined;
  /** 1,000 unless told. */
  readonly most?: number;
}

/** Lists buckets. One request a call. @throws ConnectorError */
export interface BucketListing {
  list(request: ListRequest, signal: AbortSignal): Promise<ListedPage>;
}
