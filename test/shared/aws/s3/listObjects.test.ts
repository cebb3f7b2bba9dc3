import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AwsCloud } from '../../../../local/aws/startAwsCloud.ts';
import { type S3Listing, s3Listing } from '../../../../shared/aws/s3/listObjects.ts';
import type { ListedPage, ListRequest } from '../../../../shared/pipeline/ports/listing.ts';
import { readerSession, startCloud } from '../../../local/aws/cloudFixture.ts';
import {
  failureOf,
  numberedCredentials,
  patient,
  roleArn,
  type StubServer,
  s3Error,
  startStub,
} from '../stubServer.ts';

const never = new AbortController().signal;
const clock = { now: Date.now };

describe('s3Listing in the embedded AWS', () => {
  let cloud: AwsCloud;
  let listing: S3Listing;
  const folder = 'AWSLogs/222222222222/CloudTrail/eu-central-1/2026/11/01/';
  const odd = `${folder}a b+c&d=é(1)*%20<x>.json.gz`;

  beforeAll(async () => {
    ({ cloud } = await startCloud());
    const keys = await readerSession(cloud);
    const credentials = {
      ...numberedCredentials(),
      session: async () => ({ ...keys, sessionToken: keys.sessionToken ?? '', expiresAt: Number.MAX_SAFE_INTEGER }),
    };
    listing = s3Listing({ region: cloud.region, credentials, clock, endpoint: cloud.endpoint });
    for (const name of ['3', '1', '2']) await cloud.putLogFile(`${folder}${name}.json.gz`, Buffer.from(name));
    await cloud.putLogFile(odd, Buffer.from('odd'));
  });

  afterAll(async () => {
    listing.close();
    await cloud.stop();
  });

  const pages = async (request: Partial<ListRequest>): Promise<readonly ListedPage[]> => {
    const all: ListedPage[] = [];
    do {
      const next = all.at(-1)?.next;
      const asked = { bucket: cloud.bucket, prefix: folder, ...request, ...(next === undefined ? {} : { next }) };
      all.push(await listing.list(asked, never));
    } while (all.at(-1)?.next !== undefined);
    return all;
  };

  it('tells keys in their order, with size and version, whatever characters they have', async () => {
    const [page] = await pages({});
    expect(page?.objects.map(({ key }) => key)).toEqual([
      ...['1', '2', '3'].map((name) => `${folder}${name}.json.gz`),
      odd,
    ]);
    expect(page?.objects[0]).toEqual({
      key: `${folder}1.json.gz`,
      sizeBytes: 1,
      etag: 'c4ca4238a0b923820dcc509a6f75849b',
    });
  });

  it('begins behind a key, and goes on page by page', async () => {
    const told = await pages({ after: `${folder}1.json.gz`, most: 1 });
    expect(told.map(({ objects }) => objects.map(({ key }) => key))).toEqual([
      [`${folder}2.json.gz`],
      [`${folder}3.json.gz`],
      [odd],
    ]);
  });

  it('tells one level as folders', async () => {
    const [page] = await pages({ prefix: 'AWSLogs/', isLevel: true });
    expect(page).toEqual({ objects: [], folders: ['AWSLogs/222222222222/'], next: undefined });
  });

  it('says what to allow when the role may not list', async () => {
    const repair = cloud.break('s3-list');
    const failure = await failureOf(pages({}));
    repair();
    expect(failure).toMatchObject({ code: 'listing-denied', belongsTo: 'pipeline' });
    expect(failure.remedy).toContain('Allow s3:ListBucket on the bucket');
  });
});

describe('s3Listing against broken answers', () => {
  let stub: StubServer;
  let credentials: ReturnType<typeof numberedCredentials>;
  let listing: S3Listing;
  const request = { bucket: 'trail-logs', prefix: 'AWSLogs/' };

  beforeEach(async () => {
    stub = await startStub();
    credentials = numberedCredentials();
    listing = s3Listing({
      ...{ region: 'eu-central-1', credentials, clock, endpoint: stub.endpoint, timeouts: patient },
    });
  });

  afterEach(async () => {
    listing.close();
    await stub.close();
  });

  it.each([
    [404, 'NoSuchBucket', 'listing-refused'],
    [503, 'SlowDown', 'listing-throttled'],
    [500, 'InternalError', 'listing-unavailable'],
    [403, 'AccessDenied', 'listing-denied'],
    [403, 'SignatureDoesNotMatch', 'credentials-invalid'],
    [400, 'InvalidArgument', 'listing-refused'],
  ])('translates %i %s', async (status, code, expected) => {
    stub.answer = () => s3Error(status, code, 'told by S3');
    expect(await failureOf(listing.list(request, never))).toMatchObject({
      code: expected,
      at: { bucket: 'trail-logs', role: roleArn },
    });
    expect(stub.requests).toHaveLength(1);
  });

  it('forgets a session that is stale', async () => {
    stub.answer = () => s3Error(400, 'ExpiredToken', 'expired');
    expect((await failureOf(listing.list(request, never))).code).toBe('credentials-expired');
    expect(credentials.invalidated).toBe(1);
  });

  it('goes to the region that S3 names, and remembers it', async () => {
    stub.answer = ({ headers }) =>
      headers.authorization?.includes('/eu-west-3/')
        ? { status: 200, body: '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>' }
        : s3Error(301, 'PermanentRedirect', 'elsewhere', { 'x-amz-bucket-region': 'eu-west-3' });
    await listing.list(request, never);
    await listing.list(request, never);
    expect(stub.requests).toHaveLength(3);
  });

  it.each([
    ['<html>Log in</html>', 'a page of a proxy'],
    ['<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>', 'a list that does not say how to go on'],
  ])('takes %s for no list', async (body) => {
    stub.answer = () => ({ status: 200, body });
    expect((await failureOf(listing.list(request, never))).code).toBe('listing-unavailable');
  });
});
