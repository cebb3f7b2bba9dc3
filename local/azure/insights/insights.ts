import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { JSONWebKeySet } from 'jose';
import type { Clock } from '../../../shared/words/clock.ts';
import { closeServer, listenOnLoopback } from '../../process/loopbackServer.ts';
import type { LoopbackCertificates } from '../ingestion/certificates.ts';
import { createFaults, type Faults } from '../ingestion/faults.ts';
import { readBody } from '../ingestion/requestBody.ts';
import { createTokenCheck } from '../ingestion/tokenCheck.ts';
import { openTableWriter } from '../table/writer.ts';
import { type Metric, readMetric } from './metric.ts';

export interface InsightsOptions {
  readonly clock: Clock;
  readonly certificates: LoopbackCertificates;
  /** Where what was taken is kept, as `metrics.ndjson`. */
  readonly directory: string;
  /** Whose tokens are trusted. */
  readonly keys: JSONWebKeySet;
  readonly issuer: string;
  /** As the deployed resource tells it: its key is the one to be named. */
  readonly connectionString: string;
  /** The resource's `DisableLocalAuth`: the key alone opens nothing. */
  readonly needsToken: boolean;
  /** Principals with the role Monitoring Metrics Publisher. */
  readonly publishers: readonly string[];
}

/** The running Application Insights. */
export interface LocalInsights {
  readonly connectionString: string;
  readonly metricsFile: string;
  readonly faults: Faults;
  /** May be changed, as an owner changes role assignments. */
  readonly publishers: Set<string>;
  /** What was taken, in order. */
  readonly metrics: readonly Metric[];
  /** The User-Agent of each request. */
  readonly userAgents: readonly string[];
  stop(): Promise<void>;
}

/** Above this a body is refused; metrics of a slice are some kilobytes. */
const bodyLimitBytes = 1_000_000;

/** The endpoint that takes telemetry, for metrics alone: shape and answers as in the track API's published description. */
export async function startInsights(options: InsightsOptions): Promise<LocalInsights> {
  const { certificates, clock, connectionString, directory, needsToken } = options;
  const key = /InstrumentationKey=([^;]+)/.exec(connectionString)?.[1] ?? '';
  const checkToken = createTokenCheck({ ...options, audience: 'https://monitor.azure.com' });
  const publishers = new Set(options.publishers);
  const metrics: Metric[] = [];
  const userAgents: string[] = [];
  const faults = createFaults();
  const metricsFile = join(directory, 'metrics.ndjson');
  const file = await openTableWriter(metricsFile);
  const stopping = new AbortController();

  const refusal = async (authorization: string | undefined): Promise<readonly [number, string] | undefined> => {
    if (!needsToken && authorization === undefined) return undefined;
    const token = await checkToken(authorization);
    if (token.kind === 'invalid') return [401, token.reason];
    return publishers.has(token.principalId) ? undefined : [403, 'The principal may not publish telemetry.'];
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    userAgents.push(request.headers['user-agent'] ?? '');
    const fault = faults.draw(request.url ?? '');
    if (fault?.latencyMs !== undefined) await clock.sleep(fault.latencyMs, stopping.signal);
    const body = (await readBody(request, bodyLimitBytes))?.toString();
    if (fault?.kind === 'stall') return;
    if (fault?.kind === 'reset') return void request.socket.destroy();
    if (fault?.kind === 'status') return answer(response, fault.status ?? 503, 0, [{ message: 'A planned fault.' }]);
    if (`${request.method} ${request.url}` !== 'POST /v2.1/track') return answer(response, 404, 0, []);
    const refused = await refusal(request.headers.authorization);
    if (refused !== undefined) return answer(response, refused[0], 0, [{ message: refused[1] }]);
    const items: unknown = JSON.parse(body ?? 'null');
    if (!Array.isArray(items)) return answer(response, 400, 0, [{ message: 'A list of items is expected.' }]);
    const read = items.map((item) => readMetric(item, key));
    const taken = read.filter((each) => typeof each !== 'string');
    metrics.push(...taken);
    await file.append(taken.map((metric) => Buffer.from(`${JSON.stringify(metric)}\n`)));
    const errors = read.flatMap((each, index) =>
      typeof each === 'string' ? [{ index, statusCode: 400, message: each }] : [],
    );
    answer(response, errors.length === 0 ? 200 : taken.length === 0 ? 400 : 206, items.length, errors);
  };

  const server = createServer(
    { key: certificates.key, cert: certificates.certificate, minVersion: 'TLSv1.2' },
    (request, response) => {
      handle(request, response).catch(() => response.destroy());
    },
  );
  const port = await listenOnLoopback(server);
  return {
    connectionString: `${connectionString};IngestionEndpoint=https://127.0.0.1:${port}/`,
    ...{ metricsFile, faults, publishers, metrics, userAgents },
    async stop() {
      stopping.abort();
      await closeServer(server);
      await file.close();
    },
  };
}

function answer(response: ServerResponse, status: number, received: number, errors: readonly object[]): void {
  const body = { itemsReceived: received, itemsAccepted: Math.max(0, received - errors.length), errors };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
