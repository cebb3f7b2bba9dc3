import { STSClient } from '@aws-sdk/client-sts';
import type { AwsKeys } from '../http/requestSigner.ts';
import { type AwsTimeouts, defaultAwsTimeouts } from '../http/timeouts.ts';

export interface StsClientOptions {
  readonly region: string;
  /** Called for every request: it caches by itself. Absent: the SDK's default chain. */
  readonly credentials?: (() => Promise<AwsKeys>) | undefined;
  /** Replaces the service's address: for loopback only. */
  readonly endpoint?: string | undefined;
  readonly timeouts?: AwsTimeouts | undefined;
}

/** STS is asked once an hour, so the SDK's own client does it, default chain of credentials included. */
export function stsClient(options: StsClientOptions): STSClient {
  const { credentials, timeouts = defaultAwsTimeouts } = options;
  const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, timeout: timeouts.idleSocketMs };
  return new STSClient({
    region: options.region,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: timeouts.connectMs,
      requestTimeout: timeouts.answerMs,
      // Without it the SDK only warns, and waits for ever.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    // `memoized` keeps the SDK from caching what sourceCredentials caches and can invalidate.
    ...(credentials === undefined ? {} : { credentials: Object.assign(() => credentials(), { memoized: true }) }),
  });
}
