import { shown } from '../../kit/shortText.ts';
import { field, textAt } from './fields.ts';
import type { Place, Reading } from './reading.ts';
import { remedies } from './remedies.ts';
import { looksLikeJson } from './text.ts';

/**
 * Fields in which services and steps on the way put the message they were given: Lambda's records of SQS
 * (`body`), SNS (`Sns`) and Kinesis, its destinations (`requestPayload`), SQS's own answers (`Body`), API Gateway, Step Functions.
 */
const wrappers = [
  'requestPayload',
  'Sns',
  'body',
  'Body',
  'kinesis',
  'detail',
  'Message',
  'message',
  'default',
  'payload',
  'Payload',
  'input',
  'Input',
  'event',
  'data',
  'Data',
] as const;

const wrapperNames: ReadonlySet<string> = new Set(wrappers);

/** A message in a message. False when nothing is wrapped here. */
export function readEnvelope(value: object, at: Place, reading: Reading): boolean {
  if (readSns(value, at, reading)) return true;
  // Most have none, and a message may hold ten thousands of them.
  if (!Object.keys(value).some((name) => wrapperNames.has(name))) return false;
  for (const wrapper of wrappers) {
    const inner = field(value, wrapper);
    const isText = typeof inner === 'string' && (wrapper === 'body' || wrapper === 'Body' || isPromising(inner));
    if (isText || (typeof inner === 'object' && inner !== null)) {
      reading.look(inner, { name: () => `the field ${wrapper} of ${at.name()}`, depth: at.depth + 1 });
      return true;
    }
  }
  return false;
}

/** A sentence for people in a field `message` is no reason to look into it. */
function isPromising(text: string): boolean {
  return looksLikeJson(text) || /^[A-Za-z0-9+/_=-]{40,}$/.test(text);
}

/** SNS without raw delivery: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function readSns(value: object, at: Place, reading: Reading): boolean {
  const type = textAt(value, 'Type');
  const topic = textAt(value, 'TopicArn');
  const where = topic === undefined ? 'a topic' : `topic ${shown(topic)}`;
  if (type === 'SubscriptionConfirmation') {
    const message = (): string => `SNS asks to confirm the queue's subscription to ${where}`;
    reading.fault(message, remedies.unconfirmed, 'subscription-unconfirmed');
    return true;
  }
  if (type === 'UnsubscribeConfirmation') {
    const message = (): string => `SNS tells that the queue's subscription to ${where} ended`;
    reading.fault(message, remedies.unsubscribed, 'subscription-unconfirmed');
    return true;
  }
  const message = field(value, 'Message');
  if (!(type === 'Notification' || topic !== undefined) || message === undefined) return false;
  reading.look(message, {
    name: () => `the SNS message${at.depth <= 1 ? '' : ` in ${at.name()}`}`,
    depth: at.depth + 1,
  });
  return true;
}
