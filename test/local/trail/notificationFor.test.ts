import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateTrail } from '../../../local/trail/generateTrail.ts';
import {
  cloudTrailValidationMessage,
  notificationFor,
  notificationShapes,
  s3TestEvent,
  subscriptionConfirmation,
} from '../../../local/trail/notificationFor.ts';
import type { TrailFile } from '../../../local/trail/trailFile.ts';
import { parseNotification } from '../../../shared/cloudtrail/announcing/notification.ts';
import { describeObjectKey } from '../../../shared/cloudtrail/announcing/objectKey.ts';

const now = Date.UTC(2026, 10, 1, 12);
const place = { bucket: 'a-bucket', region: 'eu-west-1', at: now };
const [file, second] = Array.from(
  generateTrail({ seed: 1, files: 2, now, bucketPrefix: 'trail of (ours) + 100%' }),
) as [TrailFile, TrailFile];

describe('notificationFor', () => {
  it('encodes the key of an S3 event as a form does', () => {
    const { s3, eventName } = parse(notificationFor(file, 's3-event', place)).Records[0];
    expect(eventName).toBe('ObjectCreated:Put');
    expect(s3.object.key).toMatch(/^trail\+of\+%28ours%29\+%2B\+100%25\/AWSLogs\//);
    expect(decodeURIComponent(s3.object.key.replaceAll('+', ' '))).toBe(file.key);
    expect(s3.object.size).toBe(file.gzip().length);
    expect(s3.object.eTag).toBe(createHash('md5').update(file.gzip()).digest('hex'));
    expect(s3.bucket.name).toBe('a-bucket');
  });

  it('keeps the key of an EventBridge event as it is', () => {
    const event = parse(notificationFor(file, 'eventbridge', place));
    expect(event['detail-type']).toBe('Object Created');
    expect(event.detail.object.key).toBe(file.key);
    expect(event.detail.object.etag).toMatch(/^[0-9a-f]{32}$/);
  });

  it('announces several keys in one message of CloudTrail, as they are', () => {
    expect(parse(notificationFor([file, second], 'cloudtrail', place))).toEqual({
      s3Bucket: 'a-bucket',
      s3ObjectKey: [file.key, second.key],
    });
  });

  it.each(['s3-event', 'eventbridge', 'cloudtrail'] as const)('wraps %s in the envelope of SNS', (shape) => {
    const envelope = parse(notificationFor(file, `${shape}-in-sns`, place));
    expect(envelope).toMatchObject({
      Type: 'Notification',
      TopicArn: expect.stringContaining('arn:aws:sns:eu-west-1:'),
    });
    expect(envelope.Message).toBe(notificationFor(file, shape, place));
  });

  it('refuses several files in an EventBridge event', () => {
    expect(() => notificationFor([file, second], 'eventbridge', place)).toThrow(RangeError);
  });

  it.each(notificationShapes)('writes %s the same every time', (shape) => {
    expect(notificationFor(file, shape, place)).toBe(notificationFor(file, shape, place));
  });
});

describe('what the connector reads in them', () => {
  it.each(notificationShapes)('is the key, for %s', (shape) => {
    expect(parseNotification(notificationFor(file, shape, place))).toMatchObject({
      faults: [],
      objects: [{ bucket: 'a-bucket', key: file.key }],
    });
  });

  it.each([
    s3TestEvent(place),
    cloudTrailValidationMessage(place, 'raw'),
    cloudTrailValidationMessage(place, 'in-sns'),
  ])('is nothing to do: %s', (body) => {
    expect(parseNotification(body)).toMatchObject({ objects: [], faults: [], nothing: [expect.any(String)] });
  });

  it('is a file to ingest, unless it is a digest', () => {
    const files = Array.from(generateTrail({ seed: 2, files: 40, now, digestsOf: 'a-bucket' }));
    for (const { key, kind } of files) {
      expect(describeObjectKey(key).fate.fate).toBe(kind === 'CloudTrail-Digest' ? 'skip' : 'ingest');
    }
  });
});

describe('messages that announce nothing', () => {
  it('include the test event of S3', () => {
    expect(parse(s3TestEvent(place))).toMatchObject({ Event: 's3:TestEvent', Bucket: 'a-bucket' });
  });

  it('include the validation message of CloudTrail, as plain text or in the envelope of SNS', () => {
    expect(cloudTrailValidationMessage(place, 'raw')).toBe('CloudTrail validation message.');
    expect(parse(cloudTrailValidationMessage(place, 'in-sns')).Message).toBe('CloudTrail validation message.');
  });

  it('include the request to confirm a subscription', () => {
    expect(parse(subscriptionConfirmation(place))).toMatchObject({ Type: 'SubscriptionConfirmation' });
  });
});

function parse(text: string) {
  return JSON.parse(text);
}
