import { ConnectorError, type ErrorCode } from '../../words/errors.ts';
import {
  type AwsAnswer,
  causeOf,
  describeAwsAnswer,
  hasCode,
  isDenied,
  mentionsKms,
  readAwsAnswer,
} from '../answers/answer.ts';
import type { AwsRefusal } from '../answers/refusal.ts';
import {
  expiredCredentials,
  expiredCredentialsRemedy,
  invalidCredentials,
  invalidCredentialsRemedy,
  throttled,
} from '../credentials/codes.ts';

/** One GetObject. */
export interface S3Call {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
  readonly roleArn: string;
}

/** Translates what S3 answered to a GetObject. */
export function s3Failure(call: S3Call, error: unknown, signal?: AbortSignal): ConnectorError {
  if (error instanceof ConnectorError) {
    return error;
  }
  const answer = readAwsAnswer(error, signal);
  const { code, remedy } = answer.kind === 'refused' ? refusedBy(call, answer) : unanswered(answer);
  return new ConnectorError(
    code,
    `GetObject of s3://${call.bucket}/${call.key} in ${call.region} as ${call.roleArn} failed: ${describeAwsAnswer(answer)}`,
    {
      at: { bucket: call.bucket, key: call.key, role: call.roleArn },
      cause: causeOf(answer),
      ...(remedy === undefined ? {} : { remedy }),
      ...(answer.kind === 'refused' && answer.retryAfterMs !== undefined ? { retryAfterMs: answer.retryAfterMs } : {}),
    },
  );
}

/** The region S3 names when it was asked in the wrong one. */
export function regionNamedBy(error: unknown): string | undefined {
  const answer = readAwsAnswer(error);
  const named =
    answer.kind === 'refused' && (answer.status === 301 || hasCode(answer, wrongRegion))
      ? answer.bucketRegion
      : undefined;
  // It becomes part of a host name.
  return named !== undefined && /^[a-z]{2,4}(?:-[a-z0-9]+)+$/.test(named) ? named : undefined;
}

const wrongRegion = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraint',
  'IncorrectEndpoint',
]);
const redirected = new Set(['TemporaryRedirect', 'Redirect']);
const kmsUnusable = new Set([
  'KMS.Disabled',
  'KMS.NotFound',
  'KMS.KMSInvalidState',
  'KMS.InvalidState',
  'KMS.InvalidKeyUsage',
]);
const accountProblem = new Set(['AllAccessDisabled', 'AccountProblem', 'NotSignedUp']);
const busy = new Set([...throttled, 'ServiceUnavailable']);
const transient = new Set([...redirected, 'InternalError', 'RequestTimeout']);

interface Row {
  readonly code: ErrorCode;
  readonly remedy?: string;
}

function refusedBy(call: S3Call, answer: AwsRefusal): Row {
  if (hasCode(answer, busy) || answer.status === 503 || answer.status === 429) {
    return { code: 'object-store-throttled' };
  }
  if (hasCode(answer, transient) || answer.status >= 500) {
    return { code: 'object-store-unavailable' };
  }
  if (hasCode(answer, expiredCredentials)) {
    return { code: 'credentials-expired', remedy: expiredCredentialsRemedy };
  }
  if (hasCode(answer, invalidCredentials)) {
    return { code: 'credentials-invalid', remedy: invalidCredentialsRemedy };
  }
  return objectRow(call, answer);
}

function objectRow(call: S3Call, answer: AwsRefusal): Row {
  if (hasCode(answer, new Set(['NoSuchBucket']))) {
    return {
      code: 'bucket-not-found',
      remedy: `Check ${call.bucket} in ALLOWED_BUCKETS, and that the bucket still exists in this partition.`,
    };
  }
  if (hasCode(answer, new Set(['InvalidObjectState']))) {
    return {
      code: 'object-archived',
      remedy: 'Restore the object from its archive tier, then redrive its message or backfill its day.',
    };
  }
  if (hasCode(answer, kmsUnusable)) {
    return {
      code: 'object-kms-unusable',
      remedy: 'Enable the KMS key the object was encrypted with, or cancel its deletion.',
    };
  }
  if (hasCode(answer, new Set([...wrongRegion, ...accountProblem]))) {
    return hasCode(answer, accountProblem)
      ? { code: 'object-refused', remedy: 'Ask the owner of the AWS account: AWS has closed it or its use of S3.' }
      : { code: 'object-refused', remedy: `Find the region of bucket ${call.bucket}: S3 did not name it.` };
  }
  if (isDenied(answer)) {
    return deniedRow(call, answer);
  }
  return answer.status === 404
    ? {
        code: 'object-not-found',
        remedy: 'Check whether a lifecycle rule or a person deleted the log file before it was read.',
      }
    : { code: 'object-refused' };
}

/** Without s3:ListBucket a missing object is answered like a forbidden one. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
function deniedRow(call: S3Call, answer: AwsRefusal): Row {
  if (mentionsKms(answer)) {
    return {
      code: 'object-kms-denied',
      remedy: `Allow kms:Decrypt on the key of the log files to ${call.roleArn}, in the role's permissions policy and in the key's policy; the AWS-managed key aws/s3 cannot be used across accounts.`,
    };
  }
  return {
    code: 'object-denied',
    remedy: `Allow s3:GetObject on the AWSLogs/ keys of bucket ${call.bucket} and s3:ListBucket on the bucket to ${call.roleArn} (without ListBucket a deleted object looks like a forbidden one), and check for a deny in the bucket's policy, a service or resource control policy, or a VPC endpoint's policy.`,
  };
}

function unanswered(answer: AwsAnswer): Row {
  return answer.kind === 'aborted'
    ? { code: 'slice-ended' }
    : {
        code: 'object-store-unavailable',
        remedy: 'If this lasts, check that this machine may reach S3 of the region over HTTPS (DNS, firewall, proxy).',
      };
}
