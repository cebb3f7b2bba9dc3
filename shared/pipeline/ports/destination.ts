/** A closed, compressed request body. */
export interface UploadBody {
  readonly gzipped: Uint8Array;
  readonly rows: number;
  /** Uncompressed JSON bytes, brackets and commas included. */
  readonly uncompressedBytes: number;
}

/** One data collection rule's stream. */
export interface Destination {
  /** Immutable ID of the rule. */
  readonly rule: string;
  readonly stream: string;
  /** One request; resolves only on 2xx. @throws ConnectorError */
  upload(body: UploadBody, signal: AbortSignal): Promise<void>;
  /** A POST of `[]`: resolves when the rule would accept rows. @throws ConnectorError */
  probe(signal: AbortSignal): Promise<void>;
}
