import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';

/** How long to wait for AWS. Long polls add their own wait to `answerMs`. */
export interface AwsTimeouts {
  readonly connectMs: number;
  /** From sending to the first byte of the answer. */
  readonly answerMs: number;
  /** Between two pieces of an object's body, counted only while we wait for one. */
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

/** An access key pair, with the token of its session when it has one. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface AwsClientOptions {
  readonly region: string;
  /** Called for every request: it caches by itself. Absent: the SDK's default chain. */
  readonly credentials?: (() => Promise<AwsKeys>) | undefined;
  /** Replaces the service's address: for loopback only. */
  readonly endpoint?: string | undefined;
  readonly timeouts?: AwsTimeouts | undefined;
}

export function stsClient(options: AwsClientOptions): STSClient {
  return new STSClient(common(options));
}

/** The queue URL stays an identifier: requests go to the region's endpoint, never to a host named by a URL. */
export function sqsClient(options: AwsClientOptions): SQSClient {
  return new SQSClient({ ...common(options), useQueueUrlAsEndpoint: false });
}

/** Checksums of bodies are left to gzip's own CRC-32; path style only where host names of buckets do not resolve. */
export function s3Client(options: AwsClientOptions): S3Client {
  return new S3Client({
    ...common(options),
    forcePathStyle: options.endpoint !== undefined,
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestChecksumCalculation: 'WHEN_REQUIRED',
    disableS3ExpressSessionAuth: true,
  });
}

function common(options: AwsClientOptions) {
  const { credentials, timeouts = defaultAwsTimeouts } = options;
  // The flow bounds concurrency; a second bound here would count queueing as connecting, and time out.
  const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, timeout: timeouts.idleSocketMs };
  return {
    region: options.region,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: timeouts.connectMs,
      requestTimeout: timeouts.answerMs,
      // Without it the SDK only warns, and waits for ever.
      throwOnRequestTimeout: true,
      // No limit on silence as such: long polls are silent, and so is a body whose reader is held back.
      socketTimeout: 0,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    // `memoized` keeps the SDK from caching what sourceCredentials caches and can invalidate.
    ...(credentials === undefined ? {} : { credentials: Object.assign(() => credentials(), { memoized: true }) }),
  };
}
