import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkObject, describeObjectKey, fateOfObject } from '../../../../shared/cloudtrail/announcing/objectKey.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';

const file = '111122223333_CloudTrail_us-east-1_20261101T0005Z_Ab3dE6gH8jK0lMn2.json.gz';
const tail = `111122223333/CloudTrail/us-east-1/2026/11/01/${file}`;
const described = {
  kind: 'log',
  account: '111122223333',
  service: 'CloudTrail',
  region: 'us-east-1',
  deliveredAt: '2026-11-01T00:05:00Z',
  sourceObject: '20261101T0005Z_Ab3dE6gH8jK0lMn2',
};
const organization = 'o-exampleorgid';

describe('describeObjectKey', () => {
  it.each([
    ['a trail of one account', `AWSLogs/${tail}`, {}],
    ['a prefix', `central/logs/AWSLogs/${tail}`, {}],
    ['an empty prefix segment', `/AWSLogs/${tail}`, {}],
    ['an organisation trail', `AWSLogs/${organization}/${tail}`, { organization }],
    ['Control Tower since 3.0', `${organization}/AWSLogs/${organization}/${tail}`, { organization }],
    ['Control Tower before 3.0', `${organization}/AWSLogs/${tail}`, {}],
    ['a copy below another AWSLogs/', `copy/AWSLogs/999988887777/x/AWSLogs/${tail}`, {}],
    ['a prefix that only looks alike', `myAWSLogs/AWSLogs/${tail}`, {}],
    ['a plain JSON file', `AWSLogs/${tail.replace('.gz', '')}`, {}],
    [
      'an account that is no number',
      `AWSLogs/${tail.replaceAll('111122223333', 'ANONYMOUS')}`,
      { account: 'ANONYMOUS' },
    ],
    ['a GovCloud region', `AWSLogs/${tail.replaceAll('us-east-1', 'us-gov-west-1')}`, { region: 'us-gov-west-1' }],
  ])('reads the layout of %s', (_name, key, differs) => {
    expect(describeObjectKey(key)).toEqual({ ...described, ...differs });
  });

  it.each([
    ['CloudTrail-Insight', 'insight'],
    ['CloudTrail-NetworkActivity', 'network-activity'],
    ['CloudTrail-Aggregated', 'aggregated'],
  ])('knows %s', (service, kind) => {
    const key = `AWSLogs/${tail.replaceAll('CloudTrail', service)}`;
    expect(describeObjectKey(key)).toEqual({ ...described, kind, service });
  });

  it('knows a digest, whose name tells seconds and so no delivery minute', () => {
    const key =
      'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/01/111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20261101T000512Z.json.gz';
    expect(describeObjectKey(key)).toMatchObject({ kind: 'digest', sourceObject: key.slice(-31) });
    expect(describeObjectKey(key)).not.toHaveProperty('deliveredAt');
  });

  it.each([
    ['20260230T0005Z', 'a day that does not exist'],
    ['20261101T2405Z', 'an hour that does not exist'],
    ['20261301T0005Z', 'a month that does not exist'],
  ])('tells no delivery time from %s, %s', (minute) => {
    const key = `AWSLogs/${tail.replace('20261101T0005Z', minute)}`;
    expect(describeObjectKey(key)).toMatchObject({ kind: 'log', sourceObject: key.slice(-31) });
    expect(describeObjectKey(key)).not.toHaveProperty('deliveredAt');
  });

  it('names a log file with another name by the last 31 characters of its key', () => {
    const key = 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/renamed-by-a-copy-job.json.gz';
    expect(describeObjectKey(key)).toMatchObject({
      kind: 'log',
      sourceObject: '1/renamed-by-a-copy-job.json.gz',
    });
  });

  it.each([`AWSLogs/111122223333/CloudTrail/`, `logs/`, `AWSLogs/111122223333_$folder$`])(
    'knows the folder %s',
    (key) => {
      expect(describeObjectKey(key).kind).toBe('folder');
    },
  );

  it('names any key by a short and well-formed text', () => {
    const keys = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('AWSLogs', 'CloudTrail', organization, '2026', '11', '01', file, '', '..', '\ud800'))
        .map((parts) => parts.join('/')),
    );
    fc.assert(
      fc.property(keys, (key) => {
        const { sourceObject } = describeObjectKey(key);
        expect(sourceObject.length).toBeLessThanOrEqual(48);
        expect(sourceObject.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('fateOfObject', () => {
  it.each(['CloudTrail', 'CloudTrail-Insight', 'CloudTrail-NetworkActivity'])('ingests %s', (service) => {
    expect(fateOfObject(`AWSLogs/${tail.replaceAll('CloudTrail', service)}`)).toEqual({ fate: 'ingest' });
  });

  it.each([
    ['AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/01/x.json.gz', /digest/],
    ['AWSLogs/111122223333/CloudTrail-Aggregated/us-east-1/2026/11/01/x.json.gz', /aggregated/],
    ['AWSLogs/111122223333/CloudTrail/us-east-1/', /folder/],
    ['AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/01/x.log.gz', /vpcflowlogs/],
    ['AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/x.log.parquet', /vpcflowlogs/],
    ['AWSLogs/111122223333/elasticloadbalancing/us-east-1/2026/11/01/x.log.gz', /elasticloadbalancing/],
    ['AWSLogs/111122223333/ELBAccessLogTestFile', /ELBAccessLogTestFile/],
    ['AWSLogs/o-exampleorgid/111122223333/Config/us-east-1/2026/11/1/ConfigHistory/x.json.gz', /Config/],
    ['AWSLogs/111122223333/GuardDuty/us-east-1/2026/11/01/x.jsonl.gz', /GuardDuty/],
    ['AWSLogs/111122223333/WAFLogs/us-east-1/acl/2026/11/01/00/05/x.log.gz', /WAFLogs/],
    ['AWSLogs/111122223333/CloudTrail-Lake/Query/2026/11/01/id/result_1.csv.gz', /CloudTrail-Lake/],
  ])('skips %s', (key, reason) => {
    expect(fateOfObject(key)).toEqual({ fate: 'skip', reason: expect.stringMatching(reason) });
  });

  it.each([
    ['AWSLogs/111122223333/CloudTrail-New/us-east-1/2026/11/01/x.json.gz', 'AWSLogs/111122223333/CloudTrail-New/'],
    ['p/AWSLogs/o-exampleorgid/111122223333/Novel/a/b', 'p/AWSLogs/o-exampleorgid/111122223333/Novel/'],
    ['AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/notes.txt', 'AWSLogs/111122223333/CloudTrail/'],
    ['AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/deeper/x.json.gz', 'AWSLogs/111122223333/CloudTrail/'],
    ['AWSLogs/111122223333/CloudTrail/us-east-1/x.json.gz', 'AWSLogs/111122223333/CloudTrail/'],
    ['AWSLogs/111122223333/readme', 'AWSLogs/111122223333/'],
    ['AWSLogs/o-exampleorgid/readme', 'AWSLogs/o-exampleorgid/'],
    ['AWSLogs/readme', 'AWSLogs/'],
    ['elsewhere/x.json.gz', ''],
  ])('does not know %s and gives its prefix', (key, prefix) => {
    expect(fateOfObject(key)).toEqual({ fate: 'unknown', prefix });
  });
});

describe('checkObject', () => {
  const key = `AWSLogs/${tail}`;
  const bucket = 'trail-bucket';
  const check = (object: { bucket: string; key: string; alternativeKey?: string }) => (): void =>
    checkObject(object, ['other-bucket', bucket]);

  it('allows a key under AWSLogs/ in a listed bucket', () => {
    expect(check({ bucket, key })).not.toThrow();
    expect(check({ bucket, key: `some+prefix/${key}`, alternativeKey: `some prefix/${key}` })).not.toThrow();
  });

  it.each(['trail-bucket2', 'trail', 'TRAIL-BUCKET', '', 'trail-bucket\n'])('refuses bucket %j', (name) => {
    expect(check({ bucket: name, key })).toThrow(
      expect.objectContaining({ code: 'bucket-not-allowed', at: { bucket: name, key } }),
    );
  });

  it.each([
    ['', /empty/],
    ['secrets/passwords.txt', /AWSLogs/],
    ['NotAWSLogs/x', /AWSLogs/],
    ['AWSLogs', /AWSLogs/],
    ['AWSLogs/../secrets', /dot segment/],
    ['../AWSLogs/x', /dot segment/],
    ['AWSLogs/a/./b', /dot segment/],
    ['AWSLogs/a/..', /dot segment/],
    ['AWSLogs\\..\\x/AWSLogs/x', /dot segment/],
    ['AWSLogs/\u0000x', /control/],
    ['AWSLogs/\r\nHost: x', /control/],
    ['AWSLogs/\ud800', /Unicode/],
    [`AWSLogs/${'é'.repeat(509)}`, /longer than 1024 bytes/],
    [`AWSLogs/${'x'.repeat(5000)}`, /longer than 1024 bytes/],
  ])('refuses key %j', (name, message) => {
    expect(check({ bucket, key: name })).toThrow(
      expect.objectContaining({ code: 'key-not-allowed', message: expect.stringMatching(message) }),
    );
  });

  it('refuses a second reading that leads elsewhere', () => {
    expect(check({ bucket, key: 'AWSLogs/%2e%2e/x', alternativeKey: 'AWSLogs/../x' })).toThrow(
      expect.objectContaining({ code: 'key-not-allowed' }),
    );
  });

  it('throws nothing but ConnectorError, short whatever the sender wrote', () => {
    const text = fc.string({ unit: 'binary', maxLength: 3000 });
    fc.assert(
      fc.property(text, text, fc.boolean(), (name, path, allowed) => {
        try {
          checkObject({ bucket: allowed ? bucket : name, key: path }, [bucket]);
        } catch (error) {
          expect(error).toBeInstanceOf(ConnectorError);
          expect(String(error).length).toBeLessThan(2000);
        }
        expect(path).toBeTypeOf('string');
      }),
    );
  });
});
