import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import {
  defaultStsRegion,
  isSignInHost,
  namesFips,
  parseQueueUrl,
  partitionOfRegion,
  partitionOfRole,
  serviceHost,
} from '../../../shared/words/partitions.ts';

const path = '/111122223333/trail-queue_1';

describe('parseQueueUrl', () => {
  it.each([
    ['sqs.us-east-1.amazonaws.com', 'us-east-1', 'aws'],
    ['sqs-fips.us-east-1.amazonaws.com', 'us-east-1', 'aws'],
    ['sqs.eu-central-2.api.aws', 'eu-central-2', 'aws'],
    ['sqs-fips.us-east-2.api.aws', 'us-east-2', 'aws'],
    ['sqs-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', 'aws-us-gov'],
    ['sqs.us-gov-east-1.api.aws', 'us-gov-east-1', 'aws-us-gov'],
    ['sqs.cn-northwest-1.api.amazonwebservices.com.cn', 'cn-northwest-1', 'aws-cn'],
    ['eu-west-1.queue.amazonaws.com', 'eu-west-1', 'aws'],
    ['queue.amazonaws.com', 'us-east-1', 'aws'],
    ['sqs.us-gov-west-1.amazonaws.com', 'us-gov-west-1', 'aws-us-gov'],
    ['us-gov-west-1.queue.amazonaws.com', 'us-gov-west-1', 'aws-us-gov'],
    ['sqs.cn-north-1.amazonaws.com.cn', 'cn-north-1', 'aws-cn'],
    ['cn-north-1.queue.amazonaws.com.cn', 'cn-north-1', 'aws-cn'],
    ['sqs.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1', 'aws-eusc'],
    ['sqs.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1', 'aws-iso'],
    ['sqs.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1', 'aws-iso-b'],
    ['sqs.eu-isoe-west-1.cloud.adc-e.uk', 'eu-isoe-west-1', 'aws-iso-e'],
    ['sqs.us-isof-south-1.csp.hci.ic.gov', 'us-isof-south-1', 'aws-iso-f'],
  ])('takes %s as %s of %s', (host, region, partition) => {
    expect(parseQueueUrl(`https://${host}${path}`)).toEqual({ host, region, partition });
  });

  it.each([
    `http://sqs.us-east-1.amazonaws.com${path}`,
    `https://sqs.us-east-1.amazonaws.com:8443${path}`,
    `https://user@sqs.us-east-1.amazonaws.com${path}`,
    `https://sqs.us-east-1.amazonaws.com${path}?x=1`,
    `https://sqs.us-east-1.amazonaws.com${path}#x`,
    `https://sqs.us-east-1.amazonaws.com${path}/`,
    `https://sqs.us-east-1.amazonaws.com${path}\n`,
    `https://sqs.us-east-1.amazonaws.com${path}.fifo`,
    'https://sqs.us-east-1.amazonaws.com/trail',
    'https://sqs.us-east-1.amazonaws.com/1111/trail',
    `https://sqs.us-east-1.amazonaws.com.cn${path}`,
    `https://sqs.cn-north-1.amazonaws.com${path}`,
    `https://sqs.us-east-1.amazonaws.com.evil.example${path}`,
    `https://evil.example${path}`,
    `https://sqs.evil.example${path}`,
    `https://s3.us-east-1.amazonaws.com${path}`,
    `https://sqs.us-mars.amazonaws.com${path}`,
    `https://sqs.zz-mars-green-1.amazonaws.com${path}`,
    `https://vpce-1.sqs.us-east-1.vpce.amazonaws.com${path}`,
    '',
  ])('refuses %j', (url) => {
    expect(parseQueueUrl(url)).toBeUndefined();
  });
});

describe('partitionOfRole', () => {
  it('takes roles with a path', () => {
    expect(partitionOfRole('arn:aws:iam::111122223333:role/team/security/reader')).toBe('aws');
  });

  it.each([
    '',
    'arn:aws:iam::111122223333:role/',
    'arn:aws:iam::111122223333:role/a b',
    'arn:aws:sts::111122223333:assumed-role/a/b',
  ])('refuses %j', (arn) => {
    expect(partitionOfRole(arn)).toBeUndefined();
  });
});

describe('partitionOfRegion', () => {
  it.each(['mx-central-1', 'il-central-1', 'ap-southeast-7'])('knows %s', (region) => {
    expect(partitionOfRegion(region)).toBe('aws');
  });
});

describe('defaultStsRegion', () => {
  it('is in the partition itself', () => {
    for (const partition of [
      'aws',
      'aws-us-gov',
      'aws-cn',
      'aws-eusc',
      'aws-iso',
      'aws-iso-b',
      'aws-iso-e',
      'aws-iso-f',
    ]) {
      expect(partitionOfRegion(defaultStsRegion(partition) ?? '')).toBe(partition);
    }
  });

  it('is unknown outside the known partitions', () => {
    expect(defaultStsRegion('aws-mars')).toBeUndefined();
  });
});

const regions = [
  ['us-east-1', 'aws'],
  ['eu-central-2', 'aws'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['cn-north-1', 'aws-cn'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eu-isoe-west-1', 'aws-iso-e'],
  ['us-isof-south-1', 'aws-iso-f'],
] as const;

describe("the AWS SDKs' own table", () => {
  it.each(regions)('has the same hosts in %s', async (region, partition) => {
    const sqs = new SQSClient({ region });
    for (const [UseDualStack, UseFIPS] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      const { host } = sqs.config.endpointProvider({ Region: region, UseDualStack, UseFIPS }).url;
      expect(parseQueueUrl(`https://${host}${path}`)).toEqual({ host, region, partition });
    }
    const plain = { Region: region, UseDualStack: false, UseFIPS: false };
    const sts = new STSClient({ region }).config.endpointProvider(plain).url.host;
    const s3 = new S3Client({ region }).config.endpointProvider(plain).url.host;
    expect([serviceHost('sts', region), serviceHost('s3', region)]).toEqual([sts, s3]);
    expect(isSignInHost(sts)).toBe(true);
  });

  it.each(regions)('has the same FIPS hosts in %s', (region, partition) => {
    const fips = { Region: region, UseDualStack: false, UseFIPS: true };
    const sqs = new SQSClient({ region }).config.endpointProvider(fips).url.href;
    const sts = new STSClient({ region }).config.endpointProvider(fips).url.host;
    expect(serviceHost('sts', region, true)).toBe(sts);
    expect(isSignInHost(sts)).toBe(true);
    // In GovCloud the usual host of SQS is the FIPS one: it does not say so.
    expect(namesFips(sqs)).toBe(partition !== 'aws-us-gov');
    if (partition === 'aws-cn') return; // There S3 has none, says the SDK.
    const s3 = new S3Client({ region }).config.endpointProvider(fips).url.host;
    expect(serviceHost('s3', region, true)).toBe(s3);
  });

  it('calls CloudTrail of GovCloud by its usual host, which is the FIPS one', () => {
    expect(serviceHost('cloudtrail', 'us-gov-west-1', true)).toBe('cloudtrail.us-gov-west-1.amazonaws.com');
    expect(serviceHost('cloudtrail', 'us-east-1', true)).toBe('cloudtrail-fips.us-east-1.amazonaws.com');
  });
});

describe('isSignInHost', () => {
  it.each(['oidc.eu-west-1.amazonaws.com', 'portal.sso.us-east-1.amazonaws.com', 'sts-fips.us-east-1.amazonaws.com'])(
    'takes %s',
    (host) => {
      expect(isSignInHost(host)).toBe(true);
    },
  );

  it.each([
    'evil.example',
    'sts.amazonaws.com.evil.example',
    'sts.evil-amazonaws.com',
    'bucket.s3.amazonaws.com',
    'sts.bucket.s3.us-east-1.amazonaws.com.evil',
    'evil.execute-api.us-east-1.amazonaws.com',
  ])('refuses %s', (host) => {
    expect(isSignInHost(host)).toBe(false);
  });
});
