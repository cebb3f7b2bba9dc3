export interface ObjectBody {
  /** Content-Length of the answer; undefined when it has none. */
  readonly sizeBytes: number | undefined;
  readonly etag: string | undefined;
  /** The bytes as stored (still compressed). Throws ConnectorError 'object-cut' when the connection breaks. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What was not read is not wanted any more. To be called in the end, also when everything was read. */
  close(): void;
}

export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  /** The version announced: read where it is there and the role may, else the latest; the ETag tells which it was. */
  readonly versionId?: string | undefined;
}

export interface ObjectStore {
  /**
   * One GetObject, one more where the bucket lies in another region, and one more for the latest version where the named
   * one cannot be had: none is repeated. For each reading of a key
   * the flow calls it at most 7 times for one reading of the object; see limits/retryPolicy.ts. @throws ConnectorError
   */
  open(object: ObjectName, signal: AbortSignal): Promise<ObjectBody>;
}
