import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { generateTrail } from '../../../local/trail/generateTrail.ts';
import type { TrailFile } from '../../../local/trail/trailFile.ts';

const now = Date.UTC(2026, 10, 1, 0, 20, 13);
const files = Array.from(generateTrail({ seed: 'a trail', files: 300, now }));
const texts = files.map((file) => Buffer.from(file.json()).toString());
const records = texts.flatMap((text) => recordsOf(text));

describe('generateTrail', () => {
  it('gives the same files for the same seed, however often their content is asked for', () => {
    const again = Array.from(generateTrail({ seed: 'a trail', files: 300, now }));
    expect(again.map(digestOf)).toEqual(files.map(digestOf));
    expect(again[0]?.json()).toEqual(again[0]?.json());
  });

  it('gives other files for another seed', () => {
    const [other] = generateTrail({ seed: 'another', files: 1, now });
    expect(other?.key).not.toBe(files[0]?.key);
  });

  it('names files as CloudTrail does, with and without an organisation', () => {
    const layout =
      /^AWSLogs\/(?:(?<org>o-[a-z0-9]{10})\/)?(?<account>\d{12})\/(?<kind>CloudTrail(?:-Insight|-NetworkActivity)?)\/(?<region>[a-z0-9-]+)\/(?<y>\d{4})\/(?<m>\d\d)\/(?<d>\d\d)\/\k<account>_\k<kind>_\k<region>_\k<y>\k<m>\k<d>T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$/;
    const groups = files.map(({ key }) => layout.exec(key)?.groups);
    expect(groups.filter((each) => each === undefined)).toEqual([]);
    expect(new Set(groups.map((each) => each?.['org']))).toEqual(new Set([undefined, 'o-a1b2c3d4e5']));
    expect(new Set(groups.map((each) => each?.['kind'])).size).toBe(3);
    expect(new Set(groups.map((each) => each?.['account'])).size).toBeGreaterThanOrEqual(4);
    expect(new Set(groups.map((each) => each?.['region'])).size).toBeGreaterThanOrEqual(4);
    expect(new Set(files.map(({ key }) => key)).size).toBe(files.length);
  });

  it('puts the prefix of a bucket before the layout', () => {
    const [file] = generateTrail({ seed: 1, files: 1, now, bucketPrefix: 'logs/of us' });
    expect(file?.key).toMatch(/^logs\/of us\/AWSLogs\//);
  });

  it('compresses the JSON it shows and holds as many records as it says', () => {
    for (const [index, file] of files.slice(0, 30).entries()) {
      expect(gunzipSync(file.gzip()).toString()).toBe(texts[index]);
      expect(recordsOf(texts[index] ?? '')).toHaveLength(file.records);
    }
  });

  it('tells only of the last hour, before each file was delivered', () => {
    for (const [index, file] of files.entries()) {
      expect(file.deliveredAt).toBeLessThanOrEqual(now);
      for (const record of recordsOf(texts[index] ?? '')) {
        const time = Date.parse(String(record['eventTime']));
        expect(time).toBeLessThan(file.deliveredAt);
        expect(time).toBeGreaterThanOrEqual(now - 3_600_000);
      }
    }
  });

  it('has files of the sizes of a real trail', () => {
    const sizes = files.map((file) => file.records).sort((a, b) => a - b);
    expect(sizes[150]).toBeGreaterThanOrEqual(4);
    expect(sizes[150]).toBeLessThanOrEqual(6);
    expect(sizes[285]).toBeGreaterThan(12);
  });

  it('spreads a number of records evenly over a number of files', () => {
    const sizes = Array.from(generateTrail({ seed: 1, files: 7, records: 30, now }), (file) => file.records);
    expect(sizes).toHaveLength(7);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(30);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('takes as many files as a number of records needs', () => {
    const sizes = Array.from(generateTrail({ seed: 1, records: 500, now }), (file) => file.records);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(500);
    expect(sizes.length).toBeGreaterThan(20);
  });

  it('shows many services, every kind of identity and every category', () => {
    expect(valuesOf('eventSource').size).toBeGreaterThanOrEqual(18);
    expect(valuesOf('eventName').size).toBeGreaterThanOrEqual(45);
    expect(valuesOf('eventCategory')).toEqual(new Set(['Management', 'Data', 'Insight', 'NetworkActivity', undefined]));
    expect(valuesOf('eventVersion')).toEqual(new Set(['1.05', '1.08', '1.09', '1.10', '1.11']));
    expect(valuesOf('eventType')).toEqual(
      new Set([
        'AwsApiCall',
        'AwsConsoleSignIn',
        'AwsServiceEvent',
        'AwsCloudTrailInsight',
        'AwsVpceEvent',
        'AwsVpceEvents',
      ]),
    );
    const identities = new Set(records.map((record) => property(record['userIdentity'], 'type')));
    for (const type of [
      'IAMUser',
      'Root',
      'AssumedRole',
      'AWSService',
      'AWSAccount',
      'IdentityCenterUser',
      'FederatedUser',
      'WebIdentityUser',
      'SAMLUser',
      'Unknown',
      undefined,
    ]) {
      expect(identities).toContain(type);
    }
  });

  it.each([
    ['integers beyond 2^53', /"sequenceNumber":9\d{18}[,}]/],
    ['decimals without a fraction', /"bytesTransferredIn":0\.0,/],
    ['exponents', /"average":\d\.\d+E-4/],
    ['escapes that JSON does not ask for', /\\u0026isauthcode/],
    ['policies as text', /"policyDocument":"\{\\n {2}\\"Version\\"/],
    ['keys with hyphens', /"x-amz-server-side-encryption-aws-kms-key-id":"arn/],
    ['names in UTF-8', /山田太郎/],
    ['security group rules', /"ipPermissions":\{"items":\[\{"ipProtocol":"tcp","fromPort":\d+/],
    ['several instances in one answer', /"amiLaunchIndex":1/],
    ['hidden user names', /"userName":"HIDDEN_DUE_TO_SECURITY_REASONS"/],
    ['refused sign-ins without a code', /"errorMessage":"Failed authentication"/],
    ['sign-ins with a second factor', /"MFAIdentifier":"[^"]+","MFAUsed":"Yes"/],
    ['sessions with a second factor', /"mfaAuthenticated":"true"/],
    ['refused EC2 calls', /"errorCode":"Client\.UnauthorizedOperation"/],
    ['late deliveries', /"addendum":\{"reason":"DELIVERY_DELAY"\}/],
    ['corrections', /"updatedFields":"errorCode,errorMessage"/],
    ['fields nobody knows', /"exampleNewField":/],
    ['users of IAM Identity Center', /"onBehalfOf":\{"userId":"[^"]+","identityStoreArn"/],
    ['shared event IDs', /"sharedEventID":"/],
    ['the trail being stopped', /"eventName":"StopLogging"/],
    ['roles delivered to instances', /"ec2RoleDelivery":"2\.0"/],
  ])('holds %s', (_what, pattern) => {
    expect(texts.some((text) => pattern.test(text))).toBe(true);
  });

  it('adds digest files that list the log files with their hashes, when asked', () => {
    const all = Array.from(generateTrail({ seed: 1, files: 12, now, digestsOf: 'a-bucket' }));
    const logFiles = all.slice(0, 12);
    const digests = all.slice(12);
    expect(digests.length).toBeGreaterThan(0);
    const listed = digests.flatMap((file) => {
      expect(file).toMatchObject({ kind: 'CloudTrail-Digest', records: 0 });
      expect(file.key).toMatch(
        /\/CloudTrail-Digest\/[a-z0-9-]+\/2026\/11\/01\/\d{12}_CloudTrail-Digest_[a-z0-9-]+_organization-trail_us-east-1_20261101T002013Z\.json\.gz$/,
      );
      const digest = JSON.parse(Buffer.from(file.json()).toString()) as {
        logFiles: { s3Object: string; hashValue: string }[];
      };
      return digest.logFiles.map((entry) => `${entry.s3Object} ${entry.hashValue}`);
    });
    expect(listed.sort()).toEqual(logFiles.map((file) => `${file.key} ${sha256(file.json())}`).sort());
  });
});

function recordsOf(text: string): Record<string, unknown>[] {
  return (JSON.parse(text) as { Records: Record<string, unknown>[] }).Records;
}

function valuesOf(field: string): Set<unknown> {
  return new Set(records.map((record) => record[field]));
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function digestOf(file: TrailFile): string {
  return `${file.key} ${sha256(file.json())}`;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
