/** One SQS message as received. `receiptHandle` is new on every receive. */
export interface QueueMessage {
  readonly id: string;
  readonly body: string;
  readonly receiptHandle: string;
  /** ApproximateReceiveCount, this receive included. */
  readonly receiveCount: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** When this receive happened, by our clock: the 12 h cap counts from here. */
  readonly receivedAt: number;
}

/** Where a log file lies. `key` is decoded; `alternativeKey` is a second reading to try when the first is not found (EventBridge). */
export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
  readonly alternativeKey?: string;
  readonly etag?: string;
  readonly sizeBytes?: number;
  /** The version announced, where the bucket keeps versions. */
  readonly versionId?: string;
  /** Orders two announcements of one key: hexadecimal, to be padded with zeros on the left. */
  readonly sequencer?: string;
}
