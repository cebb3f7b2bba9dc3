import type { IncomingMessage } from 'node:http';
import type { TableWriter } from '../table/writer.ts';
import { bodyLimitBytes, inflateBody, takeBody } from './bodyIntake.ts';
import type { DataCollectionRules } from './dataCollectionRules.ts';
import { readBody } from './requestBody.ts';
import type { IngestionCounters } from './stats.ts';
import type { TokenVerdict } from './tokenCheck.ts';

/** The answer to an upload. */
export type Verdict =
  | {
      readonly status: 204;
      readonly rows: number;
      /** As they are in the table, when it is kept. */
      readonly lines: readonly Uint8Array[];
      readonly refusal?: never;
      readonly retryAfterSeconds?: never;
    }
  | {
      readonly status: number;
      readonly rows: 0;
      readonly lines?: never;
      readonly refusal: { readonly code: string; readonly message: string };
      readonly retryAfterSeconds?: number | undefined;
    };

export function refuse(status: number, code: string, message: string, retryAfterSeconds?: number): Verdict {
  return { status, rows: 0, refusal: { code, message }, retryAfterSeconds };
}

export interface UploadJudgeOptions {
  /** Milliseconds since the epoch. */
  readonly receivedAt: () => number;
  readonly rules: DataCollectionRules;
  readonly counted: IngestionCounters;
  /** Absent: rows are counted, not kept. */
  readonly table: TableWriter | undefined;
  /** Rows of this stream go to a table of their own, uncounted: they tell of the work and are none of it. */
  readonly health?: { readonly stream: string; readonly table: TableWriter };
  readonly checkToken: (authorization: string | undefined) => Promise<TokenVerdict>;
  /** A body that holds one of these texts is refused, as the service refuses rows for reasons that nobody outside knows. */
  readonly refusedTexts: ReadonlySet<string>;
}

/** Judges one upload as the service does, and keeps its rows when it is accepted. */
export function createUploadJudge(
  options: UploadJudgeOptions,
): (request: IncomingMessage, url: URL) => Promise<Verdict> {
  const { receivedAt, rules, counted, table, checkToken, health, refusedTexts } = options;
  return async (request, url) => {
    const sent = await readBody(request, bodyLimitBytes);
    const path = /^\/dataCollectionRules\/([^/]+)\/streams\/([^/]+)$/.exec(url.pathname);
    if (!path || request.method !== 'POST')
      return refuse(404, 'ResourceNotFound', `There is nothing at ${request.method} ${url.pathname}.`);
    const version = url.searchParams.get('api-version');
    if (version !== '2023-01-01')
      return refuse(400, 'InvalidApiVersion', `The API version ${version} is not supported.`);
    const token = await checkToken(request.headers.authorization);
    if (token.kind === 'invalid') return refuse(401, 'InvalidToken', `The token is refused: ${token.reason}`);
    const ruleId = decodeURIComponent(path[1] ?? '');
    const rule = rules.find(ruleId);
    if (!rule) return refuse(404, 'NotFound', `Data collection rule with immutable Id '${ruleId}' not found.`);
    if (!rule.mayPublish(token.principalId)) {
      return refuse(
        403,
        'OperationFailed',
        `The authentication token provided does not have access to ingest data for the data collection rule with immutable Id '${ruleId}'.`,
      );
    }
    const stream = decodeURIComponent(path[2] ?? '');
    const declared = rule.streams.get(stream);
    if (!declared)
      return refuse(404, 'InvalidStream', `The stream '${stream}' was not configured in the data collection rule.`);
    const type = request.headers['content-type'] ?? '';
    if (!/^application\/json\b/i.test(type))
      return refuse(415, 'UnsupportedMediaType', `The content type '${type}' is not application/json.`);
    if (!sent) return refuse(413, 'ContentLengthLimitExceeded', `The body is larger than ${bodyLimitBytes} bytes.`);
    const inflated = await inflateBody(sent, request.headers['content-encoding']);
    if (inflated.kind === 'too-large')
      return refuse(413, 'ContentLengthLimitExceeded', `The JSON is larger than ${bodyLimitBytes} bytes.`);
    if (inflated.kind === 'malformed') return refuse(400, 'InvalidPayload', inflated.reason);
    const bytes = inflated.body.length;
    counted.counters.largestBody = Math.max(counted.counters.largestBody, bytes);
    const admission = rule.admit(bytes);
    if (admission.kind === 'throttled')
      return refuse(
        429,
        'RateLimited',
        'The rule takes 2 GB and 12,000 requests a minute.',
        admission.retryAfterSeconds,
      );
    if ([...refusedTexts].some((text) => inflated.body.includes(text)))
      return refuse(400, 'InvalidPayload', 'The payload holds a value that is not accepted.');
    const isHealth = stream === health?.stream;
    const taken = takeBody(inflated.body, declared, receivedAt(), isHealth || table !== undefined);
    if (taken.result.kind === 'malformed') return refuse(400, 'InvalidPayload', taken.result.reason);
    const rows = taken.result.kind === 'rows' ? taken.result.rows : 0;
    if (isHealth) {
      await health.table.append(taken.lines);
      return { status: 204, rows: 0, lines: [] };
    }
    if (taken.result.kind === 'not-an-array') counted.counters.notAnArray++;
    if (table && taken.lines.length > 0) await table.append(taken.lines);
    taken.countInto(counted);
    counted.countAccepted(ruleId, rows, bytes, sent.length);
    return { status: 204, rows, lines: taken.lines };
  };
}
