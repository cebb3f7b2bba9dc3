import type { ConnectorError } from '../../words/errors.ts';
import { type AwsAnswer, hasCode, isDenied } from '../answers/answer.ts';
import { awsFailure } from '../answers/failure.ts';
import { meaningForKms } from '../answers/kms.ts';
import { commonMeaning, credentialsRow, type FailureRow, unansweredRow } from '../answers/meaning.ts';
import type { AwsRefusal } from '../answers/refusal.ts';

/** One call to SQS. Receiving, deleting and changing visibility have effects that a lost answer hides. */
export interface SqsCall {
  readonly action: 'ReceiveMessage' | 'DeleteMessage' | 'ChangeMessageVisibility' | 'GetQueueAttributes';
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly roleArn: string;
}

/** Translates what SQS answered to a whole call; entries of a batch are outcomes, not failures. */
export function sqsFailure(call: SqsCall, answer: AwsAnswer): ConnectorError {
  return awsFailure({
    what: `${call.action} on ${call.queueUrl} as ${call.roleArn}`,
    at: { queue: call.queueUrl, role: call.roleArn },
    answer,
    row: answer.kind === 'refused' ? refusedBy(call, answer) : unansweredRow(answer, 'queue-unavailable', 'SQS'),
    outcomeUnknown: call.action !== 'GetQueueAttributes' && isOutcomeUnknown(answer),
  });
}

const notFound = new Set(['QueueDoesNotExist', 'NonExistentQueue']);

function refusedBy(call: SqsCall, answer: AwsRefusal): FailureRow {
  const meaning = commonMeaning(answer);
  switch (meaning) {
    case 'throttled':
    case 'unavailable':
      return { code: 'queue-unavailable' };
    case 'stale-session':
    case 'invalid-credentials':
      return credentialsRow(meaning);
    case undefined:
      return ownRow(call, answer);
  }
}

function ownRow(call: SqsCall, answer: AwsRefusal): FailureRow {
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
  const kms = meaningForKms(answer);
  if (kms !== undefined) {
    return {
      code: 'queue-kms-denied',
      remedy:
        kms === 'denied'
          ? `Allow kms:Decrypt on the queue's key to ${call.roleArn}, in the role's permissions policy and in the key's policy, or switch the queue to SSE-SQS.`
          : "Enable the queue's KMS key (or cancel its deletion), or switch the queue to SSE-SQS.",
    };
  }
  return isDenied(answer)
    ? {
        code: 'queue-denied',
        remedy: `Allow sqs:${call.action} on ${call.queueArn} in the permissions policy of ${call.roleArn}, and check that neither the queue's policy nor a service control policy denies it.`,
      }
    : {
        code: 'queue-refused',
        remedy: 'Check that SQS_QUEUE_URL is the https URL of a standard queue, as the SQS console shows it.',
      };
}

function isOutcomeUnknown(answer: AwsAnswer): boolean {
  switch (answer.kind) {
    case 'refused':
      return answer.status >= 500 || answer.fromElsewhere;
    case 'silent':
      return answer.maybeSent;
    case 'aborted':
      return true;
  }
}
