/** A closed, compressed request body. */
export interface UploadBody {
  readonly gzipped: Uint8Array;
  readonly rows: number;
  /** Uncompressed JSON bytes, brackets and commas included. */
  readonly uncompressedBytes: number;
}

/**
 * One data collection rule's stream. Neither call repeats a request: the flow makes at most 13 for one body and rule, or
 * UPLOAD_ATTEMPTS and one where that is more; see limits/retryPolicy.ts.
 */
export interface Destination {
  /** Immutable ID of the rule. */
  readonly rule: string;
  readonly stream: string;
  /** One request; resolves only when the service answers for the rows. @throws ConnectorError */
  upload(body: UploadBody, signal: AbortSignal): Promise<void>;
  /** One request, a POST of `[]`: resolves when the rule would accept rows. @throws ConnectorError */
  probe(signal: AbortSignal): Promise<void>;
}
