import { gzipSync } from 'node:zlib';
import type { TokenCredential } from '@azure/core-auth';
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { LogsIngestionClient } from '@azure/monitor-ingestion';
import type { Destination } from '../../pipeline/ports/destination.ts';
import type { Clock } from '../../words/clock.ts';
import type { ConnectorError } from '../../words/errors.ts';
import { azureUserAgent } from '../../words/version.ts';
import { type AccessTokens, cachedAccessTokens } from './accessTokens.ts';
import {
  isAccepted,
  tokenUnavailable,
  type UploadAttempt,
  uploadGivenUp,
  uploadRefused,
  uploadUnanswered,
} from './uploadFailure.ts';

export interface LogsIngestionOptions {
  /** Such as `https://<name>.<region>-1.ingest.monitor.azure.com`. */
  readonly endpoint: string;
  /** Such as `https://monitor.azure.com/.default`. */
  readonly scope: string;
  /** Immutable IDs of rules that all have the stream. */
  readonly ruleIds: readonly [string, ...string[]];
  readonly stream: string;
  readonly credential: TokenCredential;
  readonly clock: Clock;
  /** From connecting to the last byte of the answer: the client itself would wait for ever. */
  readonly timeoutMs?: number | undefined;
  /** Authorities to trust in place of Node's own: for a server on this machine. */
  readonly ca?: string | undefined;
}

/** https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview#rest-api-call */
const apiVersion = '2023-01-01';
const defaultTimeoutMs = 30_000;

/** One destination per rule, over one pool of connections and one token. */
export function logsIngestionDestinations(options: LogsIngestionOptions): readonly [Destination, ...Destination[]] {
  const post = poster(options);
  const destination = (rule: string): Destination => ({
    rule,
    stream: options.stream,
    upload: (body, signal) =>
      post(rule, `uploading ${body.rows} rows (${body.gzipped.byteLength} bytes)`, body.gzipped, signal),
    probe: (signal) => post(rule, 'probing with no rows', noRows, signal),
  });
  const [first, ...others] = options.ruleIds;
  return [destination(first), ...others.map(destination)];
}

/** One request. A token that is refused is forgotten: whoever tries again shows a new one. */
type Post = (rule: string, what: string, gzipped: Uint8Array, signal: AbortSignal) => Promise<void>;

function poster(options: LogsIngestionOptions): Post {
  const { endpoint, scope, stream, credential, clock, timeoutMs = defaultTimeoutMs } = options;
  const { origin, host } = new URL(endpoint);
  const tokens = cachedAccessTokens({ credential, scope, clock });
  const send = sender(origin, tokens, options.ca);

  const once = async (rule: string, what: string, gzipped: Uint8Array, signal: AbortSignal): Promise<Answered> => {
    const request = createPipelineRequest({
      url: `${origin}/dataCollectionRules/${encodeURIComponent(rule)}/streams/${encodeURIComponent(stream)}?api-version=${apiVersion}`,
      method: 'POST',
      headers: createHttpHeaders({ 'content-type': 'application/json', 'content-encoding': 'gzip' }),
      body: gzipped,
      timeout: timeoutMs,
      abortSignal: signal,
    });
    const attempt = { what, rule, stream, host, requestId: request.requestId };
    const noToken = (error: unknown): ConnectorError =>
      signal.aborted ? uploadGivenUp(attempt, false) : tokenUnavailable(attempt, scope, error);
    // Asked for here and not by the policy alone, so that our signal ends the wait and the failure has its own name.
    await tokens.get(signal).catch((error: unknown) => {
      throw noToken(error);
    });
    try {
      return { attempt, response: await send(request), token: bearerOf(request) };
    } catch (error) {
      if (bearerOf(request) === '') {
        throw noToken(error);
      }
      throw signal.aborted
        ? uploadGivenUp(attempt, true)
        : uploadUnanswered(attempt, error, isAbort(error) ? timeoutMs : undefined);
    }
  };

  return async (...upload) => {
    const { attempt, response, token } = await once(...upload);
    if (response.status === 401) {
      tokens.forget(token);
    }
    const header = (name: string) => response.headers.get(name);
    const answer = { status: response.status, header, text: response.bodyAsText ?? '' };
    if (!isAccepted(answer)) {
      throw uploadRefused(attempt, answer, clock.now());
    }
  };
}

interface Answered {
  readonly attempt: UploadAttempt;
  readonly response: PipelineResponse;
  /** The token that was shown. */
  readonly token: string;
}

/** The SDK client's own pipeline (bearer token over TLS only, proxies, telemetry), without what gets between us and one request. */
function sender(
  origin: string,
  tokens: AccessTokens,
  ca: string | undefined,
): (request: PipelineRequest) => Promise<PipelineResponse> {
  // An expiry in the past switches the policy's own cache off: see accessTokens.ts.
  const getToken = async () => ({ token: await tokens.get(), expiresOnTimestamp: 0 });
  const { pipeline } = new LogsIngestionClient(
    origin,
    { getToken },
    {
      ...azureUserAgent,
      ...(ca === undefined ? {} : { tlsOptions: { ca } }),
    },
  );
  // Bodies come compressed; the flow decides on retries; a followed redirect turns a POST into a GET that "succeeds".
  pipeline.removePolicy({ name: 'GzippingPolicy' });
  pipeline.removePolicy({ phase: 'Retry' });
  pipeline.removePolicy({ name: 'redirectPolicy' });
  const httpClient = createDefaultHttpClient();
  return (request) => pipeline.sendRequest(httpClient, request);
}

/** `[]`, compressed as every other body: the same path through the service, and nothing to store. */
const noRows = gzipSync('[]');

function bearerOf(request: PipelineRequest): string {
  return request.headers.get('authorization')?.replace(/^Bearer /, '') ?? '';
}

/** The client's word for its own time-out as well as for our signal. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
