import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FaultRule, makeFaults, seededRandom } from '../../../../local/aws/gateway/faults.ts';
import type { AwsCloud } from '../../../../local/aws/startAwsCloud.ts';
import { type Keys, readerSession, refusalOf, s3Client, sqsClient, startCloud, stsClient } from '../cloudFixture.ts';

let cloud: AwsCloud;
let keys: Keys;

beforeAll(async () => {
  ({ cloud } = await startCloud());
  await cloud.putLogFile('AWSLogs/small', Buffer.alloc(5_000, 1));
  await cloud.putLogFile('AWSLogs/large', Buffer.alloc(3_000_000, 1));
  keys = await readerSession(cloud);
});
afterEach(() => {
  cloud.faults.clear();
  cloud.purgeQueue();
});
afterAll(() => cloud.stop());

const get = async (key = 'AWSLogs/small', abortSignal?: AbortSignal) => {
  const command = new GetObjectCommand({ Bucket: cloud.bucket, Key: key });
  const answer = await s3Client(cloud, keys).send(command, abortSignal === undefined ? {} : { abortSignal });
  return (await answer.Body?.transformToByteArray())?.length;
};
const receive = async (input = {}) =>
  (
    await sqsClient(cloud, keys).send(
      new ReceiveMessageCommand({ QueueUrl: cloud.queueUrl, MaxNumberOfMessages: 10, ...input }),
    )
  ).Messages ?? [];
describe('faults', () => {
  it('answer for the service, so many times, on the keys that match', async () => {
    const before = cloud.faults.counts()['answer'] ?? 0;
    cloud.faults.add({
      service: 's3',
      operation: 'GetObject',
      match: 'small$',
      skip: 1,
      times: 1,
      action: { kind: 'answer', status: 503, code: 'SlowDown', retryAfterSeconds: 2 },
    });
    expect(await get('AWSLogs/large')).toBe(3_000_000);
    expect(await get()).toBe(5_000);
    expect(await refusalOf(get())).toMatchObject({ name: 'SlowDown', status: 503 });
    expect(await get()).toBe(5_000);
    expect(cloud.faults.counts()['answer']).toBe(before + 1);
    expect(cloud.stats().failures).toMatchObject({ 's3:GetObject:SlowDown': expect.any(Number) });
  });

  it.each([
    ['sqs', () => receive()],
    ['sts', () => stsClient(cloud, keys).send(new GetCallerIdentityCommand({}))],
  ] as const)('answer in the form of %s', async (service, call) => {
    cloud.faults.add({ service, action: { kind: 'answer', status: 500, code: 'InternalFailure', message: 'broken' } });
    expect(await refusalOf(call())).toMatchObject({ code: 'InternalFailure', status: 500, message: 'broken' });
  });

  it('reset the connection', async () => {
    cloud.faults.add({ service: 's3', action: { kind: 'reset' } });
    await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it.each([
    ['rst', 'AWSLogs/small', 100],
    ['fin', 'AWSLogs/small', 100],
    ['rst', 'AWSLogs/large', 2_000_000],
    ['fin', 'AWSLogs/large', 0],
  ] as const)('cut the body by %s (%s after %d bytes)', async (how, key, afterBytes) => {
    cloud.faults.add({ service: 's3', action: { kind: 'cut-body', afterBytes, how } });
    await expect(get(key)).rejects.toThrow(/aborted|ECONNRESET/);
  });

  it('let a short body pass a late cut, and cut listings too', async () => {
    cloud.faults.add({
      service: 's3',
      operation: 'GetObject',
      action: { kind: 'cut-body', afterBytes: 9_000, how: 'rst' },
    });
    expect(await get()).toBe(5_000);
    cloud.faults.add({
      service: 's3',
      operation: 'ListObjectsV2',
      action: { kind: 'cut-body', afterBytes: 50, how: 'fin' },
    });
    await expect(s3Client(cloud, keys).send(new ListObjectsV2Command({ Bucket: cloud.bucket }))).rejects.toThrow(
      /aborted/,
    );
  });

  it.each([{ kind: 'stall' }, { kind: 'cut-body', afterBytes: 10, how: 'stall' }] as const)(
    'stall until the client gives up (%j)',
    async (action) => {
      cloud.faults.add({ service: 's3', action });
      await expect(get('AWSLogs/small', AbortSignal.timeout(100))).rejects.toThrow();
    },
  );

  it('delay', async () => {
    cloud.faults.add({ service: 's3', action: { kind: 'latency', ms: 60 } });
    const begun = performance.now();
    await get();
    expect(performance.now() - begun).toBeGreaterThanOrEqual(59);
  });

  it('lose the response after the service acted', async () => {
    cloud.announce(['lost']);
    cloud.faults.add({ service: 'sqs', operation: 'ReceiveMessage', times: 1, action: { kind: 'lose-response' } });
    cloud.faults.add({ service: 's3', action: { kind: 'lose-response' } });
    await expect(receive()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(cloud.stats().queue.inFlight).toBe(1);
    await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('deliver a message twice, under one id and two handles', async () => {
    cloud.announce(['twice']);
    cloud.faults.add({ service: 'sqs', operation: 'ReceiveMessage', times: 1, action: { kind: 'duplicate' } });
    const [first] = await receive();
    const [second] = await receive();
    expect(second).toMatchObject({ MessageId: first?.MessageId, Body: 'twice' });
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
  });

  it('find nothing, or bring less than was asked for', async () => {
    cloud.announce(['1', '2', '3']);
    cloud.faults.add({ service: 'sqs', times: 1, action: { kind: 'empty-receive' } });
    cloud.faults.add({ service: 'sqs', times: 1, action: { kind: 'short-batch', max: 1 } });
    expect(await receive()).toEqual([]);
    expect(await receive()).toHaveLength(1);
    expect(await receive()).toHaveLength(2);
  });

  it('end all sessions at once', async () => {
    cloud.faults.add({ service: 's3', times: 1, action: { kind: 'expire-sessions' } });
    expect(await refusalOf(get())).toMatchObject({ name: 'ExpiredToken', status: 400 });
    keys = await readerSession(cloud);
    expect(await get()).toBe(5_000);
    cloud.expireSessions();
    expect(await refusalOf(get())).toMatchObject({ name: 'ExpiredToken' });
    keys = await readerSession(cloud);
  });
});

describe('the endpoint for other processes', () => {
  const post = async (path: string, body: unknown) => {
    const answer = await request(`${cloud.endpoint}/_local/${path}`, { method: 'POST', body: JSON.stringify(body) });
    return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
  };

  it('adds, lists, removes and clears fault rules', async () => {
    const rule: FaultRule = { service: 's3', action: { kind: 'answer', status: 503, code: 'SlowDown' } };
    const added = await post('faults', { add: [rule, { ...rule, id: 'mine' }] });
    expect(added.body['ids']).toEqual([expect.any(String), 'mine']);
    expect(await refusalOf(get())).toMatchObject({ name: 'SlowDown' });
    const removed = await post('faults', { remove: ['mine'] });
    expect(removed.body['rules']).toHaveLength(1);
    await post('faults', { clear: true });
    const listed = await request(`${cloud.endpoint}/_local/faults`);
    expect(await listed.body.json()).toMatchObject({ rules: [] });
  });

  it.each([
    [{ service: 's4', action: { kind: 'reset' } }, 'fault service must be s3, sqs or sts'],
    [{ service: 's3', action: { kind: 'explode' } }, 'fault action kind "explode" is not known'],
    [{ service: 's3', operaton: 'GetObject', action: { kind: 'reset' } }, 'fault field "operaton" is not known'],
    [{ service: 's3', action: { kind: 'latency' } }, 'fault latency needs ms (number)'],
  ])('refuses %j', async (rule, expected) => {
    const answer = await post('faults', { add: rule });
    expect(answer.status).toBe(400);
    expect(answer.body['error']).toContain(expected);
  });

  it('tells the stats, breaks and repairs, and knows nothing else', async () => {
    const stats = await request(`${cloud.endpoint}/_local/stats`);
    expect(await stats.body.json()).toEqual(cloud.stats());
    await post('break', { name: 's3-get' });
    expect(await refusalOf(get())).toMatchObject({ name: 'AccessDenied' });
    await post('repair', {});
    expect(await get()).toBe(5_000);
    expect((await post('break', { name: 'everything' })).body['error']).toContain('name must be one of external-id');
    expect((await post('other', {})).status).toBe(404);
  });
});

describe('makeFaults', () => {
  it('scatters by probability, the same for the same seed', () => {
    const run = (seed: number) => {
      const faults = makeFaults(seededRandom(seed));
      faults.add({ service: 's3', probability: 0.3, action: { kind: 'reset' } });
      return Array.from({ length: 200 }, () => faults.plan('s3', 'GetObject', 'k').action?.kind === 'reset');
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
    expect(run(7).filter(Boolean).length / 200).toBeCloseTo(0.3, 1);
  });

  it('adds latencies up on the way to the first other action', () => {
    const faults = makeFaults(() => 0);
    faults.add({ service: 'sqs', action: { kind: 'latency', ms: 5 } });
    faults.add({ service: 'sqs', action: { kind: 'latency', ms: 7 } });
    faults.add({ service: 'sqs', action: { kind: 'reset' } });
    faults.add({ service: 'sqs', action: { kind: 'stall' } });
    expect(faults.plan('sqs', 'ReceiveMessage', '')).toEqual({
      latencyMs: 12,
      expireSessions: false,
      action: { kind: 'reset' },
    });
    expect(faults.counts()).toEqual({ latency: 2, reset: 1 });
  });
});
