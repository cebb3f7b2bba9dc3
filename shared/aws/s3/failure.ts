import type { ConnectorError } from '../../words/errors.ts';
import { type AwsAnswer, hasCode, isDenied } from '../answers/answer.ts';
import { awsFailure } from '../answers/failure.ts';
import { meaningForKms } from '../answers/kms.ts';
import { commonMeaning, credentialsRow, type FailureRow, unansweredRow } from '../answers/meaning.ts';
import type { AwsRefusal } from '../answers/refusal.ts';

/** One GetObject. */
export interface S3Call {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
  readonly roleArn: string;
}

/** Translates what S3 answered to a GetObject. */
export function s3Failure(call: S3Call, answer: AwsAnswer): ConnectorError {
  return awsFailure({
    what: `GetObject of s3://${call.bucket}/${call.key} in ${call.region} as ${call.roleArn}`,
    at: { bucket: call.bucket, key: call.key, role: call.roleArn },
    answer,
    row: answer.kind === 'refused' ? refusedBy(call, answer) : unansweredRow(answer, 'object-store-unavailable', 'S3'),
  });
}

/** The region S3 names when it was asked in the wrong one. */
export function regionNamedBy(answer: AwsAnswer): string | undefined {
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
const accountProblem = new Set(['AllAccessDisabled', 'AccountProblem', 'NotSignedUp']);

function refusedBy(call: S3Call, answer: AwsRefusal): FailureRow {
  const meaning = hasCode(answer, redirected) ? 'unavailable' : commonMeaning(answer);
  switch (meaning) {
    case 'throttled':
      return { code: 'object-store-throttled' };
    case 'unavailable':
      return { code: 'object-store-unavailable' };
    case 'stale-session':
    case 'invalid-credentials':
      return credentialsRow(meaning);
    case undefined:
      return ownRow(call, answer);
  }
}

function ownRow(call: S3Call, answer: AwsRefusal): FailureRow {
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
  const kms = meaningForKms(answer);
  if (kms !== undefined) {
    return kms === 'denied'
      ? {
          code: 'object-kms-denied',
          remedy: `Allow kms:Decrypt on the key of the log files to ${call.roleArn}, in the role's permissions policy and in the key's policy; the AWS-managed key aws/s3 cannot be used across accounts.`,
        }
      : {
          code: 'object-kms-unusable',
          remedy: 'Enable the KMS key the object was encrypted with, or cancel its deletion.',
        };
  }
  if (hasCode(answer, accountProblem)) {
    return { code: 'object-refused', remedy: 'Ask the owner of the AWS account: AWS has closed it or its use of S3.' };
  }
  if (hasCode(answer, wrongRegion)) {
    return { code: 'object-refused', remedy: `Find the region of bucket ${call.bucket}: S3 did not name it.` };
  }
  return objectRow(call, answer);
}

/** Without s3:ListBucket a missing object is answered like a forbidden one. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
function objectRow(call: S3Call, answer: AwsRefusal): FailureRow {
  if (isDenied(answer)) {
    return {
      code: 'object-denied',
      remedy: `Allow s3:GetObject on the AWSLogs/ keys of bucket ${call.bucket} and s3:ListBucket on the bucket to ${call.roleArn} (without ListBucket a deleted object looks like a forbidden one), and check for a deny in the bucket's policy, a service or resource control policy, or a VPC endpoint's policy.`,
    };
  }
  return answer.status === 404
    ? {
        code: 'object-not-found',
        remedy: 'Check whether a lifecycle rule or a person deleted the log file before it was read.',
      }
    : { code: 'object-refused' };
}
