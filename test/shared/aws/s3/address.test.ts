import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { bucketAddress, encodeKey } from '../../../../shared/aws/s3/address.ts';

interface SentBySdk {
  readonly protocol: string;
  readonly hostname: string;
  readonly path: string;
}

/** Where the SDK would send a GetObject, caught at its own seam. */
async function sentBySdk(bucket: string, region: string, key: string): Promise<SentBySdk> {
  let sent: SentBySdk | undefined;
  const client = new S3Client({
    region,
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: (request: SentBySdk) => {
        sent = request;
        return Promise.reject(new Error('caught'));
      },
    },
  });
  await expect(client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).rejects.toThrow('caught');
  if (sent === undefined) {
    throw new Error('the SDK sent nothing');
  }
  return sent;
}

describe('bucketAddress', () => {
  it.each([
    ['trail-logs', 'eu-central-1', 'https://trail-logs.s3.eu-central-1.amazonaws.com'],
    ['trail-logs', 'us-east-1', 'https://trail-logs.s3.us-east-1.amazonaws.com'],
    ['trail-logs', 'us-gov-west-1', 'https://trail-logs.s3.us-gov-west-1.amazonaws.com'],
    ['trail-logs', 'cn-north-1', 'https://trail-logs.s3.cn-north-1.amazonaws.com.cn'],
    ['trail-logs', 'eusc-de-east-1', 'https://trail-logs.s3.eusc-de-east-1.amazonaws.eu'],
    ['trail-logs', 'us-iso-east-1', 'https://trail-logs.s3.us-iso-east-1.c2s.ic.gov'],
    ['trail-logs', 'us-isob-east-1', 'https://trail-logs.s3.us-isob-east-1.sc2s.sgov.gov'],
    ['trail-logs', 'eu-isoe-west-1', 'https://trail-logs.s3.eu-isoe-west-1.cloud.adc-e.uk'],
    ['trail-logs', 'us-isof-south-1', 'https://trail-logs.s3.us-isof-south-1.csp.hci.ic.gov'],
    ['trail.logs.example', 'eu-central-1', 'https://s3.eu-central-1.amazonaws.com/trail.logs.example'],
    ['trail.logs', 'cn-north-1', 'https://s3.cn-north-1.amazonaws.com.cn/trail.logs'],
    ['Old_Bucket', 'us-east-1', 'https://s3.us-east-1.amazonaws.com/Old_Bucket'],
    ['b'.repeat(63), 'eu-central-1', `https://${'b'.repeat(63)}.s3.eu-central-1.amazonaws.com`],
  ])('of %s in %s is that of the SDK', async (bucket, region, expected) => {
    const { origin, path } = bucketAddress(bucket, region);
    expect(`${origin}${path}`).toBe(expected);
    const sdk = await sentBySdk(bucket, region, 'a');
    expect(`${origin}${path}/a`).toBe(`${sdk.protocol}//${sdk.hostname}${sdk.path}`);
  });

  it('keeps the bucket in the path at an endpoint', () => {
    expect(bucketAddress('trail-logs', 'eu-central-1', { endpoint: 'http://127.0.0.1:4566/', isFips: true })).toEqual({
      origin: 'http://127.0.0.1:4566',
      path: '/trail-logs',
    });
  });
});

describe('encodeKey', () => {
  it.each([
    'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/01/a_b-c.json.gz',
    'AWSLogs/a b+c&d=é(1)*%20.json.gz',
    "AWSLogs/!*'();:@&=+$,?#[]~-_.",
    'AWSLogs/\u2028line\u2029\u0000\n\t"<>\\^`{|}',
    'AWSLogs//double/./dots/../end/',
    '/leading',
    'AWSLogs/ü😀漢',
  ])('of %j is that of the SDK', async (key) => {
    const { path } = await sentBySdk('trail-logs', 'eu-central-1', key);
    expect(`/${encodeKey(key)}`).toBe(path);
  });

  it('turns half a character into the replacement character', () => {
    expect(encodeKey('AWSLogs/\ud800')).toBe('AWSLogs/%EF%BF%BD');
  });
});
