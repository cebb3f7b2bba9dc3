import { STSClient } from '@aws-sdk/client-sts';
import { serviceHost } from '../../words/partitions.ts';
import { awsUserAgent } from '../../words/version.ts';
import type { AwsKeys } from '../http/requestSigner.ts';
import type { ServicePlace } from '../http/service.ts';
import { type AwsTimeouts, defaultAwsTimeouts } from '../http/timeouts.ts';
import { guardHandler } from './guardHandler.ts';

export interface StsClientOptions extends ServicePlace {
  readonly region: string;
  /** Called for every request: it caches by itself. Absent: the SDK's default chain. */
  readonly credentials?: (() => Promise<AwsKeys>) | undefined;
  readonly timeouts?: AwsTimeouts | undefined;
}

/**
 * STS is asked once an hour, so the SDK's own client does it, default chain of credentials included. Tokens are shown to
 * it, so it is told everything that it would otherwise look for in the environment and in the shared configuration file
 * (AWS_ENDPOINT_URL_STS, `endpoint_url`, `services`, FIPS, dual stack): neither may send a token elsewhere.
 */
export function stsClient(options: StsClientOptions): STSClient {
  const { credentials, timeouts = defaultAwsTimeouts } = options;
  const endpoint = options.endpoint ?? `https://${serviceHost('sts', options.region, options.isFips)}`;
  const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, timeout: timeouts.idleSocketMs };
  const client = new STSClient({
    region: options.region,
    endpoint,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    defaultsMode: 'standard',
    retryMode: 'standard',
    maxAttempts: 1,
    ...awsUserAgent,
    authSchemePreference: [],
    requestHandler: {
      connectionTimeout: timeouts.connectMs,
      requestTimeout: timeouts.answerMs,
      // Without it the SDK only warns, and waits for ever.
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: { ...agent, rejectUnauthorized: true },
    },
    // `memoized` keeps the SDK from caching what sourceCredentials caches and can invalidate.
    ...(credentials === undefined ? {} : { credentials: Object.assign(() => credentials(), { memoized: true }) }),
  });
  guardHandler(client, endpoint);
  return client;
}
