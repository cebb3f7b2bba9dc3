/** The bounds of one drain of one source. Every number is a setting, so that fault runs use seconds. */
export interface DrainSettings {
  /** Name of the source, for events. */
  readonly source: string;
  readonly allowedBuckets: readonly string[];
  /** A slice ends by itself after this long, and stops receiving `stopReceivingMs` before. */
  readonly sliceMs: number;
  readonly stopReceivingMs: number;
  readonly visibilitySeconds: number;
  readonly heartbeatMs: number;
  readonly receivers: number;
  readonly longPollSeconds: number;
  readonly objectsInFlight: number;
  /** Compressed bytes of objects being read at once. */
  readonly bytesInFlight: number;
  readonly decompressedBytesCap: number;
  /** Uncompressed JSON bytes of one request body. */
  readonly batchBytes: number;
  readonly lingerMs: number;
  readonly uploadsInFlight: number;
  readonly gzipLevel: number;
  /** While a backlog waits; default: `gzipLevel`. */
  readonly catchUpGzipLevel?: number;
  /** How often one body is sent to a rule that does not answer, or answers 5xx, before the circuit of the rule opens. */
  readonly uploadAttempts: number;
  /** Different objects of a bucket that must fail alike, with no success between, before its circuit opens. */
  readonly bucketFailures: number;
  /** Messages held at once, those whose rows only wait for their upload included. Default 1,000. */
  readonly messagesHeld?: number;
  /** Messages one slice may send into back-off (they count as in flight) before it stops receiving. Default 1,000. */
  readonly messagesBackedOff?: number;
}
