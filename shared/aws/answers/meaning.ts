import type { ErrorCode } from '../../words/errors.ts';
import { type AwsAnswer, hasCode } from './answer.ts';
import type { AwsRefusal } from './refusal.ts';

/** What a refusal says that every service says alike. */
export type CommonMeaning = 'throttled' | 'unavailable' | 'stale-session' | 'invalid-credentials';

/** The code of a failure, and what a person should do. */
export interface FailureRow {
  readonly code: ErrorCode;
  readonly remedy?: string;
}

/**
 * Undefined when the codes are the service's own. 503 counts as throttling, since S3 answers it until it has scaled.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
 */
export function commonMeaning(answer: AwsRefusal): CommonMeaning | undefined {
  if (hasCode(answer, throttled) || answer.codes.some(isThrottlingOfKms)) {
    return 'throttled';
  }
  if (hasCode(answer, transient)) {
    return 'unavailable';
  }
  if (answer.status === 503 || answer.status === 429) {
    return 'throttled';
  }
  if (answer.status >= 500 || isOfAnother(answer)) {
    return 'unavailable';
  }
  if (hasCode(answer, staleSession)) {
    return 'stale-session';
  }
  return hasCode(answer, invalidCredentials) ? 'invalid-credentials' : undefined;
}

/** The rows that need no word of the service. A stale session was forgotten by whoever sent it: the next attempt has a new one. */
export function credentialsRow(meaning: 'stale-session' | 'invalid-credentials'): FailureRow {
  return meaning === 'stale-session'
    ? {
        code: 'credentials-expired',
        remedy:
          "Check that this machine's clock is right and that nobody revokes the role's sessions; AWS refused the session, and the role is assumed again.",
      }
    : {
        code: 'credentials-invalid',
        remedy:
          "Check that the access key exists, is active and belongs to the stored secret, and that this machine's clock is right.",
      };
}

/** No answer at all. */
export function unansweredRow(answer: AwsAnswer, code: ErrorCode, service: string): FailureRow {
  return answer.kind === 'aborted'
    ? { code: 'slice-ended' }
    : {
        code,
        remedy: `If this lasts, check that this machine may reach ${service} of the region over HTTPS (DNS, firewall, proxy).`,
      };
}

/** True when AWS no longer knows the temporary session that was shown, or never did: a new one may help. */
export function isStaleSession(answer: AwsAnswer): boolean {
  return answer.kind === 'refused' && commonMeaning(answer) === 'stale-session';
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and the lists of S3 and SQS; the SDKs throttle on the same ones. */
const throttled = new Set([
  'Throttling',
  'Throttled',
  'RequestThrottled',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
  'TooManyRequests',
  'SlowDown',
  'ServiceUnavailable',
]);

const transient = new Set([
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'RequestTimeout',
  'OperationAborted',
  'IDPCommunicationError',
  'KMS.KMSInternal',
  'KMS.Internal',
  'KMS.DependencyTimeout',
  'KMS.KeyUnavailable',
  'KMS.ServiceUnavailable',
]);

const staleSession = new Set([
  'ExpiredToken',
  'InvalidToken',
  'TokenRefreshRequired',
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'InvalidAccessKeyId',
]);

/** What no renewal mends. */
const invalidCredentials = new Set([
  'SignatureDoesNotMatch',
  'InvalidSignature',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'RequestTimeTooSkewed',
  'RequestExpired',
]);

/** `KMS.ThrottlingException` from S3, `KmsThrottled` from SQS and their like. */
function isThrottlingOfKms(code: string): boolean {
  return /^kms.*(?:throttl|limitexceeded|toomanyrequests)/i.test(code);
}

/** A proxy or portal on the way: AWS itself neither redirects to elsewhere without a code, nor asks for a proxy's password. */
function isOfAnother({ codes, status, fromElsewhere }: AwsRefusal): boolean {
  return fromElsewhere || (codes.length === 0 && (status === 407 || [302, 303, 307, 308].includes(status)));
}
