import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeObjectKey, type ObjectFate } from '../../../../shared/cloudtrail/announcing/objectKey.ts';

const file = '111122223333_CloudTrail_us-east-1_20261101T0005Z_Ab3dE6gH8jK0lMn2.json.gz';
const tail = `111122223333/CloudTrail/us-east-1/2026/11/01/${file}`;
const described = {
  fate: { fate: 'ingest' },
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
    ['CloudTrail-Insight', 'ingest'],
    ['CloudTrail-NetworkActivity', 'ingest'],
    ['CloudTrail-Aggregated', 'skip'],
  ])('knows %s', (service, fate) => {
    const key = `AWSLogs/${tail.replaceAll('CloudTrail', service)}`;
    expect(describeObjectKey(key)).toMatchObject({ ...described, fate: { fate }, service });
  });

  it('knows a digest, whose name tells seconds and so no delivery minute', () => {
    const key =
      'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/01/111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20261101T000512Z.json.gz';
    expect(describeObjectKey(key)).toMatchObject({ fate: { fate: 'skip' }, sourceObject: key.slice(-31) });
    expect(describeObjectKey(key)).not.toHaveProperty('deliveredAt');
  });

  it.each([
    ['20260230T0005Z', 'a day that does not exist'],
    ['20261101T2405Z', 'an hour that does not exist'],
    ['20261301T0005Z', 'a month that does not exist'],
  ])('tells no delivery time from %s, %s', (minute) => {
    const key = `AWSLogs/${tail.replace('20261101T0005Z', minute)}`;
    expect(describeObjectKey(key)).toMatchObject({ fate: { fate: 'ingest' }, sourceObject: key.slice(-31) });
    expect(describeObjectKey(key)).not.toHaveProperty('deliveredAt');
  });

  it('names a log file with another name by the last 31 characters of its key', () => {
    const key = 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/renamed-by-a-copy-job.json.gz';
    expect(describeObjectKey(key)).toMatchObject({
      fate: { fate: 'ingest' },
      sourceObject: '1/renamed-by-a-copy-job.json.gz',
    });
  });

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

const fateOf = (key: string): ObjectFate => describeObjectKey(key).fate;
const account = 'AWSLogs/111122223333';
const day = `${account}/CloudTrail/us-east-1/2026/11/01`;

describe('the fate of an object', () => {
  it.each(['CloudTrail', 'CloudTrail-Insight', 'CloudTrail-NetworkActivity'])('is to be ingested for %s', (service) => {
    expect(fateOf(`AWSLogs/${tail.replaceAll('CloudTrail', service)}`)).toEqual({ fate: 'ingest' });
  });

  it.each([
    ['digests', `${account}/CloudTrail-Digest/us-east-1/2026/11/01/x.json.gz`, /digest/],
    [
      'digests wherever they lie',
      `${account}/x/111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20261101T000512Z.json.gz`,
      /digest/,
    ],
    ['aggregated events', `${account}/CloudTrail-Aggregated/us-east-1/2026/11/01/x.json.gz`, /aggregated/],
    ['folder markers', `${account}/CloudTrail/us-east-1/`, /folder/],
    ['folder markers of Hadoop', `${account}_$folder$`, /folder/],
    ['folder markers elsewhere', 'logs/', /folder/],
    [
      'query results of CloudTrail Lake',
      `${account}/CloudTrail-Lake/Query/2026/11/01/id/result_1.csv.gz`,
      /CloudTrail-Lake/,
    ],
    ['VPC flow logs', `${account}/vpcflowlogs/us-east-1/2026/11/01/x.log.gz`, /vpcflowlogs/],
    [
      'VPC flow logs in Hive folders',
      'AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/x.log.parquet',
      /vpcflowlogs/,
    ],
    ['load balancers', `${account}/elasticloadbalancing/us-east-1/2026/11/01/x.log.gz`, /elasticloadbalancing/],
    [
      'a load balancer named after a trail',
      `${account}/elasticloadbalancing/us-east-1/2026/11/01/111122223333_elasticloadbalancing_us-east-1_app.cloudtrail.50dc_20261101T0005Z_x.log.gz`,
      /elasticloadbalancing/,
    ],
    ['their test file', `${account}/ELBAccessLogTestFile`, /ELBAccessLogTestFile/],
    ['their test file of connections', `lb/${account}/ELBConnectionLogTestFile`, /ELBConnectionLogTestFile/],
    [
      'load balancers below a prefix of their own',
      `lb/${account}/elasticloadbalancing/us-east-1/2026/11/01/x.log`,
      /elasticloadbalancing/,
    ],
    ['Config', 'AWSLogs/o-exampleorgid/111122223333/Config/us-east-1/2026/11/1/ConfigHistory/x.json.gz', /Config/],
    [
      "Config's history of trails",
      `${account}/Config/us-east-1/2026/11/1/ConfigHistory/111122223333_Config_us-east-1_ConfigHistory_AWS::CloudTrail::Trail_20261101T000512Z_1.json.gz`,
      /Config/,
    ],
    [
      "Config's snapshots",
      `${account}/Config/us-east-1/2026/11/1/ConfigSnapshot/111122223333_Config_us-east-1_ConfigSnapshot_20261101T000512Z_x.json.gz`,
      /Config/,
    ],
    ["Config's test file", `${account}/Config/ConfigWritabilityCheckFile`, /Config/],
    ["Config's test file elsewhere", 'config/ConfigWritabilityCheckFile', /Config/],
    ['GuardDuty', `${account}/GuardDuty/us-east-1/2026/11/01/x.jsonl.gz`, /GuardDuty/],
    ['WAF', `${account}/WAFLogs/us-east-1/acl/2026/11/01/00/05/x.log.gz`, /WAFLogs/],
    [
      'WAF with an ACL named after a trail',
      `${account}/WAFLogs/us-east-1/cloudtrail-acl/2026/11/01/00/05/x.log.gz`,
      /WAFLogs/,
    ],
    [
      'WAF through Firehose',
      'waf/2026/11/01/00/aws-waf-logs-main-1-2026-11-01-00-05-00-01234567-89ab-cdef-0123-456789abcdef',
      /WAF/,
    ],
    ['CloudFront', 'cdn/EMLARXS9EXAMPLE.2026-11-01-00.RT4KCN4SGK9'.replace('RT4KCN4SGK9', '0a1b2c3d.gz'), /CloudFront/],
    ['CloudFront since version 2', `${account}/CloudFront/EMLARXS9EXAMPLE.2026-11-01-00.0a1b2c3d.gz`, /CloudFront/],
    [
      'Route 53 Resolver',
      `${account}/vpcdnsquerylogs/vpc-1/2026/11/01/vpc-1_vpcdnsquerylogs_111122223333_x.log.gz`,
      /vpcdnsquerylogs/,
    ],
    [
      'Redshift',
      `audit/${account}/redshift/us-east-1/2026/11/01/111122223333_redshift_us-east-1_c_userlog_x.gz`,
      /redshift/,
    ],
    ['access logs of S3', 'access-logs/2026-11-01-00-05-00-0123456789ABCDEF', /access log/],
    ['access logs of S3 without a folder', '2026-11-01-00-05-00-0123456789ABCDEF', /access log/],
    ['access logs of S3 behind a prefix without a slash', 'logs2026-11-01-00-05-00-0123456789ABCDEF', /access log/],
    [
      'access logs of S3 by date',
      'a/111122223333/us-east-1/trail-logs/2026/11/01/2026-11-01-00-05-00-0123456789ABCDEF',
      /access log/,
    ],
    ['access logs of S3 among the logs', `${day}/2026-11-01-00-05-00-0123456789ABCDEF`, /access log/],
    ['access logs of S3 under AWSLogs/', 'AWSLogs/2026-11-01-00-05-00-0123456789ABCDEF', /access log/],
    ['inventories', 'inv/trail-logs/all/2026-11-01T00-00Z/manifest.json', /inventory/],
    ['checksums of inventories', 'inv/trail-logs/all/2026-11-01T00-00Z/manifest.checksum', /inventory/],
    ['data of inventories', 'inv/trail-logs/all/data/01234567-89ab-cdef-0123-456789abcdef.csv.gz', /inventory/],
    ['inventories for Hive', 'inv/trail-logs/all/hive/dt=2026-11-01-00-00/symlink.txt', /inventory/],
  ])('is to be skipped for %s', (_what, key, reason) => {
    expect(fateOf(key)).toEqual({ fate: 'skip', reason: expect.stringMatching(reason) });
  });

  it.each([
    ['an hour folder', `${day}/07/${file}`, `${day}/07/`],
    [
      'Hive folders',
      `${account}/CloudTrail/us-east-1/year=2026/month=11/day=01/${file}`,
      `${account}/CloudTrail/us-east-1/year=2026/month=11/day=01/`,
    ],
    [
      'Hive folders from the account on',
      `AWSLogs/aws-account-id=111122223333/aws-service=cloudtrail/aws-region=us-east-1/year=2026/${file}`,
      'AWSLogs/aws-account-id=111122223333/aws-service=cloudtrail/aws-region=us-east-1/year=2026/',
    ],
    [
      'months and days of one digit',
      `${account}/CloudTrail/us-east-1/2026/1/2/${file}`,
      `${account}/CloudTrail/us-east-1/2026/1/2/`,
    ],
    [
      'no day folder',
      `${account}/CloudTrail/us-east-1/2026/11/${file}`,
      `${account}/CloudTrail/us-east-1/2026/11/${file}`,
    ],
    ['no folders', `${account}/CloudTrail/${file}`, `${account}/CloudTrail/${file}`],
    ['no region', `${account}/CloudTrail/2026/11/01/${file}`, `${account}/CloudTrail/2026/11/01/`],
    ['another suffix', `${day}/${file}.1`, `${day}/${file}.1`],
    [
      'a suffix of its own',
      `${day}/${file.replace('.json.gz', '.log.gz')}`,
      `${day}/${file.replace('.json.gz', '.log.gz')}`,
    ],
    ['no suffix', `${day}/${file.replace('.json.gz', '')}`, `${day}/${file.replace('.json.gz', '')}`],
    ['a suffix in capitals', `${day}/${file.toUpperCase()}`, `${day}/${file.toUpperCase()}`],
    ['a note', `${day}/notes.txt`, `${day}/notes.txt`],
    ['a copy in a folder', `${day}/copies/${file}`, `${day}/copies/`],
    [
      'a kind to come',
      `${account}/CloudTrail-New/us-east-1/2026/11/01/x.json.gz`,
      `${account}/CloudTrail-New/us-east-1/2026/11/01/`,
    ],
    [
      'a folder in small letters',
      `${account}/cloudtrail/us-east-1/2026/11/01/${file}`,
      `${account}/cloudtrail/us-east-1/2026/11/01/`,
    ],
    [
      'folders above the account',
      `AWSLogs/team/prod/111122223333/CloudTrail/us-east-1/2026/11/01/${file}`,
      'AWSLogs/team/prod/111122223333/CloudTrail/us-east-1/2026/11/01/',
    ],
    ['no account', `AWSLogs/CloudTrail/us-east-1/2026/11/01/${file}`, 'AWSLogs/CloudTrail/us-east-1/2026/11/01/'],
    ['a log in a folder of anyone', `${account}/Archive/${file}`, `${account}/Archive/`],
    ['a log in a folder of another service', `${account}/Config/${file}`, `${account}/Config/`],
    ['a copied log', `${account}/Archive/Copy of ${file.replace('.json', ' (1).json')}`, `${account}/Archive/`],
    [
      'an Insights file of an hour',
      `${account}/CloudTrail-Insight/us-east-1/2026/11/01/07/x.json.gz`,
      `${account}/CloudTrail-Insight/us-east-1/2026/11/01/07/`,
    ],
  ])('is judged by content for %s', (_what, key, strange) => {
    expect(fateOf(key)).toEqual({ fate: 'judge', strange });
  });

  it('is to be ingested in an account folder of any name', () => {
    expect(fateOf(`AWSLogs/production/CloudTrail/us-east-1/2026/11/01/${file}`)).toEqual({ fate: 'ingest' });
    expect(fateOf(`AWSLogs/config/CloudTrail/us-east-1/2026/11/01/${file}`)).toEqual({ fate: 'ingest' });
  });

  it.each([
    ['p/AWSLogs/o-exampleorgid/111122223333/Novel/a/b', 'p/AWSLogs/o-exampleorgid/111122223333/Novel/a/'],
    [`${account}/readme`, `${account}/readme`],
    ['AWSLogs/o-exampleorgid/readme', 'AWSLogs/o-exampleorgid/readme'],
    ['AWSLogs/readme', 'AWSLogs/readme'],
    ['elsewhere/x.json.gz', 'elsewhere/x.json.gz'],
  ])('is not known for %s, and names no folder of the trail', (key, strange) => {
    expect(fateOf(key)).toEqual({ fate: 'unknown', strange });
  });

  it('tells what is known of a log that is judged', () => {
    expect(describeObjectKey(`${day}/07/${file}`)).toMatchObject({ ...described, fate: { fate: 'judge' } });
  });
});
