import type { ConnectorError } from '../../words/errors.ts';
import { type AwsAnswer, hasCode, isDenied } from '../answers/answer.ts';
import { awsFailure } from '../answers/failure.ts';
import { commonMeaning, credentialsRow, type FailureRow, unansweredRow } from '../answers/meaning.ts';
import type { AwsRefusal } from '../answers/refusal.ts';

/** One ListObjectsV2. */
interface ListCall {
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  readonly roleArn: string;
}

/** Translates what S3 answered to a ListObjectsV2. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function listFailure(call: ListCall, answer: AwsAnswer): ConnectorError {
  return awsFailure({
    what: `ListObjectsV2 of s3://${call.bucket}/${call.prefix} in ${call.region} as ${call.roleArn}`,
    at: { bucket: call.bucket, role: call.roleArn },
    answer,
    row: answer.kind === 'refused' ? refusedBy(call, answer) : unansweredRow(answer, 'listing-unavailable', 'S3'),
  });
}

function refusedBy({ bucket, roleArn }: ListCall, answer: AwsRefusal): FailureRow {
  const meaning = hasCode(answer, redirected) ? 'unavailable' : commonMeaning(answer);
  switch (meaning) {
    case 'throttled':
      return { code: 'listing-throttled' };
    case 'unavailable':
      return { code: 'listing-unavailable' };
    case 'stale-session':
    case 'invalid-credentials':
      return credentialsRow(meaning);
    case undefined:
  }
  if (isDenied(answer)) {
    return {
      code: 'listing-denied',
      remedy: `Allow s3:ListBucket on the bucket ${bucket} to ${roleArn}, with a condition on s3:prefix only if it covers the prefix named here, and check for a deny in the bucket's policy, a service or resource control policy, or a VPC endpoint's policy.`,
    };
  }
  return {
    code: 'listing-refused',
    remedy: hasCode(answer, noBucket)
      ? `Check the name ${bucket} in the settings, and that the bucket still exists in this partition.`
      : `Check that ${bucket} is an ordinary bucket of this partition, and that its account is in good order.`,
  };
}

const redirected = new Set(['TemporaryRedirect', 'Redirect']);
const noBucket = new Set(['NoSuchBucket']);
