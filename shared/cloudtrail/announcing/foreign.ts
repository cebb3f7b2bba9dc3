import { field, textAt } from './fields.ts';
import type { Place, Reading } from './reading.ts';
import { remedies } from './remedies.ts';

/** What other senders put into queues, told apart from what announces objects. */
type Foreign =
  | { readonly kind: 'nothing'; readonly reason: string }
  | { readonly kind: 'fault'; readonly what: string; readonly remedy: string };

/** False for what is not known. */
export function readForeign(value: object, at: Place, reading: Reading): boolean {
  const foreign = nameForeign(value);
  if (foreign?.kind === 'nothing') reading.nothing(foreign.reason);
  if (foreign?.kind === 'fault') reading.fault(() => `${at.name()} is ${foreign.what}`, foreign.remedy);
  return foreign !== undefined;
}

function nameForeign(value: object): Foreign | undefined {
  const messageType = textAt(value, 'messageType');
  if (
    field(value, 'eventVersion') !== undefined &&
    field(value, 'eventSource') !== undefined &&
    field(value, 'eventID') !== undefined &&
    field(value, 's3') === undefined
  ) {
    return fault('a CloudTrail event, not the place of a log file', remedies.events);
  }
  if (textAt(value, 'awslogs', 'data') !== undefined)
    return fault('a batch of a CloudWatch Logs subscription', remedies.logs);
  if (messageType === 'CONTROL_MESSAGE')
    return { kind: 'nothing', reason: 'a check of a CloudWatch Logs subscription' };
  if (messageType === 'DATA_MESSAGE' || Array.isArray(field(value, 'logEvents'))) {
    return fault('a batch of a CloudWatch Logs subscription', remedies.logs);
  }
  // https://docs.aws.amazon.com/config/latest/developerguide/notifications-for-AWS-Config.html; those about files name them as CloudTrail does.
  if (messageType !== undefined && /^(?:Oversized)?(?:Config|Compliance)/.test(messageType)) {
    return { kind: 'nothing', reason: 'a notification of AWS Config, which announces no log file' };
  }
  if (textAt(value, 'AlarmName') !== undefined) return fault('an alarm of CloudWatch', remedies.unknown);
  if (textAt(value, 'eventSource')?.startsWith('aws:') && field(value, 'dynamodb') !== undefined) {
    return fault('a record of a DynamoDB stream', remedies.unknown);
  }
  return undefined;
}

function fault(what: string, remedy: string): Foreign {
  return { kind: 'fault', what, remedy };
}
