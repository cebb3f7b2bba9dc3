import { isNeverSent } from '../../kit/neverSent.ts';
import { readRetryAfter } from '../../kit/retryAfter.ts';
import { shortText } from '../../kit/shortText.ts';
import { ConnectorError, type Coordinates, type ErrorCode } from '../../words/errors.ts';
import { isPassing, monitorRemedy, reasonOf } from '../identity.ts';

/** What was being done, for the sentence: verb and object, target and place. */
export interface UploadAttempt {
  /** Such as `uploading 120 rows (4096 bytes)`. */
  readonly what: string;
  readonly rule: string;
  readonly stream: string;
  /** Host of the endpoint. */
  readonly host: string;
  /** x-ms-client-request-id, by which Azure's support finds the request. */
  readonly requestId: string;
}

/** The parts of an answer that a failure is read from. */
export interface UploadAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly text: string;
}

/** Role that lets an identity upload. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/monitor */
const publisherRole = 'Monitoring Metrics Publisher (3913510d-42f4-4e42-8a64-420c390055eb)';

/**
 * True when the service took the rows: it answers 204. Another success counts with an empty body only, since proxies and
 * portals answer 200 with a page of their own, and rows that nobody took would be counted as taken.
 * https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview#rest-api-call
 */
export function isAccepted({ status, text }: Pick<UploadAnswer, 'status' | 'text'>): boolean {
  return status === 204 || (status >= 200 && status <= 299 && text === '');
}

/** An answer by which rows were not taken, as our error. The table: https://learn.microsoft.com/azure/azure-monitor/logs/tutorial-logs-ingestion-code#troubleshooting */
export function uploadRefused(attempt: UploadAttempt, answer: UploadAnswer, now: number): ConnectorError {
  const { code, remedy, outcomeUnknown } = meaningOf(answer.status, attempt);
  const retryAfterMs = readRetryAfter(answer.header, now);
  return new ConnectorError(
    code,
    `${sentence(attempt)}: HTTP ${answer.status}${serviceWords(answer)} (request ${attempt.requestId})`,
    {
      at: coordinates(attempt),
      ...(remedy === undefined ? {} : { remedy }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(outcomeUnknown === true ? { outcomeUnknown } : {}),
    },
  );
}

/** No answer: the connection failed, broke, or took too long. */
export function uploadUnanswered(attempt: UploadAttempt, error: unknown, timedOutAfterMs?: number): ConnectorError {
  const code = codeOf(error);
  const isCertificate = certificateFailures.has(code);
  const remedy = isCertificate
    ? `Let nothing between the function app and ${attempt.host} replace its certificate, or add the authority that does to NODE_EXTRA_CA_CERTS.`
    : code === 'ENOTFOUND'
      ? `Check LOGS_INGESTION_ENDPOINT: the name ${attempt.host} does not resolve.`
      : undefined;
  const reason =
    timedOutAfterMs === undefined ? shortText(messageOf(error)) : `no answer within ${timedOutAfterMs} ms, given up`;
  return new ConnectorError('upload-unavailable', `${sentence(attempt)}: ${reason} (request ${attempt.requestId})`, {
    at: coordinates(attempt),
    outcomeUnknown: !(isCertificate || isNeverSent(code)),
    cause: { code, reason: shortText(messageOf(error)) },
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** Our own signal ended the wait. */
export function uploadGivenUp(attempt: UploadAttempt, wasSent: boolean): ConnectorError {
  return new ConnectorError('slice-ended', `${sentence(attempt)}: given up as the slice ended`, {
    at: coordinates(attempt),
    outcomeUnknown: wasSent,
  });
}

/** The credential gave no token: nothing was sent. */
export function tokenUnavailable(attempt: UploadAttempt, scope: string, error: unknown): ConnectorError {
  const remedy = monitorRemedy;
  return new ConnectorError('token-unavailable', `${sentence(attempt)}: no token for ${scope}: ${reasonOf(error)}`, {
    at: coordinates(attempt),
    ...(isPassing(error) ? {} : { remedy }),
  });
}

interface Meaning {
  readonly code: ErrorCode;
  readonly remedy?: string;
  readonly outcomeUnknown?: boolean;
}

function meaningOf(status: number, { rule, stream, host }: UploadAttempt): Meaning {
  switch (status) {
    case 401:
      return {
        code: 'upload-unauthorized',
        remedy: 'Check LOGS_INGESTION_SCOPE: the token must be for the Azure Monitor of the cloud the endpoint is in.',
      };
    case 403:
      return {
        code: 'upload-denied',
        remedy: `Give the identity the role ${publisherRole} on the data collection rule ${rule}; a new assignment can take 30 minutes to spread.`,
      };
    case 404:
      return {
        code: 'upload-not-found',
        remedy: `Check DCR_IMMUTABLE_IDS, DCR_STREAM and LOGS_INGESTION_ENDPOINT: a rule ${rule} with the stream ${stream} is not known in the region of ${host}.`,
      };
    case 413:
      return { code: 'upload-too-large' };
    case 429:
      return { code: 'upload-throttled' };
    case 408:
    case 503:
      return { code: 'upload-unavailable' };
    default:
      if (status >= 500) {
        // A server or gateway that fails half-way may have taken the rows; a 503 has not begun.
        return { code: 'upload-unavailable', outcomeUnknown: true };
      }
      if (status < 400) {
        // A success that is none, or a redirect: nobody knows who answered, and what became of the rows.
        return {
          code: 'upload-unavailable',
          outcomeUnknown: true,
          remedy: `Find what stands between the app and ${host}, such as a proxy or portal, or check LOGS_INGESTION_ENDPOINT: the service itself answers 204.`,
        };
      }
      if (status === 405 || status === 410) {
        return {
          code: 'upload-not-found',
          remedy: `Check LOGS_INGESTION_ENDPOINT: ${host} does not answer like a logs ingestion endpoint.`,
        };
      }
      return { code: 'upload-refused' };
  }
}

function sentence({ what, rule, stream, host }: UploadAttempt): string {
  return `${what} to rule ${rule}, stream ${stream} at ${host}`;
}

function coordinates({ rule, stream }: UploadAttempt): Coordinates {
  return { rule, stream };
}

/** `{"error":{"code","message"}}` is the documented shape; gateways in between answer in HTML. */
function serviceWords({ text }: UploadAnswer): string {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } };
    const words = [error?.code, error?.message].filter((word) => typeof word === 'string' && word !== '').join(': ');
    return words === '' ? '' : `, ${shortText(words)}`;
  } catch {
    // No JSON: the status alone speaks, since a page of HTML helps nobody.
    return '';
  }
}

/** Node's codes for a server whose certificate was refused, before anything was sent. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const certificateFailures = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
