import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsCloud } from '../../../local/aws/startAwsCloud.ts';
import { type SourceCredentials, sourceCredentials } from '../../../shared/aws/credentials/sourceCredentials.ts';
import { s3ObjectStore } from '../../../shared/aws/s3/objectStore.ts';
import { sqsQueue } from '../../../shared/aws/sqs/queue.ts';
import { acknowledgement } from '../../../shared/pipeline/ports/settlement.ts';
import { audience, startCloud, webIdentityToken, workspaceId } from '../../local/aws/cloudFixture.ts';
import { failureOf, patient } from './stubServer.ts';

const never = new AbortController().signal;
const once = { maxMessages: 10, waitSeconds: 0, visibilitySeconds: 180 };

/** The embedded cloud verifies every signature by an implementation of its own, and every right by the roles' policies. */
async function openSource(options: { readonly bucketRegion?: string } = {}) {
  const { cloud, clock } = await startCloud(options);
  const common = { endpoint: cloud.endpoint, timeouts: patient };
  const credentials = sourceCredentials({
    mode: { mode: 'managed-identity', audience, hubRoleArn: cloud.hubRoleArn },
    getToken: () => webIdentityToken(),
    roleArn: cloud.roleArn,
    externalId: workspaceId,
    sessionName: 'MicrosoftSentinel_test',
    stsRegion: cloud.region,
    clock: { ...clock, now: clock.now, sleep: async () => undefined },
    ...common,
  });
  const openStore = (session: SourceCredentials = credentials, now = clock.now) =>
    s3ObjectStore({ region: cloud.region, credentials: session, clock: { now }, ...common });
  const openQueue = (now = clock.now) =>
    sqsQueue({
      queueUrl: cloud.queueUrl,
      credentials,
      clock: { now, sleep: async () => undefined },
      ...common,
    });
  return { cloud, credentials, openStore, openQueue };
}

async function textOf(store: ReturnType<typeof s3ObjectStore>, cloud: AwsCloud, key: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await store.open({ bucket: cloud.bucket, key }, never)).chunks) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

describe('s3ObjectStore and sqsQueue against the embedded cloud', () => {
  let source: Awaited<ReturnType<typeof openSource>>;
  let store: ReturnType<typeof s3ObjectStore>;
  let queue: ReturnType<typeof sqsQueue>;

  beforeAll(async () => {
    source = await openSource();
    store = source.openStore();
    queue = source.openQueue();
  });

  afterAll(async () => {
    store.close();
    queue.close();
    source.credentials.close();
    await source.cloud.stop();
  });

  it.each([
    'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/01/a_b-c.json.gz',
    "AWSLogs/ +&=()'*!~é.json.gz",
    'AWSLogs/line\u2028separator',
    'AWSLogs/%20%2F%2f',
    'AWSLogs/a?b#c;d:e@f,g$h',
    'AWSLogs//double/./dots/../😀',
  ])('reads the object under %j', async (key) => {
    await source.cloud.putLogFile(key, Buffer.from(key));
    expect(await textOf(store, source.cloud, key)).toBe(key);
  });

  it('reads many objects at once', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => `AWSLogs/many/${index}`);
    await Promise.all(keys.map((key) => source.cloud.putLogFile(key, Buffer.from(key))));
    expect(await Promise.all(keys.map((key) => textOf(store, source.cloud, key)))).toEqual(keys);
  });

  it('forgets a session that has ended, and goes on in a new one', async () => {
    await source.cloud.putLogFile('AWSLogs/again', Buffer.from('again'));
    await textOf(store, source.cloud, 'AWSLogs/again');
    source.cloud.expireSessions();
    await expect(textOf(store, source.cloud, 'AWSLogs/again')).rejects.toMatchObject({ code: 'credentials-expired' });
    expect(await textOf(store, source.cloud, 'AWSLogs/again')).toBe('again');
    source.cloud.expireSessions();
    await expect(queue.receive(once, never)).rejects.toMatchObject({ code: 'credentials-expired' });
    expect(await queue.receive(once, never)).toEqual([]);
  });

  it('is refused with another secret', async () => {
    const forged = {
      ...source.credentials,
      session: async () => ({ ...(await source.credentials.session()), secretAccessKey: 'other' }),
    };
    const other = source.openStore(forged);
    const failure = await failureOf(other.open({ bucket: source.cloud.bucket, key: 'AWSLogs/a' }, never));
    expect(failure).toMatchObject({ code: 'credentials-invalid', belongsTo: 'pipeline' });
    expect(failure.message).toContain('SignatureDoesNotMatch');
    other.close();
  });

  it('tells a missing object', async () => {
    const failure = await failureOf(store.open({ bucket: source.cloud.bucket, key: 'AWSLogs/none' }, never));
    expect(failure.code).toBe('object-not-found');
  });

  it('receives, returns, extends, counts and deletes messages', async () => {
    const bodies = ['{"é":"\u2028"}', 'two'];
    source.cloud.announce(bodies);
    const first = await queue.receive(once, never);
    expect(first.map(({ body }) => body).sort()).toEqual([...bodies].sort());
    expect(await queue.measureBacklog()).toMatchObject({ visible: 0, inFlight: 2 });
    await queue.changeVisibility(first, 0);
    const again = await queue.receive(once, never);
    expect(again.map(({ receiveCount }) => receiveCount)).toEqual([2, 2]);
    expect(await queue.changeVisibility(again, 300)).toEqual(again.map(({ id }) => ({ messageId: id })));
    const deletable = again.map((message) => ({ message, proof: acknowledgement([], []) }));
    expect(await queue.delete(deletable)).toEqual(again.map(({ id }) => ({ messageId: id })));
    expect(source.cloud.peekQueue()).toEqual([]);
  });

  it.each([-1, 1])('believes AWS about the time after one refusal, %i hour off', async (hours) => {
    const off = () => Date.now() + hours * 3_600_000;
    const late = source.openStore(source.credentials, off);
    await source.cloud.putLogFile('AWSLogs/time', Buffer.from('time'));
    const skewed = await failureOf(late.open({ bucket: source.cloud.bucket, key: 'AWSLogs/time' }, never));
    expect(skewed.message).toContain('RequestTimeTooSkewed');
    expect(await textOf(late, source.cloud, 'AWSLogs/time')).toBe('time');
    late.close();
    const lateQueue = source.openQueue(off);
    expect((await failureOf(lateQueue.receive(once, never))).code).toBe('credentials-invalid');
    expect(await lateQueue.receive(once, never)).toEqual([]);
    lateQueue.close();
  });
});

describe('s3ObjectStore against a bucket elsewhere', () => {
  it('finds its region', async () => {
    const { cloud, credentials, openStore } = await openSource({ bucketRegion: 'us-west-2' });
    await cloud.putLogFile('AWSLogs/elsewhere', Buffer.from('elsewhere'));
    const store = openStore();
    expect(await textOf(store, cloud, 'AWSLogs/elsewhere')).toBe('elsewhere');
    store.close();
    credentials.close();
    await cloud.stop();
  });
});
