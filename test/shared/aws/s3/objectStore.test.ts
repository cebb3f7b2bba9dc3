import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { buildApp } from 'fauxqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { s3ObjectStore } from '../../../../shared/aws/s3/objectStore.ts';
import type { ObjectBody } from '../../../../shared/pipeline/ports/objects.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import {
  failureOf,
  impatient,
  numberedCredentials,
  patient,
  roleArn,
  type StubAnswer,
  type StubServer,
  s3Error,
  startStub,
} from '../stubServer.ts';

const bucket = 'trail-logs';
const key = 'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/01/a.json.gz';
const never = new AbortController().signal;
const clock = { now: Date.now };

async function read(body: ObjectBody): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body.chunks) {
    pieces.push(piece);
  }
  return pieces;
}

describe('s3ObjectStore against an S3 server', () => {
  const server = buildApp({ logger: false, defaultRegion: 'eu-central-1' });
  let endpoint: string;
  let writer: S3Client;
  let store: ReturnType<typeof s3ObjectStore>;

  beforeAll(async () => {
    endpoint = await server.listen({ host: '127.0.0.1', port: 0 });
    const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
    writer = new S3Client({ region: 'eu-central-1', endpoint, credentials, forcePathStyle: true });
    await writer.send(new CreateBucketCommand({ Bucket: bucket }));
    store = s3ObjectStore({ clock, region: 'eu-central-1', credentials: numberedCredentials(), endpoint });
  });

  afterAll(async () => {
    store.close();
    writer.destroy();
    await server.close();
  });

  const put = (name: string, bytes: Uint8Array) =>
    writer.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: bytes }));

  it('hands a small object over in one piece, with size and ETag', async () => {
    const bytes = randomBytes(200_000);
    const { ETag } = await put(key, bytes);
    const body = await store.open({ bucket, key }, never);
    expect(body).toMatchObject({ sizeBytes: bytes.length, etag: ETag?.replaceAll('"', '') });
    expect(await read(body)).toEqual([bytes]);
  });

  it('streams a large object', async () => {
    const bytes = randomBytes(2_000_000);
    await put('AWSLogs/large', bytes);
    const pieces = await read(await store.open({ bucket, key: 'AWSLogs/large' }, never));
    expect(pieces.length).toBeGreaterThan(1);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  });

  it('hands an empty object over as no bytes', async () => {
    await put('AWSLogs/empty', new Uint8Array());
    const body = await store.open({ bucket, key: 'AWSLogs/empty' }, never);
    expect(body.sizeBytes).toBe(0);
    expect(await read(body)).toEqual([]);
  });

  it('reads keys with every kind of character', async () => {
    const odd = 'AWSLogs/a b+c&d=é(1)*%20.json.gz';
    await put(odd, Buffer.from('odd'));
    expect(Buffer.concat(await read(await store.open({ bucket, key: odd }, never))).toString()).toBe('odd');
  });

  it('finds nothing under a key that is no text', async () => {
    const failure = await failureOf(store.open({ bucket, key: 'AWSLogs/\ud800' }, never));
    expect(failure.code).toBe('object-not-found');
  });

  it('tells a missing object and a missing bucket apart', async () => {
    const missing = await failureOf(store.open({ bucket, key: 'AWSLogs/no' }, never));
    expect(missing).toMatchObject({ code: 'object-not-found', belongsTo: 'object', retry: false });
    expect(missing.at).toEqual({ bucket, key: 'AWSLogs/no', role: roleArn });
    const gone = await failureOf(store.open({ bucket: 'no-such-bucket', key }, never));
    expect(gone.code).toBe('bucket-not-found');
  });
});

describe('s3ObjectStore against broken answers', () => {
  let stub: StubServer;
  let credentials: ReturnType<typeof numberedCredentials>;
  let store: ReturnType<typeof s3ObjectStore>;

  beforeEach(async () => {
    stub = await startStub();
    credentials = numberedCredentials();
    store = s3ObjectStore({ clock, region: 'eu-central-1', credentials, endpoint: stub.endpoint, timeouts: patient });
  });

  afterEach(async () => {
    store.close();
    await stub.close();
  });

  const openImpatiently = (timeouts = impatient) => {
    store.close();
    store = s3ObjectStore({ clock, region: 'eu-central-1', credentials, endpoint: stub.endpoint, timeouts });
    return store.open({ bucket, key }, never);
  };
  const found = (text: string): StubAnswer => ({ status: 200, headers: { etag: '"e"' }, body: text });
  const textOf = async (body: ObjectBody) => Buffer.concat(await read(body)).toString();
  const regionOf = (index: number) =>
    /\/([a-z0-9-]+)\/s3\//.exec(String(stub.requests[index]?.headers.authorization))?.[1];

  it.each([
    ['PermanentRedirect', s3Error(301, 'PermanentRedirect', 'other endpoint', { 'x-amz-bucket-region': 'us-west-2' })],
    [
      'AuthorizationHeaderMalformed',
      s3Error(400, 'AuthorizationHeaderMalformed', 'wrong region', {}, '<Region>us-west-2</Region>'),
    ],
    [
      'IllegalLocationConstraintException',
      s3Error(400, 'IllegalLocationConstraintException', 'wrong', { 'x-amz-bucket-region': 'us-west-2' }),
    ],
    ['a bare 301', { status: 301, headers: { 'x-amz-bucket-region': 'us-west-2' } }],
  ])('follows %s to the region of the bucket, and remembers it', async (_case, redirect) => {
    stub.answer = ({ headers }) => (String(headers.authorization).includes('/us-west-2/') ? found('here') : redirect);
    expect(await textOf(await store.open({ bucket, key }, never))).toBe('here');
    expect(await textOf(await store.open({ bucket, key }, never))).toBe('here');
    expect([0, 1, 2].map(regionOf)).toEqual(['eu-central-1', 'us-west-2', 'us-west-2']);
  });

  it('asks a second region only once', async () => {
    stub.answer = () => s3Error(301, 'PermanentRedirect', 'there', { 'x-amz-bucket-region': 'us-west-2' });
    const failure = await failureOf(store.open({ bucket, key }, never));
    expect(failure.code).toBe('object-refused');
    expect(failure.message).toContain('in us-west-2');
    expect(stub.requests).toHaveLength(2);
  });

  it.each(['us-west-2.example.com/', '127.0.0.1', 'US', 'eu'])('does not follow to "%s"', async (region) => {
    stub.answer = () => s3Error(301, 'PermanentRedirect', 'there', { 'x-amz-bucket-region': region });
    expect((await failureOf(store.open({ bucket, key }, never))).code).toBe('object-refused');
    expect(stub.requests).toHaveLength(1);
  });

  it.each(['ExpiredToken', 'InvalidToken', 'TokenRefreshRequired', 'InvalidAccessKeyId'])(
    'makes one request on %s, and the next with a new session',
    async (code) => {
      stub.answer = ({ headers }) =>
        String(headers.authorization).includes('ASIA1') ? s3Error(400, code, 'stale') : found('fresh');
      expect((await failureOf(store.open({ bucket, key }, never))).code).toBe('credentials-expired');
      expect(stub.requests).toHaveLength(1);
      expect(await textOf(await store.open({ bucket, key }, never))).toBe('fresh');
      expect(credentials).toMatchObject({ made: 2, invalidated: 1 });
    },
  );

  it('assumes the role again once for many reads refused together', async () => {
    stub.answer = ({ headers }) =>
      String(headers.authorization).includes('ASIA1') ? s3Error(400, 'ExpiredToken', 'stale') : found('fresh');
    await Promise.all(Array.from({ length: 8 }, () => failureOf(store.open({ bucket, key }, never))));
    await Promise.all(Array.from({ length: 8 }, async () => textOf(await store.open({ bucket, key }, never))));
    expect(credentials.made).toBe(2);
  });

  it('makes at most two requests to open an object: the second in another region', async () => {
    stub.answer = ({ headers }) =>
      String(headers.authorization).includes('/us-west-2/')
        ? s3Error(404, 'NoSuchKey', 'none')
        : s3Error(301, 'PermanentRedirect', 'there', { 'x-amz-bucket-region': 'us-west-2' });
    expect((await failureOf(store.open({ bucket, key }, never))).code).toBe('object-not-found');
    expect(stub.requests).toHaveLength(2);
    await failureOf(store.open({ bucket, key }, never));
    expect(stub.requests).toHaveLength(3);
  });

  it('does not follow a bucket that names one region after the other', async () => {
    stub.answer = () =>
      s3Error(301, 'PermanentRedirect', 'there', { 'x-amz-bucket-region': `us-west-${stub.requests.length}` });
    await failureOf(store.open({ bucket, key }, never));
    expect(stub.requests).toHaveLength(2);
  });

  it.each([
    [404, 'NoSuchKey', 'object-not-found', 'object'],
    [404, 'NoSuchVersion', 'object-not-found', 'object'],
    [404, 'NoSuchBucket', 'bucket-not-found', 'object'],
    [403, 'AccessDenied', 'object-denied', 'object'],
    [400, 'KMS.DisabledException', 'object-kms-unusable', 'object'],
    [400, 'KMS.NotFoundException', 'object-kms-unusable', 'object'],
    [400, 'KMS.KMSInvalidStateException', 'object-kms-unusable', 'object'],
    [403, 'AllAccessDisabled', 'object-refused', 'object'],
    [403, 'AccountProblem', 'object-refused', 'object'],
    [403, 'NotSignedUp', 'object-refused', 'object'],
    [403, 'InvalidObjectState', 'object-archived', 'object'],
    [301, 'PermanentRedirect', 'object-refused', 'object'],
    [400, 'IncorrectEndpoint', 'object-refused', 'object'],
    [400, 'InvalidArgument', 'object-refused', 'object'],
    [307, 'TemporaryRedirect', 'object-store-unavailable', 'object'],
    [400, 'ExpiredToken', 'credentials-expired', 'pipeline'],
    [403, 'InvalidAccessKeyId', 'credentials-expired', 'pipeline'],
    [403, 'RequestTimeTooSkewed', 'credentials-invalid', 'pipeline'],
    [403, 'SignatureDoesNotMatch', 'credentials-invalid', 'pipeline'],
    [503, 'SlowDown', 'object-store-throttled', 'object'],
    [503, 'ServiceUnavailable', 'object-store-throttled', 'object'],
    [500, 'InternalError', 'object-store-unavailable', 'object'],
    [400, 'RequestTimeout', 'object-store-unavailable', 'object'],
  ] as const)('%i %s is %s and belongs to the %s', async (status, code, expected, owner) => {
    stub.answer = () => s3Error(status, code, 'the text of AWS');
    const failure = await failureOf(store.open({ bucket, key }, never));
    expect(failure).toMatchObject({ code: expected, belongsTo: owner, at: { bucket, key, role: roleArn } });
    expect(failure.message).toBe(
      `GetObject of s3://${bucket}/${key} in eu-central-1 as ${roleArn} failed: AWS answered ${code} (HTTP ${status}, request REQ-S3): "the text of AWS"`,
    );
  });

  it.each([
    [403, 'object-store-unavailable'],
    [404, 'object-store-unavailable'],
    [407, 'object-store-unavailable'],
    [302, 'object-store-unavailable'],
    [429, 'object-store-throttled'],
    [502, 'object-store-unavailable'],
    [503, 'object-store-throttled'],
  ] as const)('%i with the page of a proxy is %s, and not the fault of the object', async (status, expected) => {
    stub.answer = () => ({ status, headers: { 'content-type': 'text/html' }, body: '<html><p>no</html>' });
    expect((await failureOf(store.open({ bucket, key }, never))).code).toBe(expected);
  });

  it.each([
    [403, 'object-denied'],
    [404, 'object-not-found'],
  ] as const)('goes by the status %i when S3 answers without a document', async (status, expected) => {
    stub.answer = () => ({ status, headers: { 'x-amz-request-id': 'REQ-S3' } });
    expect((await failureOf(store.open({ bucket, key }, never))).code).toBe(expected);
  });

  it.each([
    [
      'AccessDenied',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      'object-kms-denied',
    ],
    [
      'AccessDenied',
      'User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: kms:Decrypt on the resource',
      'object-kms-denied',
    ],
    ['AccessDenied', 'Access to AWS Key Management Service was denied', 'object-kms-denied'],
    ['AccessDenied', 'arn:aws-us-gov:kms:us-gov-west-1:1:key/2 is pending deletion.', 'object-kms-unusable'],
    ['AccessDenied', 'The KMS key is disabled', 'object-kms-unusable'],
    ['KMS.AccessDeniedException', 'no', 'object-kms-denied'],
    ['KMS.DisabledException', 'arn:aws:kms:us-east-1:1:key/2 is disabled.', 'object-kms-unusable'],
    ['KMS.KMSInvalidStateException', 'is pending deletion', 'object-kms-unusable'],
    ['KMS.NotFoundException', 'no such key', 'object-kms-unusable'],
    ['KMS.ThrottlingException', 'Rate exceeded', 'object-store-throttled'],
    ['KMS.LimitExceededException', 'Rate exceeded', 'object-store-throttled'],
    ['KMS.RequestLimitExceeded', 'Rate exceeded', 'object-store-throttled'],
    ['KMS.DependencyTimeoutException', 'try again', 'object-store-unavailable'],
    ['KMS.KMSInternalException', 'try again', 'object-store-unavailable'],
    ['AccessDenied', 'Access Denied', 'object-denied'],
  ] as const)('tells %s "%s" as %s', async (code, text, expected) => {
    stub.answer = () => s3Error(code === 'AccessDenied' ? 403 : 400, code, text);
    expect((await failureOf(store.open({ bucket, key }, never))).code).toBe(expected);
  });

  it('shows the text of AWS without its escapes, and nothing of what was signed', async () => {
    stub.answer = () =>
      s3Error(
        403,
        'SignatureDoesNotMatch',
        'a &lt;b&gt; &amp;amp; &quot;c&quot; &apos;d&apos;\ntoken1',
        {},
        '<StringToSign>token1',
      );
    const failure = await failureOf(store.open({ bucket, key }, never));
    expect(failure.message).toContain(`"a <b> &amp; "c" 'd'"`);
    expect(failure.message).not.toContain('token1');
  });

  it.each([
    ['does not end', 'x'.repeat(100_000)],
    ['breaks off', undefined],
  ])('goes by the status when the error document %s', async (_case, document) => {
    stub.answer = (_request, response) => {
      response.writeHead(503, { 'content-length': '1000000' });
      response.write(document ?? '<Error><Code>AccessDenied</Code>', () => {
        if (document === undefined) {
          response.socket?.destroy();
        }
      });
      return undefined;
    };
    const failure = await failureOf(store.open({ bucket, key }, never));
    expect(failure.code).toBe('object-store-throttled');
    expect(failure.message).toContain('AWS answered an error without a code (HTTP 503)');
  });

  it('tells a denial by KMS from a denial by S3', async () => {
    stub.answer = () => s3Error(403, 'AccessDenied', 'User is not authorized to perform: kms:Decrypt on the resource');
    const byKms = await failureOf(store.open({ bucket, key }, never));
    expect(byKms.code).toBe('object-kms-denied');
    expect(byKms.remedy).toContain(`kms:Decrypt on the key of the log files to ${roleArn}`);
    stub.answer = () => s3Error(403, 'AccessDenied', 'Access Denied');
    const byS3 = await failureOf(store.open({ bucket, key }, never));
    expect(byS3.remedy).toContain(`s3:GetObject on the AWSLogs/ keys of bucket ${bucket}`);
    expect(byS3.remedy).toContain('without ListBucket a deleted object looks like a forbidden one');
  });

  it('does not take the page of a portal for the object', async () => {
    stub.answer = () => ({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<html>Log in',
    });
    const failure = await failureOf(store.open({ bucket, key }, never));
    expect(failure).toMatchObject({ code: 'object-store-unavailable', belongsTo: 'object' });
    expect(failure.message).toContain('something else answered in place of AWS, such as a proxy or portal (HTTP 200)');
  });

  it('takes an object for one, whatever type it was stored under', async () => {
    stub.answer = () => ({ status: 200, headers: { 'content-type': 'text/html', etag: '"e"' }, body: 'x' });
    expect(await textOf(await store.open({ bucket, key }, never))).toBe('x');
  });

  it('shows nothing of what S3 echoes of a request', async () => {
    stub.answer = ({ headers }) =>
      s3Error(
        400,
        'InvalidArgument',
        `Unsupported Authorization Type: ${headers.authorization} with x-amz-security-token: ${headers['x-amz-security-token']}`,
        {},
        `<ArgumentValue>${headers.authorization}</ArgumentValue>`,
      );
    const failure = await failureOf(store.open({ bucket, key }, never));
    const told = JSON.stringify([failure.message, failure.remedy, failure.cause]);
    expect(told).toContain('Unsupported Authorization Type');
    expect(told).not.toMatch(/ASIA1|token1|Signature=[0-9a-f]/);
  });

  it('reads the version that was announced, in one request', async () => {
    stub.answer = () => found('that version');
    const versionId = '3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo';
    expect(await textOf(await store.open({ bucket, key, versionId }, never))).toBe('that version');
    expect(stub.requests.map(({ url }) => url)).toEqual([
      `/${bucket}/${key}?versionId=${encodeURIComponent(versionId)}`,
    ]);
    expect(store.bucketsWithoutVersions()).toEqual([]);
  });

  it.each([
    ['the role may not read versions', s3Error(403, 'AccessDenied', 'Access Denied'), [bucket]],
    ['that version is gone', s3Error(404, 'NoSuchVersion', 'none'), []],
  ] as const)('reads the latest version when %s, and tells of a missing right', async (_why, refusal, buckets) => {
    stub.answer = ({ url }) => (url.includes('versionId') ? refusal : found('latest'));
    expect(await textOf(await store.open({ bucket, key, versionId: 'v1' }, never))).toBe('latest');
    expect(stub.requests).toHaveLength(2);
    expect(store.bucketsWithoutVersions()).toEqual(buckets);
    await textOf(await store.open({ bucket, key, versionId: 'v2' }, never));
    expect(stub.requests).toHaveLength(buckets.length > 0 ? 3 : 4);
  });

  it('tells of no missing right when the object itself is denied', async () => {
    stub.answer = () => s3Error(403, 'AccessDenied', 'Access Denied');
    expect((await failureOf(store.open({ bucket, key, versionId: 'v1' }, never))).code).toBe('object-denied');
    expect(store.bucketsWithoutVersions()).toEqual([]);
  });

  it.each([undefined, 'null'])('asks for no version when %s is announced', async (versionId) => {
    stub.answer = () => found('latest');
    await textOf(await store.open({ bucket, key, versionId }, never));
    expect(stub.requests[0]?.url).not.toContain('versionId');
  });

  it('is unavailable when no answer comes in time', async () => {
    stub.answer = () => undefined;
    const failure = await failureOf(openImpatiently());
    expect(failure).toMatchObject({ code: 'object-store-unavailable', belongsTo: 'object', outcomeUnknown: false });
  });

  it('is unavailable when the connection is refused', async () => {
    await stub.close();
    const failure = await failureOf(store.open({ bucket, key }, never));
    expect(failure.code).toBe('object-store-unavailable');
    expect(failure.message).toContain('ECONNREFUSED');
  });

  it('passes on the failure of the credentials', async () => {
    const denied = new ConnectorError('assume-role-denied', 'denied');
    const refusing = { ...credentials, session: () => Promise.reject(denied) };
    const closed = s3ObjectStore({ clock, region: 'eu-central-1', credentials: refusing, endpoint: stub.endpoint });
    expect(await failureOf(closed.open({ bucket, key }, never))).toBe(denied);
    expect(stub.requests).toHaveLength(0);
  });

  it.each(['reset', 'end'] as const)('tells a body cut by %s as object-cut', async (how) => {
    stub.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000000' });
      response.write(Buffer.alloc(500_000), () => {
        if (how === 'reset') {
          response.socket?.resetAndDestroy();
        } else {
          response.socket?.end();
        }
      });
      return undefined;
    };
    const body = await store.open({ bucket, key }, never);
    const failure = await failureOf(read(body));
    expect(failure).toMatchObject({ code: 'object-cut', belongsTo: 'object', retry: true, at: { bucket, key } });
    expect(failure.message).toMatch(/^The body of s3:\/\/trail-logs\/\S+ broke off after \d+ of 1000000 bytes: /);
  });

  it('tells a body that stalls as object-cut', async () => {
    stub.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('some');
      return undefined;
    };
    const failure = await failureOf(read(await openImpatiently()));
    expect(failure.code).toBe('object-cut');
    expect(failure.message).toContain('broke off after 4 of 100 bytes: nothing came for 100 ms');
  });

  it('waits for a slow reader longer than for a silent service', async () => {
    const bytes = Buffer.alloc(1_000_000, 1);
    stub.answer = () => ({ status: 200, headers: { 'content-length': String(bytes.length) }, body: bytes });
    // Long enough for a busy machine to pass on what is there.
    const bodyIdleMs = 2_000;
    const body = await openImpatiently({ ...patient, bodyIdleMs });
    let received = 0;
    for await (const piece of body.chunks) {
      if (received === 0) {
        await new Promise((resolve) => setTimeout(resolve, 1.2 * bodyIdleMs));
      }
      received += piece.length;
    }
    expect(received).toBe(bytes.length);
  });

  it('reads a body of unknown length', async () => {
    stub.answer = (_request, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.end('chunked');
      return undefined;
    };
    const body = await store.open({ bucket, key }, never);
    expect(body).toMatchObject({ sizeBytes: undefined, etag: undefined });
    expect(await textOf(body)).toBe('chunked');
  });

  it('ends with the slice while waiting for the answer', async () => {
    const abort = new AbortController();
    stub.answer = () => {
      abort.abort();
      return undefined;
    };
    expect((await failureOf(store.open({ bucket, key }, abort.signal))).code).toBe('slice-ended');
  });

  it.each(['before reading', 'while reading'])('ends with the slice %s', async (when) => {
    stub.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000000' });
      response.write(Buffer.alloc(500_000));
      return undefined;
    };
    const abort = new AbortController();
    const body = await store.open({ bucket, key }, abort.signal);
    if (when === 'before reading') {
      abort.abort();
      await nextTurn();
    }
    const reading = (async () => {
      for await (const _piece of body.chunks) {
        abort.abort();
      }
    })();
    expect((await failureOf(reading)).code).toBe('slice-ended');
  });

  it('closes the connection when the reader leaves early', async () => {
    let closed: Promise<void> | undefined;
    stub.answer = (_request, response) => {
      closed = new Promise((resolve) => response.on('close', resolve));
      response.writeHead(200, { 'content-length': '1000000' });
      response.write(Buffer.alloc(500_000));
      return undefined;
    };
    const body = await store.open({ bucket, key }, never);
    for await (const piece of body.chunks) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    await expect(closed).resolves.toBeUndefined();
  });
});
