import type { TokenCredential } from '@azure/core-auth';
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { Breaker } from '../../kit/breaker.ts';
import { shortText } from '../../kit/shortText.ts';
import type { MetricSink } from '../../pipeline/ports/metrics.ts';
import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import { azureUserAgent } from '../../words/version.ts';
import { reasonOf } from '../identity.ts';
import { type AccessTokens, cachedAccessTokens } from '../ingestion/accessTokens.ts';
import { envelopesOf } from './envelopes.ts';
import type { InsightsReading, InsightsTarget } from './target.ts';

export interface InsightsOptions {
  readonly reading: Exclude<InsightsReading, { readonly kind: 'none' }>;
  /** Whoever the authentication string names. */
  readonly credential: TokenCredential;
  /** What tokens are asked for when the connection string names no audience: that of Azure Monitor in this cloud. */
  readonly scope: string;
  readonly clock: Clock;
  /** Authorities to trust in place of Node's own: for a server on this machine. */
  readonly ca?: string | undefined;
}

/** After a failure nothing is sent for this long: a slice must not wait for a service that is away each time. */
const pauseMs = 5 * 60_000;

/** Sends metrics to Application Insights, each once: a gap in a chart harms nobody, a retry would hold up a drain. */
export function insightsSink({ ca, clock, credential, reading, scope }: InsightsOptions): MetricSink {
  const breaker = new Breaker(clock, () => pauseMs);
  const post =
    reading.kind === 'odd' ? refuse(reading.problem) : poster(reading.target, { ca, clock, credential, scope });
  return {
    send: async (metrics, signal) => {
      if (breaker.isOpen && !breaker.tryNow()) return 'paused';
      try {
        await post((key) => envelopesOf(metrics, key), signal);
        breaker.close();
        return 'sent';
      } catch (error) {
        breaker.failed();
        throw error;
      }
    },
  };
}

type Post = (envelopes: (key: string) => readonly object[], signal: AbortSignal) => Promise<void>;

function refuse(problem: string): Post {
  return async () => {
    throw new ConnectorError('settings-invalid', `${problem}: no metrics are sent`, { remedy: copyAgain });
  };
}

const copyAgain =
  'Copy the connection string of the Application Insights resource into APPLICATIONINSIGHTS_CONNECTION_STRING again.';
const assignRole =
  "Assign the role Monitoring Metrics Publisher on the Application Insights resource to the app's identity; deploying the Azure template again does it. It takes up to 30 minutes to have effect.";

function poster(
  { endpoint, identity, instrumentationKey, scope: own }: InsightsTarget,
  { ca, clock, credential, scope }: Omit<InsightsOptions, 'reading'>,
): Post {
  const tokens = identity === undefined ? undefined : cachedAccessTokens({ credential, scope: own ?? scope, clock });
  const send = sender(ca);
  const { host } = new URL(endpoint);

  return async (envelopes, signal) => {
    const token = tokens === undefined ? undefined : await tokenFrom(tokens, host, signal);
    const request = createPipelineRequest({
      url: `${endpoint}/v2.1/track`,
      method: 'POST',
      headers: createHttpHeaders({
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      }),
      body: JSON.stringify(envelopes(instrumentationKey)),
      abortSignal: signal,
    });
    const { status, bodyAsText } = await send(request).catch((error: unknown) => {
      throw unavailable(`${host} did not answer: ${signal.aborted ? 'not in time' : textOf(error)}`, error);
    });
    if (status === 401 && token !== undefined) tokens?.forget(token);
    judge(host, status, bodyAsText ?? '');
  };
}

async function tokenFrom(tokens: AccessTokens, host: string, signal: AbortSignal): Promise<string> {
  try {
    return await tokens.get(signal);
  } catch (error) {
    throw unavailable(`no token for ${host}: ${signal.aborted ? 'not in time' : reasonOf(error)}`, error);
  }
}

/** The client's own pipeline (proxies, TLS, user agent), without what makes more of one request. */
function sender(ca: string | undefined): (request: PipelineRequest) => Promise<PipelineResponse> {
  const pipeline = createPipelineFromOptions({
    ...azureUserAgent,
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
  });
  pipeline.removePolicy({ phase: 'Retry' });
  // A token is shown to the host that was configured alone.
  pipeline.removePolicy({ name: 'redirectPolicy' });
  const client = createDefaultHttpClient();
  return (request) => pipeline.sendRequest(client, request);
}

/** 206: some were not taken. 402, 429 and 439: a quota or the pace. The answers are listed where the shape of envelopes is. */
function judge(host: string, status: number, text: string): void {
  if (status === 200) return;
  const said = `${host} answered ${status}: ${shortText(text)}`;
  if (status >= 500 || [402, 408, 429, 439].includes(status)) throw unavailable(said);
  const remedy = status === 401 || status === 403 ? assignRole : copyAgain;
  throw new ConnectorError('insights-refused', said, status === 206 ? {} : { remedy });
}

function unavailable(message: string, cause?: unknown): ConnectorError {
  return new ConnectorError('insights-unavailable', message, { cause });
}

function textOf(error: unknown): string {
  return shortText(error instanceof Error ? error.message : String(error));
}
