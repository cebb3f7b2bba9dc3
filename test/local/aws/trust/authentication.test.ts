import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsCloud } from '../../../../local/aws/startAwsCloud.ts';
import {
  type ClientOptions,
  type Keys,
  readerSession,
  refusalOf,
  s3Client,
  sqsClient,
  startCloud,
  stsClient,
} from '../cloudFixture.ts';

let cloud: AwsCloud;
let clock: { offsetMs: number; now(): number };
let keys: Keys;

beforeAll(async () => {
  ({ cloud, clock } = await startCloud());
  keys = await readerSession(cloud);
});
afterAll(() => cloud.stop());

const calls = {
  s3: (credentials: Keys, options?: ClientOptions) =>
    s3Client(cloud, credentials, options).send(new GetObjectCommand({ Bucket: cloud.bucket, Key: 'AWSLogs/a' })),
  sqs: (credentials: Keys, options?: ClientOptions) =>
    sqsClient(cloud, credentials, options).send(new ReceiveMessageCommand({ QueueUrl: cloud.queueUrl })),
  sts: (credentials: Keys, options?: ClientOptions) =>
    stsClient(cloud, credentials, options).send(new GetCallerIdentityCommand({})),
};
type Name = keyof typeof calls;

const unknownKey = {
  s3: { name: 'InvalidAccessKeyId', status: 403 },
  sqs: { name: 'InvalidClientTokenId', status: 403 },
  sts: { name: 'InvalidClientTokenId', status: 403 },
};
const otherToken = { ...unknownKey, s3: { name: 'InvalidToken', status: 400 } };
const expired = {
  s3: { name: 'ExpiredToken', status: 400, message: 'The provided token has expired.' },
  sqs: { name: 'ExpiredToken', status: 403, message: 'The security token included in the request is expired' },
  sts: { name: 'ExpiredToken', status: 403, message: 'The security token included in the request is expired' },
};

describe('the signature check', () => {
  it.each(['s3', 'sqs', 'sts'] as const)(
    '%s refuses a wrong secret with SignatureDoesNotMatch 403',
    async (name: Name) => {
      const refusal = await refusalOf(calls[name]({ ...keys, secretAccessKey: 'wrong' }));
      expect(refusal).toMatchObject({ name: 'SignatureDoesNotMatch', code: 'SignatureDoesNotMatch', status: 403 });
      expect(refusal.message).toContain('does not match the signature you provided');
    },
  );

  it.each(['s3', 'sqs', 'sts'] as const)('%s refuses an unknown access key', async (name: Name) => {
    expect(await refusalOf(calls[name]({ ...keys, accessKeyId: 'ASIAUNKNOWN' }))).toMatchObject(unknownKey[name]);
  });

  it.each(['s3', 'sqs', 'sts'] as const)('%s refuses a token of another session', async (name: Name) => {
    expect(await refusalOf(calls[name]({ ...keys, sessionToken: 'abc' }))).toMatchObject(otherToken[name]);
  });

  it.each(['s3', 'sqs', 'sts'] as const)('%s refuses a session key without its token', async (name: Name) => {
    const { sessionToken: _, ...rest } = keys;
    expect(await refusalOf(calls[name](rest))).toMatchObject(unknownKey[name]);
  });

  it('S3 names a clock that is 16 minutes off, and lets 14 minutes pass', async () => {
    expect(await refusalOf(calls.s3(keys, { systemClockOffset: -16 * 60_000 }))).toMatchObject({
      name: 'RequestTimeTooSkewed',
      status: 403,
    });
    expect(await refusalOf(calls.s3(keys, { systemClockOffset: 14 * 60_000 }))).toMatchObject({ name: 'NoSuchKey' });
  });

  it.each(['sqs', 'sts'] as const)('%s names a clock that is more than 5 minutes off, either way', async (name) => {
    const late = await refusalOf(calls[name](keys, { systemClockOffset: -6 * 60_000 }));
    expect(late).toMatchObject({ name: 'SignatureDoesNotMatch', status: 403 });
    expect(late.message).toMatch(
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
    );
    const early = await refusalOf(calls[name](keys, { systemClockOffset: 6 * 60_000 }));
    expect(early.message).toMatch(/^Signature not yet current: .* is still later than .* \+ 5 min\.\)$/);
  });

  it('refuses a body that is not what its hash says', async () => {
    const client = s3Client(cloud, cloud.ownerCredentials);
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { body: unknown }).body = 'other bytes!';
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const put = client.send(new PutObjectCommand({ Bucket: cloud.bucket, Key: 'AWSLogs/p', Body: 'signed bytes' }));
    expect(await refusalOf(put)).toMatchObject({ name: 'XAmzContentSHA256Mismatch', status: 400 });
  });

  it('refuses unsigned and malformed requests in the words of each service', async () => {
    const s3 = await request(`${cloud.endpoint}/${cloud.bucket}/AWSLogs/a`);
    expect(s3.statusCode).toBe(403);
    expect(await s3.body.text()).toContain('<Code>AccessDenied</Code><Message>Access Denied</Message>');
    const sqsHeaders = { 'x-amz-target': 'AmazonSQS.ReceiveMessage', 'content-type': 'application/x-amz-json-1.0' };
    const sqs = await request(cloud.endpoint, { method: 'POST', headers: sqsHeaders, body: '{}' });
    expect(sqs.statusCode).toBe(403);
    expect(sqs.headers['x-amzn-query-error']).toBe('MissingAuthenticationToken;Sender');
    expect(await sqs.body.json()).toMatchObject({
      __type: 'com.amazon.coral.service#MissingAuthenticationTokenException',
    });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const sts = await request(cloud.endpoint, { method: 'POST', headers: form, body: 'Action=GetCallerIdentity' });
    expect(await sts.body.text()).toContain('<Code>MissingAuthenticationToken</Code>');
    const malformed = await request(`${cloud.endpoint}/${cloud.bucket}/a`, { headers: { authorization: 'AWS4 x' } });
    expect(await malformed.body.text()).toContain('<Code>AuthorizationHeaderMalformed</Code>');
    const noJson = await request(cloud.endpoint, { method: 'POST', headers: sqsHeaders, body: '{' });
    expect(noJson.headers['x-amzn-query-error']).toBe('SerializationException;Sender');
  });

  it.each([
    'AWSLogs/a b/x.json.gz',
    'AWSLogs/a+b&c=é/x.json.gz',
    "AWSLogs/(1)*'!/x.json.gz",
    'AWSLogs/%2F%25/x.json.gz',
    'AWSLogs/\u2028/日本.json.gz',
    'AWSLogs/../../../escape',
    'AWSLogs//double//slash',
  ])('verifies the key %j and finds the object', async (key) => {
    await cloud.putLogFile(key, Buffer.from(key));
    const s3 = s3Client(cloud, keys);
    const got = await s3.send(new GetObjectCommand({ Bucket: cloud.bucket, Key: key }));
    expect(await got.Body?.transformToString()).toBe(key);
    const head = await s3.send(new HeadObjectCommand({ Bucket: cloud.bucket, Key: key }));
    expect(head.ContentLength).toBe(Buffer.byteLength(key));
  });

  it.each(['s3', 'sqs', 'sts'] as const)('%s tells a session that ended by the clock', async (name: Name) => {
    const session = await readerSession(cloud);
    clock.offsetMs += 3_601_000;
    try {
      const refusal = await refusalOf(calls[name](session, { systemClockOffset: clock.offsetMs }));
      expect(refusal).toMatchObject(expired[name]);
    } finally {
      clock.offsetMs -= 3_601_000;
    }
  });
});
