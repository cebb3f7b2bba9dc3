import { masked } from '../kit/mask.ts';

/**
 * Whom a failure belongs to. Confusing the first two with the third is how an outage fills a dead-letter queue. Nobody's
 * are the ordinary ends of work: the slice was over, a circuit stood open, another instance was at it.
 */
export type BelongsTo = 'object' | 'message' | 'pipeline' | 'nobody';

/** Where it happened, as far as known. */
export interface Coordinates {
  readonly source?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly messageId?: string;
  /** Byte offset in the decompressed object. */
  readonly offset?: number;
  readonly role?: string;
  readonly queue?: string;
  readonly rule?: string;
  readonly stream?: string;
}

/**
 * Every failure that can cross a port: whom it belongs to, and whether trying again can help.
 * Anything thrown that is not in this table is a bug.
 */
const failures = {
  // Credentials
  'identity-unavailable': { belongsTo: 'pipeline', retry: true },
  'web-identity-denied': { belongsTo: 'pipeline', retry: true },
  'web-identity-refused': { belongsTo: 'pipeline', retry: true },
  'assume-role-denied': { belongsTo: 'pipeline', retry: true },
  'sts-region-disabled': { belongsTo: 'pipeline', retry: true },
  'sts-refused': { belongsTo: 'pipeline', retry: true },
  'sts-unavailable': { belongsTo: 'pipeline', retry: true },
  'credentials-expired': { belongsTo: 'pipeline', retry: true },
  'credentials-invalid': { belongsTo: 'pipeline', retry: true },
  // Queue
  'queue-not-found': { belongsTo: 'pipeline', retry: true },
  'queue-denied': { belongsTo: 'pipeline', retry: true },
  'queue-kms-denied': { belongsTo: 'pipeline', retry: true },
  'queue-over-limit': { belongsTo: 'pipeline', retry: true },
  'queue-unavailable': { belongsTo: 'pipeline', retry: true },
  'queue-refused': { belongsTo: 'pipeline', retry: true },
  // Listing a bucket
  'listing-denied': { belongsTo: 'pipeline', retry: true },
  'listing-refused': { belongsTo: 'pipeline', retry: true },
  'listing-throttled': { belongsTo: 'pipeline', retry: true },
  'listing-unavailable': { belongsTo: 'pipeline', retry: true },
  // Messages
  'notification-unknown': { belongsTo: 'message', retry: false },
  'subscription-unconfirmed': { belongsTo: 'message', retry: false },
  'bucket-not-allowed': { belongsTo: 'message', retry: false },
  'key-not-allowed': { belongsTo: 'message', retry: false },
  // Objects: reading
  'object-not-found': { belongsTo: 'object', retry: false },
  'bucket-not-found': { belongsTo: 'object', retry: true },
  'object-denied': { belongsTo: 'object', retry: true },
  'object-kms-denied': { belongsTo: 'object', retry: true },
  'object-kms-unusable': { belongsTo: 'object', retry: true },
  'object-archived': { belongsTo: 'object', retry: true },
  'object-refused': { belongsTo: 'object', retry: true },
  'object-cut': { belongsTo: 'object', retry: true },
  'object-replaced': { belongsTo: 'object', retry: false },
  'object-store-throttled': { belongsTo: 'object', retry: true },
  'object-store-unavailable': { belongsTo: 'object', retry: true },
  // Objects: content
  'object-empty': { belongsTo: 'object', retry: false },
  'gzip-truncated': { belongsTo: 'object', retry: false },
  'gzip-invalid': { belongsTo: 'object', retry: false },
  'json-invalid': { belongsTo: 'object', retry: false },
  'no-records': { belongsTo: 'object', retry: false },
  'object-too-large': { belongsTo: 'object', retry: false },
  // Whoever reads it ends, for a reason that nobody can tell any more.
  'process-ended': { belongsTo: 'object', retry: false },
  // A bug met while working on an object or message, which is kept like any other that fails.
  unforeseen: { belongsTo: 'object', retry: false },
  // Destination
  'token-unavailable': { belongsTo: 'pipeline', retry: true },
  'upload-unauthorized': { belongsTo: 'pipeline', retry: true },
  'upload-denied': { belongsTo: 'pipeline', retry: true },
  'upload-not-found': { belongsTo: 'pipeline', retry: true },
  'upload-too-large': { belongsTo: 'pipeline', retry: false },
  'upload-refused': { belongsTo: 'pipeline', retry: false },
  'upload-throttled': { belongsTo: 'pipeline', retry: true },
  'upload-unavailable': { belongsTo: 'pipeline', retry: true },
  // Metrics: nothing depends on them
  'insights-refused': { belongsTo: 'pipeline', retry: true },
  'insights-unavailable': { belongsTo: 'pipeline', retry: true },
  // The slice itself
  'slice-ended': { belongsTo: 'nobody', retry: true },
  'circuit-open': { belongsTo: 'nobody', retry: true },
  'claim-held': { belongsTo: 'nobody', retry: true },
  'storage-unavailable': { belongsTo: 'pipeline', retry: true },
  'settings-invalid': { belongsTo: 'pipeline', retry: false },
} as const satisfies Record<string, { belongsTo: BelongsTo; retry: boolean }>;

export type ErrorCode = keyof typeof failures;

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(failures, code);
}

export interface ErrorDetails {
  readonly at?: Coordinates;
  readonly cause?: unknown;
  /** What a person should do, as one imperative sentence; absent when nothing needs doing. */
  readonly remedy?: string;
  /** The service's own request to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** True when the request may have been acted on although no answer came: a duplicate is possible. */
  readonly outcomeUnknown?: boolean;
}

/**
 * The only error that crosses a port. `message` says what failed and where, in one sentence; since it may quote what
 * others wrote and is logged and kept, secrets in it are blotted out.
 */
export class ConnectorError extends Error {
  readonly code: ErrorCode;
  readonly belongsTo: BelongsTo;
  readonly retry: boolean;
  readonly at: Coordinates;
  readonly remedy: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly outcomeUnknown: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(masked(message), { cause: details.cause });
    this.name = 'ConnectorError';
    this.code = code;
    this.belongsTo = failures[code].belongsTo;
    this.retry = failures[code].retry;
    this.at = details.at ?? {};
    this.remedy = details.remedy;
    this.retryAfterMs = details.retryAfterMs;
    this.outcomeUnknown = details.outcomeUnknown ?? false;
  }
}

/** Every code with its owner, for the documentation and its test. */
export const errorTable: Readonly<Record<ErrorCode, { readonly belongsTo: BelongsTo; readonly retry: boolean }>> =
  failures;
