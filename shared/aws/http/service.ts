import { hash } from 'node:crypto';
import type { Clock } from '../../words/clock.ts';
import { userAgent } from '../../words/version.ts';
import { type AwsRefusal, RefusedRequest } from '../answers/refusal.ts';
import { type HttpAnswer, httpClient } from './client.ts';
import { headerOf } from './header.ts';
import { type AwsKeys, requestSigner, type SignRequest } from './requestSigner.ts';
import type { AwsTimeouts } from './timeouts.ts';

/** Where a service is called, if not at its usual host. */
export interface ServicePlace {
  /** Replaces the service's address: for loopback only. */
  readonly endpoint?: string | undefined;
  /** By its FIPS host. */
  readonly isFips?: boolean | undefined;
}

export interface AwsServiceOptions {
  readonly name: 'cloudtrail' | 's3' | 'sqs';
  readonly clock: Pick<Clock, 'now'>;
  readonly timeouts: AwsTimeouts;
  /** Reads the service's error document. */
  readonly readRefusal: (status: number, headers: HttpAnswer['headers'], body: string) => AwsRefusal;
}

export interface AwsRequest {
  readonly region: string;
  readonly origin: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Percent-encoded; at most one parameter. */
  readonly query?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly answerMs?: number;
}

/** Signed requests to one service. */
export interface AwsService {
  /** The answer when it is a success; throws RefusedRequest, or whatever kept the answer from coming. */
  send(request: AwsRequest, keys: AwsKeys, signal: AbortSignal | undefined): Promise<HttpAnswer>;
  close(): void;
}

/** Error documents have some hundred bytes; a proxy's page may be anything. */
const maxRefusalBytes = 64 * 1024;

/**
 * What the SDK's clients do, without their middleware, which costs several times the request itself: sign, send, read a
 * refusal, and believe the service rather than this machine about the time.
 */
export function awsService(options: AwsServiceOptions): AwsService {
  const { name, clock, timeouts, readRefusal } = options;
  const http = httpClient(timeouts);
  const signers = new Map<string, SignRequest>();
  let clockOffsetMs = 0;

  const signerIn = (region: string): SignRequest => {
    const signer = signers.get(region) ?? requestSigner(name, region);
    signers.set(region, signer);
    return signer;
  };

  return {
    send: async (
      { region, origin, method, path, query, headers, body, answerMs = timeouts.answerMs },
      keys,
      signal,
    ) => {
      const payloadHash = body === undefined ? hashOfNothing : hash('sha256', body, 'hex');
      const signedAt = clock.now() + clockOffsetMs;
      const signed = signerIn(region)(
        {
          method,
          path,
          query,
          headers: { ...headers, host: origin.slice(origin.indexOf('//') + 2), 'x-amz-content-sha256': payloadHash },
          payloadHash,
        },
        keys,
        signedAt,
      );
      signed['user-agent'] = userAgent;
      const answer = await http.send(
        {
          origin,
          method,
          path: query === undefined ? path : `${path}?${query}`,
          headers: signed,
          answerMs,
          ...(body === undefined ? {} : { body }),
        },
        signal,
      );
      if (answer.status < 300) {
        return answer;
      }
      // A document that breaks off or does not end leaves the status, which tells what it can.
      const document = await answer.body.all(maxRefusalBytes).then(String, () => '');
      const refusal = readRefusal(answer.status, answer.headers, document);
      if (refusal.codes.some((code) => clockCodes.has(code))) {
        clockOffsetMs = (dateOf(answer) ?? signedAt) - clock.now();
      }
      throw new RefusedRequest(refusal);
    },
    close: () => http.close(),
  };
}

/** Codes that may mean that the request's date is too far from the service's. */
const clockCodes = new Set(['RequestTimeTooSkewed', 'RequestExpired', 'InvalidSignature']);

function dateOf({ headers }: HttpAnswer): number | undefined {
  const date = Date.parse(headerOf(headers, 'date') ?? '');
  return Number.isNaN(date) ? undefined : date;
}

const hashOfNothing = hash('sha256', '', 'hex');
