import * as v from 'valibot';
import { described, list, shown } from '../../kit/shortText.ts';
import { ConnectorError } from '../../words/errors.ts';
import {
  cloudTrailNotification,
  eventBridgeEvent,
  eventBridgeObject,
  s3Event,
  s3EventRecord,
  s3TestEvent,
  snsEnvelope,
  trailEvent,
} from './shapes.ts';

/** Where a log file lies, as a message says. `alternativeKey` is a second reading, to try when `key` is not found. */
export interface AnnouncedObject {
  readonly bucket: string;
  readonly key: string;
  readonly alternativeKey?: string;
  readonly etag?: string;
  readonly sizeBytes?: number;
}

/** What a queue message announces: objects, each once and in the message's order, or knowingly nothing. */
export type Notification =
  | { readonly kind: 'objects'; readonly objects: readonly AnnouncedObject[] }
  | { readonly kind: 'nothing'; readonly reason: string };

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: 1 MiB, so never more characters. */
export const maxBodyCharacters = 1_048_576;

/** A CloudTrail key is longer than 100 bytes, so no honest message of 1 MiB announces more. */
export const maxObjects = 10_000;

/**
 * Reads the body of one queue message, whatever route it took: S3 directly, through SNS (enveloped or raw), through
 * EventBridge, or CloudTrail's own SNS notification. No URL in a message is ever followed.
 *
 * @throws ConnectorError 'notification-unknown' or 'subscription-unconfirmed'; nothing else, whatever the text.
 */
export function parseNotification(body: string): Notification {
  if (body.length > maxBodyCharacters) {
    throw unknown(`the message has ${body.length} characters, more than SQS can carry`, remedies.unknown);
  }
  return parseText(body, 0);
}

/** SNS may be subscribed to SNS only through a forwarder, so two envelopes are already unusual. */
const maxEnvelopes = 2;

/** Published as plain text whenever a trail's topic is set or changed. */
const validationMessage = 'CloudTrail validation message.';

const remedies = {
  unknown:
    'Send this queue only S3 event notifications, EventBridge "Object Created" events of S3, or the SNS notifications of a trail, and remove this message.',
  records:
    'Send S3 event notifications about the log files instead of the events themselves: the connector reads events from the files in S3.',
  apiCall:
    'Replace the EventBridge rule on "AWS API Call via CloudTrail" by one on "Object Created" of the trail\'s bucket: the connector reads events from the files in S3.',
  securityLake:
    'Point the notification at the bucket of a CloudTrail trail: Security Lake stores Parquet files in OCSF, which are not CloudTrail log files.',
  unconfirmed:
    "Confirm the queue's subscription in SNS (subscribe it again as the queue's owner, which needs no confirmation), then delete this message.",
  unsubscribed: 'Subscribe the queue to the topic again if its log files are still wanted, then delete this message.',
} as const;

function parseText(text: string, envelopes: number): Notification {
  const value = parseJson(text);
  if (value === undefined) {
    if (text.trim() === validationMessage) return nothing("CloudTrail's validation message");
    throw unknown(`the message is ${text.length} characters of text that is not JSON`, remedies.unknown);
  }
  return parseEnvelope(value, envelopes) ?? parseContent(value);
}

/** Undefined when the text is not JSON; JSON itself has no undefined. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is an answer here: one of the known messages is plain text.
    return undefined;
  }
}

function parseEnvelope(value: unknown, envelopes: number): Notification | undefined {
  const envelope = v.safeParse(snsEnvelope, value);
  if (!envelope.success) return undefined;
  const topic = envelope.output.TopicArn === undefined ? 'a topic' : `topic ${shown(envelope.output.TopicArn)}`;
  switch (envelope.output.Type) {
    case 'SubscriptionConfirmation':
      throw new ConnectorError('subscription-unconfirmed', `SNS asks to confirm the queue's subscription to ${topic}`, {
        remedy: remedies.unconfirmed,
      });
    case 'UnsubscribeConfirmation':
      throw new ConnectorError(
        'subscription-unconfirmed',
        `SNS tells that the queue's subscription to ${topic} ended`,
        {
          remedy: remedies.unsubscribed,
        },
      );
    case 'Notification':
      if (envelopes >= maxEnvelopes) {
        throw unknown(`the message is wrapped in more than ${maxEnvelopes} SNS envelopes`, remedies.unknown);
      }
      return parseText(envelope.output.Message, envelopes + 1);
  }
}

function parseContent(value: unknown): Notification {
  const test = v.safeParse(s3TestEvent, value);
  if (test.success) return nothing(`S3's test event of bucket ${shown(test.output.Bucket ?? 'unknown')}`);
  const event = v.safeParse(s3Event, value);
  if (event.success) return fromS3(event.output.Records);
  const bridge = v.safeParse(eventBridgeEvent, value);
  if (bridge.success) return fromEventBridge(bridge.output);
  const trail = v.safeParse(cloudTrailNotification, value);
  if (trail.success) return fromTrail(trail.output.s3Bucket, [trail.output.s3ObjectKey].flat());
  throw unknown(`the message is ${described(value)}, which is no known notification`, remedies.unknown);
}

function fromS3(records: readonly unknown[]): Notification {
  if (records.length === 0) return nothing('an S3 event without records');
  refuseTooMany(records.length);
  const objects: AnnouncedObject[] = [];
  const ignored = new Set<string>();
  for (const [index, item] of records.entries()) {
    const record = v.safeParse(s3EventRecord, item);
    if (!record.success) throw unknownRecord(item, `record ${index + 1} of ${records.length}`);
    const { eventName, s3 } = record.output;
    if (!announcesContent(eventName)) {
      ignored.add(shown(eventName ?? ''));
      continue;
    }
    const { key, size, eTag } = s3.object;
    objects.push(announced({ bucket: s3.bucket.name, key: decoded(key) ?? key, etag: eTag, sizeBytes: size }));
  }
  if (objects.length === 0) return nothing(`S3 events that announce no new object (${list([...ignored])})`);
  return announcing(objects);
}

/** Some S3-compatible senders write `s3:` before the name. Without a name the object is read: a duplicate is suppressed, a loss is not. */
function announcesContent(eventName: string | undefined): boolean {
  return eventName === undefined || /^(?:s3:)?(?:ObjectCreated:|ObjectRestore:Completed$)/.test(eventName);
}

function unknownRecord(item: unknown, position: string): ConnectorError {
  if (v.is(trailEvent, item)) {
    return unknown(`${position} is a CloudTrail event, not the place of a log file`, remedies.records);
  }
  return unknown(`${position} is ${described(item)} and names no S3 object`, remedies.unknown);
}

function fromEventBridge(event: v.InferOutput<typeof eventBridgeEvent>): Notification {
  const type = event['detail-type'];
  if (type.endsWith(' via CloudTrail')) {
    throw unknown(
      `EventBridge event ${shown(type)} holds the event itself, not the place of a log file`,
      remedies.apiCall,
    );
  }
  if (type !== 'Object Created' && type !== 'Object Restore Completed') {
    if (event.source === 'aws.s3') return nothing(`EventBridge event ${shown(type)}, which announces no new object`);
    throw unknown(`EventBridge event ${shown(type)} is not about a new object in S3`, remedies.unknown);
  }
  const detail = v.safeParse(eventBridgeObject, event.detail);
  if (!detail.success) throw unknown(`EventBridge event ${shown(type)} names no S3 object`, remedies.unknown);
  const { bucket, object, requester } = detail.output;
  if (isSecurityLake(bucket.name, object.key, requester)) {
    throw unknown(`EventBridge event ${shown(type)} announces a Security Lake object`, remedies.securityLake);
  }
  // Whether EventBridge encodes keys is documented nowhere and differs between AWS's own samples: keep both readings.
  // CloudTrail's own part of a key (letters, digits, `/`, `-`, `_` and `.`) reads the same either way; only a prefix that
  // a person chose can differ. So the ledger goes by the first reading, whichever finds the object.
  const second = decoded(object.key);
  return announcing([
    announced({
      bucket: bucket.name,
      key: object.key,
      alternativeKey: second === object.key ? undefined : second,
      etag: object.etag,
      sizeBytes: object.size,
    }),
  ]);
}

/** https://docs.aws.amazon.com/security-lake/latest/userguide/subscriber-data-access.html */
function isSecurityLake(bucket: string, key: string, requester: string | undefined): boolean {
  return (
    requester === 'securitylake.amazonaws.com' ||
    bucket.startsWith('aws-security-data-lake-') ||
    (key.endsWith('.parquet') && /(?:^|\/)(?:aws|ext)\//.test(key) && !key.includes('AWSLogs/'))
  );
}

/** Keys arrive as they are: CloudTrail does not encode them. */
function fromTrail(bucket: string, keys: readonly string[]): Notification {
  if (keys.length === 0) return nothing('a CloudTrail notification without keys');
  refuseTooMany(keys.length);
  return announcing(keys.map((key) => ({ bucket, key })));
}

function refuseTooMany(count: number): void {
  if (count <= maxObjects) return;
  throw unknown(`the message announces ${count} objects, more than ${maxObjects}`, remedies.unknown);
}

/** Form-URL decoding, undefined when the text is not an encoding of anything. */
function decoded(key: string): string | undefined {
  if (!/[+%]/.test(key)) return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    // A key that was never encoded may hold a lone %: the raw key is then the only reading.
    return undefined;
  }
}

/** Leaves absent what the message does not tell. */
function announced(object: {
  bucket: string;
  key: string;
  alternativeKey?: string | undefined;
  etag?: string | undefined;
  sizeBytes?: number | undefined;
}): AnnouncedObject {
  const { bucket, key, alternativeKey, etag, sizeBytes } = object;
  return {
    bucket,
    key,
    ...(alternativeKey === undefined ? {} : { alternativeKey }),
    ...(etag === undefined ? {} : { etag }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
}

/** An object named twice in one message is one object: the second reading would wait for the claim of the first. */
function announcing(objects: readonly AnnouncedObject[]): Notification {
  const unique = new Map(objects.map((object) => [`${object.bucket.length}:${object.bucket}${object.key}`, object]));
  return { kind: 'objects', objects: [...unique.values()] };
}

function nothing(reason: string): Notification {
  return { kind: 'nothing', reason };
}

function unknown(message: string, remedy: string): ConnectorError {
  return new ConnectorError('notification-unknown', message, { remedy });
}
