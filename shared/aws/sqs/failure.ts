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

/** One call to SQS. Receiving, deleting and changing visibility have effects that a lost answer hides. */
export interface SqsCall {
  readonly action: 'ReceiveMessage' | 'DeleteMessage' | 'ChangeMessageVisibility' | 'GetQueueAttributes';
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly roleArn: string;
}

/** Translates what SQS answered to a whole call; entries of a batch are outcomes, not failures. */
export function sqsFailure(call: SqsCall, error: unknown, signal?: AbortSignal): ConnectorError {
  if (error instanceof ConnectorError) {
    return error;
  }
  const answer = readAwsAnswer(error, signal);
  const { code, remedy } = answer.kind === 'refused' ? refusedBy(call, answer) : unanswered(answer);
  const hasEffects = call.action !== 'GetQueueAttributes';
  return new ConnectorError(
    code,
    `${call.action} on ${call.queueUrl} as ${call.roleArn} failed: ${describeAwsAnswer(answer)}`,
    {
      at: { queue: call.queueUrl, role: call.roleArn },
      cause: causeOf(answer),
      outcomeUnknown: hasEffects && isOutcomeUnknown(answer),
      ...(remedy === undefined ? {} : { remedy }),
      ...(answer.kind === 'refused' && answer.retryAfterMs !== undefined ? { retryAfterMs: answer.retryAfterMs } : {}),
    },
  );
}

const notFound = new Set(['QueueDoesNotExist', 'NonExistentQueue']);
const kmsTransient = new Set(['KmsThrottled', 'KMS.Throttling']);
const transient = new Set([
  ...throttled,
  ...kmsTransient,
  'ServiceUnavailable',
  'InternalFailure',
  'InternalError',
  'RequestTimeout',
]);

interface Row {
  readonly code: ErrorCode;
  readonly remedy?: string;
}

function refusedBy(call: SqsCall, answer: AwsRefusal): Row {
  if (hasCode(answer, transient) || answer.status >= 500 || answer.status === 429) {
    return { code: 'queue-unavailable' };
  }
  if (hasCode(answer, notFound)) {
    return {
      code: 'queue-not-found',
      remedy: `Check name, account and region in SQS_QUEUE_URL, and that ${call.roleArn} has a permission on ${call.queueArn}: without any, AWS answers as if the queue did not exist.`,
    };
  }
  if (hasCode(answer, new Set(['OverLimit']))) {
    return {
      code: 'queue-over-limit',
      remedy:
        'Find what keeps the messages in flight (about 120,000 is the limit): a second consumer of this queue, or messages that fail again and again.',
    };
  }
  if (answer.codes.some((code) => /^kms/i.test(code))) {
    return { code: 'queue-kms-denied', remedy: kmsRemedy(call, answer) };
  }
  if (hasCode(answer, expiredCredentials)) {
    return { code: 'credentials-expired', remedy: expiredCredentialsRemedy };
  }
  if (hasCode(answer, invalidCredentials)) {
    return { code: 'credentials-invalid', remedy: invalidCredentialsRemedy };
  }
  if (isDenied(answer)) {
    return mentionsKms(answer)
      ? { code: 'queue-kms-denied', remedy: kmsRemedy(call, answer) }
      : {
          code: 'queue-denied',
          remedy: `Allow sqs:${call.action} on ${call.queueArn} in the permissions policy of ${call.roleArn}, and check that neither the queue's policy nor a service control policy denies it.`,
        };
  }
  return {
    code: 'queue-refused',
    remedy: 'Check that SQS_QUEUE_URL is the https URL of a standard queue, as the SQS console shows it.',
  };
}

function kmsRemedy(call: SqsCall, answer: AwsRefusal): string {
  return hasCode(answer, new Set(['KmsAccessDenied', 'KMS.AccessDenied', 'AccessDenied']))
    ? `Allow kms:Decrypt on the queue's key to ${call.roleArn}, in the role's permissions policy and in the key's policy, or switch the queue to SSE-SQS.`
    : "Enable the queue's KMS key (or cancel its deletion), or switch the queue to SSE-SQS.";
}

function unanswered(answer: AwsAnswer): Row {
  return answer.kind === 'aborted'
    ? { code: 'slice-ended' }
    : {
        code: 'queue-unavailable',
        remedy: 'If this lasts, check that this machine may reach SQS of the region over HTTPS (DNS, firewall, proxy).',
      };
}

function isOutcomeUnknown(answer: AwsAnswer): boolean {
  switch (answer.kind) {
    case 'refused':
      return answer.status >= 500;
    case 'silent':
      return answer.maybeSent;
    case 'aborted':
      return true;
  }
}
