import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxBodyCharacters, parseNotification } from '../../../../shared/cloudtrail/announcing/notification.ts';
import { maxObjects } from '../../../../shared/cloudtrail/announcing/reading.ts';
import type { ObjectRef } from '../../../../shared/words/announcement.ts';
import type { ConnectorError } from '../../../../shared/words/errors.ts';

const bucket = 'example-trail-bucket';
const key =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/111122223333_CloudTrail_us-east-1_20261101T0005Z_Ab3dE6gH8jK0lMn2.json.gz';
const secondUnique = 'Zz9yX8wV7uT6sR5q';
const etag = 'd41d8cd98f00b204e9800998ecf8427e';
const object = { bucket, key, etag, sizeBytes: 4217, sequencer: '0055AED6DCD90281E5' };

const fixtures = new URL('../../../fixtures/notifications/', import.meta.url);
const fixture = (name: string): string => readFileSync(new URL(`${name}.json`, fixtures), 'utf8');

/** The objects of a message in which everything is understood. */
function objectsOf(body: string): readonly ObjectRef[] {
  const { objects, faults } = parseNotification(body);
  expect(faults).toEqual([]);
  return objects;
}

/** The one fault of a message that announces nothing. */
function refused(body: string): ConnectorError {
  const { objects, faults, nothing } = parseNotification(body);
  expect({ objects, nothing }).toEqual({ objects: [], nothing: [] });
  const [fault, ...others] = faults;
  expect(others).toEqual([]);
  if (fault === undefined) throw new Error('the message was taken');
  return fault;
}

/** An S3 event in as many SNS envelopes. */
function wrapped(times: number): string {
  let value: unknown = { Records: [s3Record({})] };
  // Objects in one another, since texts in texts double their escapes each time.
  for (let envelope = 0; envelope < times; envelope++) value = { Type: 'Notification', Message: value };
  return JSON.stringify(value);
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
    expect(objectsOf(fixture(name))).toEqual([object]);
  });

  it('decodes the keys of S3 events, + and %XX alike', () => {
    const second = key.replace('Ab3dE6gH8jK0lMn2', secondUnique);
    expect(objectsOf(fixture('s3-object-created-two-records'))).toEqual([
      object,
      { ...object, key: `central logs/café+1/${second}` },
    ]);
  });

  it.each(['cloudtrail-sns', 'cloudtrail-sns-raw'])('takes every key of %s as it is', (name) => {
    const second = key.replaceAll('us-east-1', 'eu-west-1').replace('Ab3dE6gH8jK0lMn2', secondUnique);
    expect(objectsOf(fixture(name))).toEqual([
      { bucket, key },
      { bucket, key: second },
    ]);
  });

  it('does not decode the keys of CloudTrail', () => {
    const body = JSON.stringify({ s3Bucket: bucket, s3ObjectKey: 'a+b%20c/AWSLogs/x' });
    expect(objectsOf(body)).toEqual([{ bucket, key: 'a+b%20c/AWSLogs/x' }]);
  });

  it('keeps both readings of an EventBridge key that looks encoded', () => {
    expect(objectsOf(fixture('eventbridge-object-created-odd-prefix'))).toEqual([
      { ...object, key: `central+logs/caf%C3%A9/${key}`, alternativeKey: `central logs/café/${key}` },
    ]);
  });

  it('takes a key that is no encoding as it is', () => {
    const event = { Records: [s3Record({ s3: { bucket: { name: bucket }, object: { key: '100%/AWSLogs/x' } } })] };
    expect(objectsOf(JSON.stringify(event))).toEqual([{ bucket, key: '100%/AWSLogs/x' }]);
  });

  it('leaves a size or ETag that makes no sense absent', () => {
    const s3 = { bucket: { name: bucket }, object: { key, size: -1, eTag: 7 } };
    const body = JSON.stringify({ Records: [s3Record({ s3 })] });
    expect(objectsOf(body)).toEqual([{ bucket, key }]);
  });

  it('takes an object named twice once', () => {
    const body = JSON.stringify({ s3Bucket: bucket, s3ObjectKey: [key, 'b', key] });
    expect(objectsOf(body)).toEqual([
      { bucket, key },
      { bucket, key: 'b' },
    ]);
  });

  it('takes the records that announce an object and passes the others over', () => {
    const body = JSON.stringify({
      Records: [s3Record({ eventName: 'ObjectRemoved:Delete' }), s3Record({ eventName: 's3:ObjectCreated:Put' })],
    });
    expect(objectsOf(body)).toEqual([{ bucket, key }]);
  });

  it('reads an object announced without an event name', () => {
    const body = JSON.stringify({ Records: [s3Record({ eventName: undefined })] });
    expect(objectsOf(body)).toHaveLength(1);
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
    expect(parseNotification(body)).toEqual({ objects: [], faults: [], nothing: [expect.stringMatching(reason)] });
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
    ['a record without an object', '{"Records":[{"s3":{}}]}', /record 1 of 1 is a JSON object with "s3"/, /Send/],
    ['envelopes without end', wrapped(20), /too deep in other messages/, /Take out/],
    ['a body no queue can carry', ' '.repeat(maxBodyCharacters + 1), /1048577 characters/, /Send/],
  ])('refuses %s and says what was recognised', (_name, body, message, remedy) => {
    const error = refused(body);
    expect(error).toMatchObject({ code: 'notification-unknown', belongsTo: 'message' });
    expect(error.message).toMatch(message);
    expect(error.remedy).toMatch(remedy);
  });

  it('delivers the good record of two, and tells what the other is', () => {
    const { objects, faults } = parseNotification(JSON.stringify({ Records: [s3Record({}), { foo: 1 }] }));
    expect(objects).toEqual([{ bucket, key }]);
    expect(faults).toMatchObject([{ code: 'notification-unknown', belongsTo: 'message' }]);
    expect(faults[0]?.message).toMatch(/^record 2 of 2 is a JSON object with "foo", which is no known notification$/);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a number', 7],
    ['a text', 'hello'],
    ['a list', []],
    ['an empty object', {}],
    ['a bucket without a key', { s3: { bucket: { name: bucket }, object: {} } }],
    ['a key without a bucket', { s3: { object: { key } } }],
    ['a key that is no text', { s3: { bucket: { name: bucket }, object: { key: 7 } } }],
    ['an empty key', { s3: { bucket: { name: bucket }, object: { key: '' } } }],
    ['a CloudTrail event', { eventVersion: '1.11', eventSource: 's3.amazonaws.com', eventID: 'x' }],
  ])('takes the good records around %s', (_name, bad) => {
    const other = s3Record({ s3: { bucket: { name: bucket }, object: { key: `${key}2` } } });
    const { objects, faults } = parseNotification(JSON.stringify({ Records: [s3Record({}), bad, other, bad] }));
    expect(objects.map((announced) => announced.key)).toEqual([key, `${key}2`]);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.message).toMatch(/^record 2 of 4 .*1 more of its parts/);
  });

  it('takes the good keys of a trail, whatever the others are', () => {
    const { objects, faults } = parseNotification(
      JSON.stringify({ s3Bucket: bucket, s3ObjectKey: [7, key, null, ''] }),
    );
    expect(objects).toEqual([{ bucket, key }]);
    expect(faults).toMatchObject([{ message: expect.stringMatching(/^key 1 of 4 .* 2 more/) }]);
  });

  it('takes as many objects as a trail could announce, and tells of the rest', () => {
    const keys = Array.from({ length: maxObjects + 5 }, (_, index) => `AWSLogs/${index}`);
    const { objects, faults } = parseNotification(
      JSON.stringify({ s3Bucket: bucket, s3ObjectKey: [...keys, ...keys] }),
    );
    expect(objects).toHaveLength(maxObjects);
    expect(faults).toMatchObject([{ message: expect.stringContaining('10 objects beyond the first 10000') }]);
  });

  it('of two announcements of one key takes the later one, and tells that their content differs', () => {
    const at = (sequencer: string, eTag: string) =>
      s3Record({ s3: { bucket: { name: bucket }, object: { key, sequencer, eTag } } });
    const read = (...records: readonly unknown[]) => {
      const { objects, faults } = parseNotification(JSON.stringify({ Records: records }));
      expect(objects).toHaveLength(1);
      expect(faults).toMatchObject([{ message: expect.stringMatching(/announces key "AWSLogs.* twice/) }]);
      return objects[0]?.etag;
    };
    expect(read(at('0A', 'old'), at('0B', 'new'))).toBe('new');
    expect(read(at('0B', 'new'), at('0A', 'old'))).toBe('new');
    expect(read(at('FF', 'old'), at('0100', 'new'))).toBe('new');
    expect(read(at('0100', 'new'), at('FF', 'old'))).toBe('new');
    expect(read(at('no number', 'first'), at('1', 'second'))).toBe('second');
    expect(objectsOf(JSON.stringify({ Records: [at('0A', 'same'), at('0A', 'same'), s3Record({})] }))).toHaveLength(1);
  });

  it('carries version and sequencer', () => {
    const one = { key, size: 1, eTag: 'e', versionId: 'v1', sequencer: '0A' };
    const two = { key: 'other', size: 1, etag: 'e', 'version-id': 'v1', sequencer: '0A' };
    const details = { etag: 'e', sizeBytes: 1, versionId: 'v1', sequencer: '0A' };
    const s3 = JSON.stringify({ Records: [s3Record({ s3: { bucket: { name: bucket }, object: one } })] });
    expect(objectsOf(s3)).toEqual([{ bucket, key, ...details }]);
    const bridge = JSON.stringify({
      'detail-type': 'Object Created',
      detail: { bucket: { name: bucket }, object: two },
    });
    expect(objectsOf(bridge)).toEqual([{ bucket, key: 'other', ...details }]);
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

  it('always answers something, whatever the text', () => {
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
        const { objects, faults, nothing } = parseNotification(body);
        expect(objects.length + faults.length + nothing.length).toBeGreaterThan(0);
        for (const { code } of faults) expect(['notification-unknown', 'subscription-unconfirmed']).toContain(code);
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[string, (fill: (part: string, between?: string) => string) => string]>([
    ['open lines', (fill) => fill('{', '\n')],
    ['broken lines', (fill) => fill('{}x}', '\n')],
    ['good lines', (fill) => fill('{"a":1}', '\n')],
    ['open texts', (fill) => `[${fill('"{"', ',')}]`],
    ['broken texts', (fill) => `[${fill('"{}x}"', ',')}]`],
    ['Base64', (fill) => `[${fill('"eyJ9"', ',')}]`],
    ['numbers', (fill) => `[${fill('1', ',')}]`],
    ['lists', (fill) => `[${fill('[]', ',')}]`],
    ['empty records', (fill) => `{"Records":[${fill('{}', ',')}]}`],
    ['bodies', (fill) => `[${fill('{"body":"{}"}', ',')}]`],
    ['fields', (fill) => `{${fill('"a":1', ',')}}`],
    ['blanks', (fill) => `{"Message":"${fill(' ')}"}`],
    ['one word', (fill) => `{"Message":"${fill('a')}"}`],
    ['backslashes', (fill) => JSON.stringify(fill('\\').slice(0, 500_000))],
  ])('reads the largest message of %s in one go, and answers little', (_what, make) => {
    const body = make((part, between = '') => {
      const times = Math.floor((maxBodyCharacters - 1000) / (part.length + between.length));
      return Array.from({ length: times }, () => part).join(between);
    });
    const { objects, faults, nothing } = parseNotification(body);
    expect(objects).toEqual([]);
    expect(faults.length + nothing.length).toBeGreaterThan(0);
    expect(JSON.stringify([faults.map(String), nothing]).length).toBeLessThan(3000);
  });

  it('takes an object named in thousands of records once', () => {
    const records = Array.from({ length: 4_000 }, () => s3Record({}));
    expect(objectsOf(JSON.stringify({ Records: records }))).toEqual([{ bucket, key }]);
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
