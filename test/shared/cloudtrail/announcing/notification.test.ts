import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  maxBodyCharacters,
  maxObjects,
  parseNotification,
} from '../../../../shared/cloudtrail/announcing/notification.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';

const bucket = 'example-trail-bucket';
const key =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/111122223333_CloudTrail_us-east-1_20261101T0005Z_Ab3dE6gH8jK0lMn2.json.gz';
const secondUnique = 'Zz9yX8wV7uT6sR5q';
const etag = 'd41d8cd98f00b204e9800998ecf8427e';
const object = { bucket, key, etag, sizeBytes: 4217 };

const fixtures = new URL('../../../fixtures/notifications/', import.meta.url);
const fixture = (name: string): string => readFileSync(new URL(`${name}.json`, fixtures), 'utf8');

function refused(body: string): ConnectorError {
  try {
    parseNotification(body);
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
  throw new Error('the message was taken');
}

const s3Record = (part: Record<string, unknown>): unknown => ({
  eventName: 'ObjectCreated:Put',
  s3: { bucket: { name: bucket }, object: { key } },
  ...part,
});

describe('parseNotification', () => {
  it.each([
    ['an S3 event', 's3-object-created'],
    ['an S3 event of a restored object', 's3-object-restored'],
    ['an S3 event in SNS', 's3-object-created-in-sns'],
    ['an S3 event forwarded from SNS to SNS', 's3-object-created-in-two-sns'],
    ['an EventBridge event', 'eventbridge-object-created'],
    ['an EventBridge event in SNS', 'eventbridge-object-created-in-sns'],
    ['an EventBridge event of a restored object', 'eventbridge-object-restore-completed'],
  ])('takes the object of %s', (_shape, name) => {
    expect(parseNotification(fixture(name))).toEqual({ kind: 'objects', objects: [object] });
  });

  it('decodes the keys of S3 events, + and %XX alike', () => {
    const second = key.replace('Ab3dE6gH8jK0lMn2', secondUnique);
    expect(parseNotification(fixture('s3-object-created-two-records'))).toEqual({
      kind: 'objects',
      objects: [object, { ...object, key: `central logs/café+1/${second}` }],
    });
  });

  it.each(['cloudtrail-sns', 'cloudtrail-sns-raw'])('takes every key of %s as it is', (name) => {
    const second = key.replaceAll('us-east-1', 'eu-west-1').replace('Ab3dE6gH8jK0lMn2', secondUnique);
    expect(parseNotification(fixture(name))).toEqual({
      kind: 'objects',
      objects: [
        { bucket, key },
        { bucket, key: second },
      ],
    });
  });

  it('does not decode the keys of CloudTrail', () => {
    const body = JSON.stringify({ s3Bucket: bucket, s3ObjectKey: 'a+b%20c/AWSLogs/x' });
    expect(parseNotification(body)).toEqual({ kind: 'objects', objects: [{ bucket, key: 'a+b%20c/AWSLogs/x' }] });
  });

  it('keeps both readings of an EventBridge key that looks encoded', () => {
    expect(parseNotification(fixture('eventbridge-object-created-odd-prefix'))).toEqual({
      kind: 'objects',
      objects: [{ ...object, key: `central+logs/caf%C3%A9/${key}`, alternativeKey: `central logs/café/${key}` }],
    });
  });

  it('takes a key that is no encoding as it is', () => {
    const event = { Records: [s3Record({ s3: { bucket: { name: bucket }, object: { key: '100%/AWSLogs/x' } } })] };
    expect(parseNotification(JSON.stringify(event))).toEqual({
      kind: 'objects',
      objects: [{ bucket, key: '100%/AWSLogs/x' }],
    });
  });

  it('leaves a size or ETag that makes no sense absent', () => {
    const s3 = { bucket: { name: bucket }, object: { key, size: -1, eTag: 7 } };
    const body = JSON.stringify({ Records: [s3Record({ s3 })] });
    expect(parseNotification(body)).toEqual({ kind: 'objects', objects: [{ bucket, key }] });
  });

  it('takes an object named twice once', () => {
    const body = JSON.stringify({ s3Bucket: bucket, s3ObjectKey: [key, 'b', key] });
    expect(parseNotification(body)).toEqual({
      kind: 'objects',
      objects: [
        { bucket, key },
        { bucket, key: 'b' },
      ],
    });
  });

  it('takes the records that announce an object and passes the others over', () => {
    const body = JSON.stringify({
      Records: [s3Record({ eventName: 'ObjectRemoved:Delete' }), s3Record({ eventName: 's3:ObjectCreated:Put' })],
    });
    expect(parseNotification(body)).toEqual({ kind: 'objects', objects: [{ bucket, key }] });
  });

  it('reads an object announced without an event name', () => {
    const body = JSON.stringify({ Records: [s3Record({ eventName: undefined })] });
    expect(parseNotification(body)).toMatchObject({ kind: 'objects' });
  });

  it.each([
    ["S3's test event", fixture('s3-test-event'), /test event of bucket "example-trail-bucket"/],
    ["S3's test event in SNS", fixture('s3-test-event-in-sns'), /test event/],
    ["S3's test event without a bucket", '{"Event":"s3:TestEvent"}', /test event/],
    ["CloudTrail's validation message", 'CloudTrail validation message.', /validation message/],
    ['the same in SNS', fixture('cloudtrail-validation-in-sns'), /validation message/],
    ['the removal of an object', fixture('s3-object-removed'), /ObjectRemoved:Delete/],
    ['an S3 event without records', '{"Records":[]}', /without records/],
    ["another event of S3's in EventBridge", fixture('eventbridge-object-deleted'), /"Object Deleted"/],
    ['a CloudTrail notification without keys', `{"s3Bucket":"b","s3ObjectKey":[]}`, /without keys/],
  ])('finds nothing to do in %s', (_name, body, reason) => {
    expect(parseNotification(body)).toEqual({ kind: 'nothing', reason: expect.stringMatching(reason) });
  });

  it.each([
    ['API calls in EventBridge', fixture('eventbridge-api-call'), /AWS API Call via CloudTrail/, /Object Created/],
    ['Security Lake by its requester', fixture('security-lake'), /Security Lake/, /OCSF/],
    [
      'Security Lake by its key',
      JSON.stringify({
        'detail-type': 'Object Created',
        source: 'aws.s3',
        detail: { bucket: { name: 'lake' }, object: { key: 'ext/x/region=us-east-1/y.parquet' } },
      }),
      /Security Lake/,
      /OCSF/,
    ],
    ['events in place of pointers', fixture('trail-event-itself'), /record 1 of 1 is a CloudTrail event/, /log files/],
    ['text', 'hello', /5 characters of text that is not JSON/, /Send this queue only/],
    ['an empty body', '', /0 characters/, /Send this queue only/],
    ['a list', '[]', /a JSON list/, /Send/],
    ['a number', '1', /a JSON number/, /Send/],
    ['null', 'null', /a JSON null/, /Send/],
    ['an empty object', '{}', /an empty JSON object/, /Send/],
    ['an unknown object', '{"foo":"secret","bar":1}', /a JSON object with "foo", "bar",/, /Send/],
    ['too many fields to name', JSON.stringify(Object.fromEntries([...'abcdefghij'].entries())), /and 2 more/, /Send/],
    ['another source in EventBridge', '{"detail-type":"Scheduled Event","detail":{}}', /"Scheduled Event"/, /Send/],
    ['EventBridge without an object', '{"detail-type":"Object Created","detail":{}}', /names no S3 object/, /Send/],
    [
      'a record without an object',
      JSON.stringify({ Records: [s3Record({}), { s3: {} }] }),
      /record 2 of 2 is a JSON object with "s3"/,
      /Send/,
    ],
    [
      'three SNS envelopes',
      JSON.stringify({ Type: 'Notification', Message: fixture('s3-object-created-in-two-sns') }),
      /more than 2 SNS envelopes/,
      /Send/,
    ],
    [
      'too many objects',
      JSON.stringify({ s3Bucket: 'b', s3ObjectKey: Array.from({ length: maxObjects + 1 }, () => 'k') }),
      /10001 objects/,
      /Send/,
    ],
    ['a body no queue can carry', ' '.repeat(maxBodyCharacters + 1), /1048577 characters/, /Send/],
  ])('refuses %s and says what was recognised', (_name, body, message, remedy) => {
    const error = refused(body);
    expect(error).toMatchObject({ code: 'notification-unknown', belongsTo: 'message' });
    expect(error.message).toMatch(message);
    expect(error.remedy).toMatch(remedy);
  });

  it('shows names of fields but never their values', () => {
    expect(refused('{"foo":"secret-value"}').message).not.toContain('secret-value');
    expect(refused('secret-text').message).not.toContain('secret-text');
  });

  it.each([
    ['sns-subscription-confirmation', /asks to confirm/],
    ['sns-unsubscribe-confirmation', /ended/],
  ])('reports %s without following its URL', (name, message) => {
    const error = refused(fixture(name));
    expect(error).toMatchObject({ code: 'subscription-unconfirmed', message: expect.stringMatching(message) });
    expect(`${error.message} ${error.remedy}`).not.toMatch(/https:|EXAMPLETOKEN/);
  });

  it('throws nothing but ConnectorError, whatever the text', () => {
    const names = readdirSync(fixtures).map((file) => fixture(file.replace('.json', '')));
    const cutOrChanged = fc
      .tuple(fc.constantFrom(...names), fc.nat(), fc.nat(20), fc.string())
      .map(([body, at, length, text]) => {
        const start = at % body.length;
        return body.slice(0, start) + text + body.slice(start + length);
      });
    const shaped = fc.record(
      {
        Records: fc.anything(),
        Type: fc.constant('Notification'),
        Message: fc.oneof(fc.string(), fc.json()),
        'detail-type': fc.constantFrom('Object Created', 'x via CloudTrail'),
        detail: fc.anything(),
        s3Bucket: fc.string(),
        s3ObjectKey: fc.anything(),
        __proto__: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const bodies = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), cutOrChanged, shaped.map(toJson));
    fc.assert(
      fc.property(bodies, (body) => {
        try {
          const notification = parseNotification(body);
          expect(['objects', 'nothing']).toContain(notification.kind);
          if (notification.kind === 'objects') expect(notification.objects.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ConnectorError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('survives nesting as deep as a message allows', () => {
    const deep = '['.repeat(500_000) + ']'.repeat(500_000);
    expect(refused(deep).code).toBe('notification-unknown');
    expect(refused(`{"Records":[${deep}]}`).code).toBe('notification-unknown');
  });
});

function toJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => (typeof part === 'bigint' ? `${part}` : part)) ?? '';
}
