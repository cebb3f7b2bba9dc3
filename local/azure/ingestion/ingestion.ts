import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { JSONWebKeySet } from 'jose';
import type { Clock } from '../../../shared/words/clock.ts';
import { closeServer, listenOnLoopback } from '../../process/loopbackServer.ts';
import { openTableWriter } from '../table/writer.ts';
import { bodyLimitBytes } from './bodyIntake.ts';
import { createLoopbackCertificates, type LoopbackCertificates } from './certificates.ts';
import { createRules, type DataCollectionRules, type RuleOptions } from './dataCollectionRules.ts';
import { createFaults, type Fault, type Faults, readFaultPlan } from './faults.ts';
import { cutBody, readBody } from './requestBody.ts';
import { countUp, createIngestionCounters, type IngestionStats } from './stats.ts';
import type { RuleRate } from './tokenBucket.ts';
import { createTokenCheck } from './tokenCheck.ts';
import { createUploadJudge, refuse, type Verdict } from './uploadJudge.ts';

export interface IngestionOptions {
  readonly clock: Clock;
  /** Where the certificate authority (`ingestion-ca.pem`) and, in mode `keep`, the table (`table.ndjson`) are written. */
  readonly directory: string;
  /** Whose tokens are trusted. */
  readonly keys: JSONWebKeySet;
  readonly issuer: string;
  readonly audience?: string;
  /** Absent: made for it alone. */
  readonly certificates?: LoopbackCertificates;
  readonly rules: readonly RuleOptions[];
  /** `keep` appends accepted rows to the table file; `count` checks and counts them only. */
  readonly mode: 'keep' | 'count';
  /** The table in mode `keep`; default: `table.ndjson` in the directory. */
  readonly tableFile?: string;
  /** A stream whose rows are judged like all others, and kept in `health.ndjson` in the directory: no statistics count them. */
  readonly healthStream?: string;
  /** Accepted rows could not be written: their upload gets no answer. */
  readonly onTableFailed?: (error: Error) => void;
  readonly rate?: Partial<RuleRate> | 'unlimited';
  readonly seed?: number;
  /** The receive time that the two-day rule compares with, in milliseconds since the epoch; default: the clock's. */
  readonly receivedAt?: () => number;
  /** Called for every upload that begins, with the client's port: for a suite that must know who sent what. */
  readonly observe?: (clientPort: number) => UploadWatch;
}

/** What a watcher is told of one upload. */
export interface UploadWatch {
  /** Its rows are in the table. Mode `keep` only. */
  accepted(lines: readonly Uint8Array[]): void;
  /** `wasAnswered` is false when the client had gone, or the answer was lost on purpose. */
  ended(wasAnswered: boolean): void;
}

/** The running Logs Ingestion endpoint. */
export interface LocalIngestion {
  readonly endpoint: string;
  /** For NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  readonly ca: string;
  readonly tableFile: string;
  /** Where rows of the health stream are kept. */
  readonly healthFile: string;
  readonly faults: Faults;
  /** Bodies that hold one of these texts are refused with 400: rows of a content that the service does not take. */
  readonly refusedTexts: Set<string>;
  readonly rules: Pick<DataCollectionRules, 'grant' | 'withhold'>;
  /** `topNames` > 0 adds the most frequent event names. */
  stats(topNames?: number): IngestionStats;
  stop(): Promise<void>;
}

/**
 * A Logs Ingestion endpoint that enforces the documented contract of the service:
 * https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview
 * Other processes reach it under `/_local/`: GET stats, POST faults, POST roles.
 */
export async function startIngestion(options: IngestionOptions): Promise<LocalIngestion> {
  const { clock, directory } = options;
  await mkdir(directory, { recursive: true });
  const certificates = options.certificates ?? (await createLoopbackCertificates(Date.now()));
  const caFile = join(directory, 'ingestion-ca.pem');
  await writeFile(caFile, certificates.ca);
  const tableFile = options.tableFile ?? join(directory, 'table.ndjson');
  const table = options.mode === 'keep' ? await openTableWriter(tableFile, options.onTableFailed) : undefined;
  const healthFile = join(directory, 'health.ndjson');
  const { healthStream } = options;
  const healthTable = healthStream === undefined ? undefined : await openTableWriter(healthFile, options.onTableFailed);
  const rules = createRules(options.rules, clock, options.rate);
  const faults = createFaults(options.seed);
  const stopping = new AbortController();
  const counted = createIngestionCounters();
  const refusedTexts = new Set<string>();
  const judge = createUploadJudge({
    refusedTexts,
    receivedAt: options.receivedAt ?? (() => clock.now()),
    rules,
    counted,
    table,
    ...(healthStream !== undefined &&
      healthTable !== undefined && { health: { stream: healthStream, table: healthTable } }),
    checkToken: createTokenCheck({
      clock,
      keys: options.keys,
      issuer: options.issuer,
      audience: options.audience ?? 'https://monitor.azure.com',
    }),
  });
  let inFlight = 0;

  const handleUpload = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    counted.counters.requests++;
    const watch = options.observe?.(request.socket.remotePort ?? 0);
    if (watch) response.once('close', () => watch.ended(response.writableFinished));
    const fault = faults.draw(url.pathname);
    if (fault?.latencyMs !== undefined) await clock.sleep(fault.latencyMs, stopping.signal);
    if (fault && (await showBeforeActing(fault, request, response)) === 'done') return;
    const verdict = await judge(request, url);
    if (verdict.lines !== undefined) watch?.accepted(verdict.lines);
    if (fault?.kind === 'lose-response') {
      if (verdict.status === 204) {
        counted.counters.answersLost++;
        counted.counters.rowsOfLostAnswers += verdict.rows;
      }
      request.socket.destroy();
      return;
    }
    answer(response, verdict);
  };

  /** `done` when nothing more is to happen with the request. */
  const showBeforeActing = async (fault: Fault, request: IncomingMessage, response: ServerResponse) => {
    switch (fault.kind) {
      case 'status':
        await readBody(request, 0);
        answer(response, refuse(fault.status ?? 503, 'PlannedFault', 'A planned fault.', fault.retryAfterSeconds));
        return 'done';
      case 'reset':
        request.socket.destroy();
        return 'done';
      case 'cut':
        await cutBody(request);
        return 'done';
      case 'stall':
        await readBody(request, 0);
        return 'done';
      default:
        return 'goes-on';
    }
  };

  const answer = (response: ServerResponse, verdict: Verdict): void => {
    if (verdict.status !== 204) countUp(counted.refused, verdict.status);
    response.writeHead(verdict.status, {
      'x-ms-request-id': randomUUID(),
      ...(verdict.refusal && { 'content-type': 'application/json' }),
      ...(verdict.retryAfterSeconds !== undefined && { 'retry-after': String(verdict.retryAfterSeconds) }),
    });
    response.end(verdict.refusal && JSON.stringify({ error: verdict.refusal }));
  };

  const handleLocal = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const call = `${request.method} ${url.pathname.slice('/_local/'.length)}`;
    if (call === 'GET stats')
      return answerJson(response, 200, counted.snapshot(faults.met, Number(url.searchParams.get('top') ?? 0)));
    const body: unknown = JSON.parse((await readBody(request, bodyLimitBytes))?.toString() || 'null');
    if (call === 'POST faults') faults.plan(readFaultPlan(body));
    else if (call === 'POST roles') changeRole(rules, body);
    else return answerJson(response, 404, { error: `there is no ${call}` });
    answerJson(response, 200, {});
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'https://localhost');
    if (url.pathname.startsWith('/_local/')) {
      await handleLocal(request, response, url).catch((error: unknown) =>
        answerJson(response, 400, { error: String(error) }),
      );
      return;
    }
    counted.counters.mostInFlight = Math.max(counted.counters.mostInFlight, ++inFlight);
    response.once('close', () => inFlight--);
    await handleUpload(request, response, url);
  };

  const server = createServer(
    { key: certificates.key, cert: certificates.certificate, minVersion: 'TLSv1.2' },
    (request, response) => {
      // A request that breaks off while it is read ends here: its client is gone.
      handle(request, response).catch(() => response.destroy());
    },
  );
  const port = await listenOnLoopback(server);
  return {
    endpoint: `https://127.0.0.1:${port}`,
    caFile,
    ca: certificates.ca,
    tableFile,
    healthFile,
    faults,
    refusedTexts,
    rules,
    stats: (topNames = 0) => counted.snapshot(faults.met, topNames),
    async stop() {
      stopping.abort();
      await closeServer(server);
      await Promise.all([table?.close(), healthTable?.close()]);
    },
  };
}

/** `{rule, principalId, granted: false}` withholds; `granted: true`, with `from` in milliseconds if later, assigns. */
function changeRole(rules: DataCollectionRules, value: unknown): void {
  const { rule, principalId, granted, from } = (value ?? {}) as Record<string, unknown>;
  if (typeof rule !== 'string' || typeof principalId !== 'string' || typeof granted !== 'boolean') {
    throw new TypeError('a role change must be {rule, principalId, granted, from?}');
  }
  if (granted) rules.grant(rule, principalId, typeof from === 'number' ? from : undefined);
  else rules.withhold(rule, principalId);
}

function answerJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
