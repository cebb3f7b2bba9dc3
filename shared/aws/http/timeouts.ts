/** How long to wait for AWS. Long polls add their own wait to `answerMs`. */
export interface AwsTimeouts {
  readonly connectMs: number;
  /** From sending to the first byte of the answer. */
  readonly answerMs: number;
  /** Between two pieces of an answer's body, counted only while we wait for one. */
  readonly bodyIdleMs: number;
  /** A kept connection unused for this long is closed by us, before the service does it under a request. */
  readonly idleSocketMs: number;
}

export const defaultAwsTimeouts: AwsTimeouts = {
  connectMs: 5_000,
  answerMs: 15_000,
  bodyIdleMs: 30_000,
  idleSocketMs: 15_000,
};
