import { createHash } from 'node:crypto';
import type { TrailFile } from './trailFile.ts';

/** Every way in which a log file's arrival reaches a queue. `-in-sns` is wrapped in SNS's envelope; raw delivery is not. */
export type NotificationShape =
  | 's3-event'
  | 's3-event-in-sns'
  | 'eventbridge'
  | 'eventbridge-in-sns'
  | 'cloudtrail'
  | 'cloudtrail-in-sns';

export const notificationShapes: readonly NotificationShape[] = [
  's3-event',
  's3-event-in-sns',
  'eventbridge',
  'eventbridge-in-sns',
  'cloudtrail',
  'cloudtrail-in-sns',
];

export interface NotificationPlace {
  readonly bucket: string;
  /** The bucket's region. */
  readonly region: string;
  /** When the object was put, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The body of the SQS message that announces files, each shape with its own encoding of keys. Raw SNS delivery equals the
 * shape without the envelope.
 * @throws RangeError for several files in an EventBridge event, which tells of one object.
 */
export function notificationFor(
  file: TrailFile | readonly TrailFile[],
  shape: NotificationShape,
  place: NotificationPlace,
): string {
  const files = 'key' in file ? [file] : file;
  switch (shape) {
    case 's3-event':
      return JSON.stringify({ Records: files.map((each) => s3Record(each, place)) });
    case 's3-event-in-sns':
      return inSns(notificationFor(files, 's3-event', place), place, 'Amazon S3 Notification');
    case 'eventbridge':
      return JSON.stringify(eventBridgeEvent(files, place));
    case 'eventbridge-in-sns':
      return inSns(notificationFor(files, 'eventbridge', place), place);
    case 'cloudtrail':
      // Keys are not encoded here, and one message may carry several:
      // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-cloudtrail-to-send-notifications.html
      return JSON.stringify({ s3Bucket: place.bucket, s3ObjectKey: files.map(({ key }) => key) });
    case 'cloudtrail-in-sns':
      return inSns(notificationFor(files, 'cloudtrail', place), place);
  }
}

/** What S3 sends once when the bucket's notification configuration is saved. */
export function s3TestEvent(place: NotificationPlace): string {
  return JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: iso(place.at),
    Bucket: place.bucket,
    RequestId: 'EXAMPLE123456789',
    HostId: 'EXAMPLE123/5678abcdefghijklambdaisawesome/mnopqrstuvwxyzABCDEFGH',
  });
}

/** What CloudTrail publishes when a trail's topic is set: plain text, not JSON. */
export function cloudTrailValidationMessage(place: NotificationPlace, wrapping: 'raw' | 'in-sns'): string {
  const text = 'CloudTrail validation message.';
  return wrapping === 'raw' ? text : inSns(text, place);
}

/** What lands in the queue when a subscription waits to be confirmed. */
export function subscriptionConfirmation(place: NotificationPlace): string {
  const topic = topicArn(place);
  return JSON.stringify({
    Type: 'SubscriptionConfirmation',
    MessageId: messageId(topic),
    Token: createHash('sha256').update(topic).digest('hex'),
    TopicArn: topic,
    Message: `You have chosen to subscribe to the topic ${topic}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL: `https://sns.${place.region}.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=example`,
    Timestamp: iso(place.at),
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
    SigningCertURL: `https://sns.${place.region}.amazonaws.com/SimpleNotificationService-example.pem`,
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function s3Record(file: TrailFile, { bucket, region, at }: NotificationPlace): object {
  const gzip = file.gzip();
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: region,
    eventTime: iso(at),
    eventName: 'ObjectCreated:Put',
    userIdentity: { principalId: 'AWS:AROAEXAMPLE:regionalDeliverySession' },
    requestParameters: { sourceIPAddress: '203.0.113.10' },
    responseElements: { 'x-amz-request-id': 'EXAMPLE123456789', 'x-amz-id-2': 'EXAMPLE' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'cloudtrail-to-queue',
      bucket: { name: bucket, ownerIdentity: { principalId: 'A3NL1KOZZKExample' }, arn: `arn:aws:s3:::${bucket}` },
      object: { key: formEncoded(file.key), size: gzip.length, eTag: md5(gzip), sequencer: sequencer(file, at) },
    },
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html: `etag`, not `eTag`; the key as it is. */
function eventBridgeEvent(files: readonly TrailFile[], { bucket, region, at }: NotificationPlace): object {
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) {
    throw new RangeError(`an EventBridge event tells of one object, not of ${files.length}`);
  }
  const gzip = file.gzip();
  return {
    version: '0',
    id: messageId(file.key),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: file.accountId,
    time: `${iso(at).slice(0, 19)}Z`,
    region,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key: file.key, size: gzip.length, etag: md5(gzip), sequencer: sequencer(file, at) },
      'request-id': 'EXAMPLE123456789',
      requester: 'cloudtrail.amazonaws.com',
      'source-ip-address': '203.0.113.10',
      reason: 'PutObject',
    },
  };
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function inSns(message: string, place: NotificationPlace, subject?: string): string {
  const topic = topicArn(place);
  return JSON.stringify({
    Type: 'Notification',
    MessageId: messageId(message),
    TopicArn: topic,
    Subject: subject,
    Message: message,
    Timestamp: iso(place.at),
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
    SigningCertURL: `https://sns.${place.region}.amazonaws.com/SimpleNotificationService-example.pem`,
    UnsubscribeURL: `https://sns.${place.region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${topic}:example`,
  });
}

/** S3 writes keys as a form does: a space becomes `+`, all but a few characters `%XX`; slashes stay. */
function formEncoded(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function topicArn({ region }: NotificationPlace): string {
  return `arn:aws:sns:${region}:111122223333:cloudtrail-topic`;
}

/** A UUID that depends on what it names. */
function messageId(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-5${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

function sequencer(file: TrailFile, at: number): string {
  return `00${Math.floor(at).toString(16).toUpperCase()}${md5(Buffer.from(file.key)).slice(0, 4).toUpperCase()}`;
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
