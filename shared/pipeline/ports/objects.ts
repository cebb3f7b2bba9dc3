export interface ObjectBody {
  /** Content-Length of the answer; undefined when it has none. */
  readonly sizeBytes: number | undefined;
  readonly etag: string | undefined;
  /** The bytes as stored (still compressed). Throws ConnectorError 'object-cut' when the connection breaks. Iterating must be finished or the signal aborted. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface ObjectStore {
  /**
   * One GetObject, and one more where the bucket lies in another region: neither is repeated. For each reading of a key
   * the flow calls it at most 7 times for one reading of the object; see limits/retryPolicy.ts. @throws ConnectorError
   */
  open(object: { readonly bucket: string; readonly key: string }, signal: AbortSignal): Promise<ObjectBody>;
}
