import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsCloud } from '../../../../local/aws/startAwsCloud.ts';
import { type Keys, readerSession, refusalOf, s3Client, startCloud } from '../cloudFixture.ts';

let cloud: AwsCloud;
let keys: Keys;
let s3: S3Client;
let owner: S3Client;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aws-s3-test-'));
  ({ cloud } = await startCloud({ dataFolder: folder }));
  keys = await readerSession(cloud);
  s3 = s3Client(cloud, keys);
  owner = s3Client(cloud, cloud.ownerCredentials);
});
afterAll(async () => {
  await cloud.stop();
  await rm(folder, { recursive: true });
});

const get = (key: string, client = s3) => client.send(new GetObjectCommand({ Bucket: cloud.bucket, Key: key }));
const session =
  'arn:aws:sts::222222222222:assumed-role/sentinel-cloudtrail-reader/MicrosoftSentinel_4f6c1c3e-9f0a-4a57-8a39-1d2f3b4c5d6e';

describe('GetObject', () => {
  it('gives the bytes with the headers CloudTrail and S3 set', async () => {
    const body = randomBytes(10_000);
    await cloud.putLogFile('AWSLogs/plain.json.gz', body, { signature: 'abc' });
    const got = await get('AWSLogs/plain.json.gz');
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(body);
    expect(got).toMatchObject({
      ContentLength: 10_000,
      ContentType: 'application/json',
      ContentEncoding: 'gzip',
      ServerSideEncryption: 'AES256',
      Metadata: { signature: 'abc' },
    });
  });

  it('streams large objects, put from bytes or from a file', async () => {
    const body = randomBytes(13_000_000);
    const path = join(folder, 'large');
    await writeFile(path, body);
    const { etag } = await cloud.putLogFile('AWSLogs/file.json.gz', path);
    await cloud.putLogFile('AWSLogs/bytes.json.gz', body);
    for (const key of ['AWSLogs/file.json.gz', 'AWSLogs/bytes.json.gz']) {
      const got = await get(key);
      expect(got.ETag).toBe(etag);
      expect(body.equals((await got.Body?.transformToByteArray()) ?? new Uint8Array())).toBe(true);
    }
  });

  it('gives empty objects, ranges, and obeys conditions', async () => {
    await cloud.putLogFile('AWSLogs/empty', new Uint8Array());
    expect(await (await get('AWSLogs/empty')).Body?.transformToString()).toBe('');
    const { etag } = await cloud.putLogFile('AWSLogs/../range', Buffer.from('0123456789'));
    const key = { Bucket: cloud.bucket, Key: 'AWSLogs/../range' };
    const range = await s3.send(new GetObjectCommand({ ...key, Range: 'bytes=2-4' }));
    expect([await range.Body?.transformToString(), range.ContentRange]).toEqual(['234', 'bytes 2-4/10']);
    const failed = await refusalOf(s3.send(new GetObjectCommand({ ...key, IfMatch: '"x"' })));
    expect(failed).toMatchObject({ name: 'PreconditionFailed', status: 412 });
    expect((await s3.send(new GetObjectCommand({ ...key, IfMatch: etag }))).ETag).toBe(etag);
  });

  it('names a missing key, bucket and version', async () => {
    await cloud.putLogFile('AWSLogs/versioned', Buffer.from('x'));
    await cloud.putLogFile('AWSLogs/deleted', Buffer.from('x'));
    cloud.deleteLogFile('AWSLogs/deleted');
    expect(await refusalOf(get('AWSLogs/deleted'))).toMatchObject({ code: 'NoSuchKey', status: 404 });
    expect(await refusalOf(s3.send(new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'a' })))).toMatchObject({
      code: 'NoSuchBucket',
      status: 404,
    });
    const version = { Bucket: cloud.bucket, Key: 'AWSLogs/versioned', VersionId: '3sL4' };
    expect(await refusalOf(owner.send(new GetObjectCommand(version)))).toMatchObject({
      code: 'NoSuchVersion',
      status: 404,
    });
    const elsewhere = { ...version, Key: 'other/versioned' };
    expect((await refusalOf(s3.send(new GetObjectCommand(elsewhere)))).message).toContain('s3:GetObjectVersion');
  });

  it('refuses a key outside the prefix, and says why', async () => {
    await cloud.putLogFile('other/secret', Buffer.from('x'));
    expect(await refusalOf(get('other/secret'))).toEqual({
      name: 'AccessDenied',
      code: 'AccessDenied',
      status: 403,
      message: `User: ${session} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::example-cloudtrail-logs/other/secret" because no identity-based policy allows the s3:GetObject action`,
    });
  });

  it('makes a missing key look forbidden without s3:ListBucket', async () => {
    const repair = cloud.break('s3-list');
    const refusal = await refusalOf(get('AWSLogs/missing'));
    repair();
    expect(refusal).toMatchObject({ code: 'AccessDenied', status: 403 });
    expect(refusal.message).toContain('s3:ListBucket on resource: "arn:aws:s3:::example-cloudtrail-logs"');
  });

  it('answers HEAD with the length, and its refusals without a body', async () => {
    await cloud.putLogFile('AWSLogs/head', Buffer.from('12345'));
    const head = await s3.send(new HeadObjectCommand({ Bucket: cloud.bucket, Key: 'AWSLogs/head' }));
    expect(head.ContentLength).toBe(5);
    expect(
      await refusalOf(s3.send(new HeadObjectCommand({ Bucket: cloud.bucket, Key: 'AWSLogs/none' }))),
    ).toMatchObject({ name: 'NotFound', status: 404 });
    expect(await refusalOf(s3.send(new HeadObjectCommand({ Bucket: cloud.bucket, Key: 'other' })))).toMatchObject({
      status: 403,
    });
  });

  it('gives a caller of another account the bare text', async () => {
    const bucket = cloud.world.buckets.get(cloud.bucket);
    if (bucket === undefined) throw new Error('no bucket');
    cloud.world.buckets.set(cloud.bucket, { ...bucket, account: '333333333333' });
    const refusal = await refusalOf(get('AWSLogs/head'));
    cloud.world.buckets.set(cloud.bucket, bucket);
    expect(refusal).toMatchObject({ code: 'AccessDenied', message: 'Access Denied' });
  });

  it('obeys the bucket policy', async () => {
    await cloud.putLogFile('AWSLogs/policy', Buffer.from('x'));
    cloud.world.setBucketPolicy(cloud.bucket, {
      Version: '2012-10-17',
      Statement: { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${cloud.bucket}/*` },
    });
    const refusal = await refusalOf(get('AWSLogs/policy'));
    cloud.world.setBucketPolicy(cloud.bucket, undefined);
    expect(refusal.message).toMatch(/with an explicit deny in a resource-based policy$/);
    expect((await get('AWSLogs/policy')).ContentLength).toBe(1);
  });
});

describe('a bucket in another region', () => {
  it('redirects, names its region, and tells its location anywhere', async () => {
    const far = s3Client(cloud, cloud.ownerCredentials, { region: 'us-west-2' });
    const refusal = await refusalOf(get('AWSLogs/a', far));
    expect(refusal).toMatchObject({ code: 'PermanentRedirect', status: 301 });
    const error = await far.send(new HeadBucketCommand({ Bucket: cloud.bucket })).catch((reason) => reason);
    expect(error.$response.headers['x-amz-bucket-region']).toBe('eu-central-1');
    const location = await far.send(new GetBucketLocationCommand({ Bucket: cloud.bucket }));
    expect(location.LocationConstraint).toBe('eu-central-1');
    const near = await owner.send(new HeadBucketCommand({ Bucket: cloud.bucket }));
    expect(near.BucketRegion).toBe('eu-central-1');
  });
});

describe('a bucket with a KMS key', () => {
  const keyArn = 'arn:aws:kms:eu-central-1:222222222222:key/0a1b2c3d';

  it('needs kms:Decrypt from the role and from the key, and a usable key', async () => {
    const { cloud: encrypted } = await startCloud({ kmsKeyArn: keyArn });
    const client = s3Client(encrypted, await readerSession(encrypted));
    await encrypted.putLogFile('AWSLogs/a', Buffer.from('x'));
    const read = () => client.send(new GetObjectCommand({ Bucket: encrypted.bucket, Key: 'AWSLogs/a' }));
    expect(await read()).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });

    const repair = encrypted.break('kms');
    expect(await refusalOf(read())).toMatchObject({
      code: 'AccessDenied',
      status: 403,
      message: `User: ${session} is not authorized to perform: kms:Decrypt on resource: ${keyArn} because no identity-based policy allows the kms:Decrypt action`,
    });
    repair();

    encrypted.world.setKeyPolicy(keyArn, {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::333333333333:root' },
        Action: 'kms:*',
        Resource: '*',
      },
    });
    expect((await refusalOf(read())).message).toMatch(
      /kms:Decrypt on the resource associated with this ciphertext because/,
    );
    encrypted.world.setKeyPolicy(keyArn, {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::222222222222:root' },
        Action: 'kms:*',
        Resource: '*',
      },
    });
    const key = encrypted.world.kmsKeys.get(keyArn);
    if (key === undefined) throw new Error('no key');
    key.state = 'disabled';
    expect(await refusalOf(read())).toMatchObject({ code: 'KMS.DisabledException', status: 400 });
    key.state = 'pending-deletion';
    expect(await refusalOf(read())).toMatchObject({ code: 'KMS.KMSInvalidStateException', status: 400 });
    encrypted.world.kmsKeys.clear();
    expect(await refusalOf(read())).toMatchObject({ code: 'KMS.NotFoundException', status: 400 });
    await encrypted.stop();
  });
});

describe('ListObjectsV2', () => {
  it('loses no key between pages, whatever the letter case', async () => {
    const names = ['a', 'B', 'c', 'D', 'e', 'F', 'Ä', 'z'].map((name) => `AWSLogs/paged/${name}`);
    for (const name of names) await cloud.putLogFile(name, Buffer.from('x'));
    const found: string[] = [];
    let token: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({
          Bucket: cloud.bucket,
          Prefix: 'AWSLogs/paged/',
          MaxKeys: 3,
          ContinuationToken: token,
        }),
      );
      found.push(...(page.Contents ?? []).map((object) => object.Key ?? ''));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    expect(found).toEqual([...names].sort());
  });

  it('groups by delimiter across pages, starts after a key, and encodes on request', async () => {
    for (const name of ['1/a', '1/b', '2/a', '3', '4/a'])
      await cloud.putLogFile(`AWSLogs/tree/${name}`, Buffer.from('x'));
    const base = { Bucket: cloud.bucket, Prefix: 'AWSLogs/tree/' };
    const first = await s3.send(new ListObjectsV2Command({ ...base, Delimiter: '/', MaxKeys: 2 }));
    expect(first).toMatchObject({
      IsTruncated: true,
      KeyCount: 2,
      CommonPrefixes: [{ Prefix: 'AWSLogs/tree/1/' }, { Prefix: 'AWSLogs/tree/2/' }],
    });
    const second = await s3.send(
      new ListObjectsV2Command({ ...base, Delimiter: '/', ContinuationToken: first.NextContinuationToken }),
    );
    expect(second.Contents?.map((object) => object.Key)).toEqual(['AWSLogs/tree/3']);
    expect(second).toMatchObject({ IsTruncated: false, CommonPrefixes: [{ Prefix: 'AWSLogs/tree/4/' }] });
    const after = await s3.send(new ListObjectsV2Command({ ...base, StartAfter: 'AWSLogs/tree/2/a' }));
    expect(after.KeyCount).toBe(2);
    await cloud.putLogFile('AWSLogs/odd/a b+<é', Buffer.from('x'));
    const odd = await s3.send(
      new ListObjectsV2Command({ Bucket: cloud.bucket, Prefix: 'AWSLogs/odd/', EncodingType: 'url' }),
    );
    expect(odd.Contents?.[0]?.Key).toBe('AWSLogs/odd/a+b%2B%3C%C3%A9');
    const token = s3.send(new ListObjectsV2Command({ ...base, ContinuationToken: 'no' }));
    expect(await refusalOf(token)).toMatchObject({ code: 'InvalidArgument', status: 400 });
  });
});

describe('writing', () => {
  it('is denied to the role and open to the owner, in one piece or in parts', async () => {
    const put = { Bucket: cloud.bucket, Key: 'AWSLogs/put', Body: 'text' };
    expect((await refusalOf(s3.send(new PutObjectCommand(put)))).message).toContain('s3:PutObject');
    await owner.send(new PutObjectCommand(put));
    expect(await (await get('AWSLogs/put')).Body?.transformToString()).toBe('text');
    await owner.send(new DeleteObjectCommand({ Bucket: cloud.bucket, Key: 'AWSLogs/put' }));
    expect((await refusalOf(get('AWSLogs/put'))).code).toBe('NoSuchKey');

    const target = { Bucket: cloud.bucket, Key: 'AWSLogs/parts' };
    const { UploadId } = await owner.send(new CreateMultipartUploadCommand(target));
    const part = await owner.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'part' }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part.ETag }] };
    await owner.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
    expect(await (await get('AWSLogs/parts')).Body?.transformToString()).toBe('part');
  });

  it('refuses more than one request may carry', async () => {
    const put = new PutObjectCommand({ Bucket: cloud.bucket, Key: 'AWSLogs/big', Body: Buffer.alloc(12_000_000) });
    expect(await refusalOf(owner.send(put))).toMatchObject({ code: 'EntityTooLarge', status: 400 });
  });

  it('never guesses: dot segments and unknown subresources are refused by name', async () => {
    const dots = owner.send(new PutObjectCommand({ Bucket: cloud.bucket, Key: 'AWSLogs/../x', Body: 'x' }));
    expect(await refusalOf(dots)).toMatchObject({ code: 'NotImplemented', status: 501 });
    const policy = owner.send(new GetBucketPolicyCommand({ Bucket: cloud.bucket }));
    expect(await refusalOf(policy)).toMatchObject({ code: 'NotImplemented', status: 501 });
  });
});
