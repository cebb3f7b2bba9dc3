import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AwsCloud } from '../../../../local/aws/startAwsCloud.ts';
import { type Keys, readerSession, refusalOf, sqsClient, startCloud } from '../cloudFixture.ts';

let cloud: AwsCloud;
let clock: { offsetMs: number; now(): number };
let keys: Keys;
let sqs: SQSClient;

beforeEach(async () => {
  ({ cloud, clock } = await startCloud({ maxReceiveCount: 2, inFlightLimit: 5 }));
  keys = await readerSession(cloud);
  sqs = sqsClient(cloud, keys);
});
afterEach(() => cloud.stop());

const queue = () => ({ QueueUrl: cloud.queueUrl });
const receive = async (input = {}, client = sqs) =>
  (
    await client.send(
      new ReceiveMessageCommand({
        ...queue(),
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        ...input,
      }),
    )
  ).Messages ?? [];
const handleOf = async () => (await receive())[0]?.ReceiptHandle ?? '';

describe('the queue', () => {
  it('delivers, counts receives, and forgets what is deleted', async () => {
    cloud.announce(['one', 'two', 'three']);
    const messages = await receive();
    expect(messages.map((message) => message.Body)).toEqual(['one', 'two', 'three']);
    expect(messages[0]?.Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
    expect(cloud.stats().queue).toEqual({ visible: 0, inFlight: 3, deleted: 0 });
    const entries = messages
      .slice(0, 2)
      .map((message, index) => ({ Id: `${index}`, ReceiptHandle: message.ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ ...queue(), Entries: entries }));
    await sqs.send(new DeleteMessageCommand({ ...queue(), ReceiptHandle: messages[2]?.ReceiptHandle }));
    expect(cloud.stats().queue).toEqual({ visible: 0, inFlight: 0, deleted: 3 });
    expect(await receive()).toEqual([]);
  });

  it('moves a message to the dead-letter queue after maxReceiveCount, where it can be seen and sent back', async () => {
    cloud.announce(['poison']);
    for (let turn = 0; turn < 3; turn += 1) {
      const handle = await handleOf();
      if (handle === '') break;
      await sqs.send(new ChangeMessageVisibilityCommand({ ...queue(), ReceiptHandle: handle, VisibilityTimeout: 0 }));
    }
    expect(cloud.stats()).toMatchObject({ queue: { visible: 0, inFlight: 0 }, deadLetters: 1 });
    expect(cloud.peekDeadLetters()).toMatchObject([{ body: 'poison', receiveCount: 3 }]);
    expect(cloud.redrive()).toBe(1);
    expect(cloud.peekQueue()).toMatchObject([{ body: 'poison', receiveCount: 0 }]);
  });

  it('shows its real-looking URL, ARN and redrive policy', async () => {
    const { Attributes: attributes } = await sqs.send(
      new GetQueueAttributesCommand({ ...queue(), AttributeNames: ['All'] }),
    );
    expect(attributes).toMatchObject({
      QueueArn: 'arn:aws:sqs:eu-central-1:222222222222:cloudtrail-notifications',
      VisibilityTimeout: '180',
    });
    expect(JSON.parse(attributes?.['RedrivePolicy'] ?? '')).toEqual({
      deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:222222222222:cloudtrail-notifications-dlq',
      maxReceiveCount: 2,
    });
    const found = await sqsClient(cloud, cloud.ownerCredentials).send(
      new GetQueueUrlCommand({ QueueName: 'cloudtrail-notifications' }),
    );
    expect(found.QueueUrl).toBe('https://sqs.eu-central-1.amazonaws.com/222222222222/cloudtrail-notifications');
  });

  it("follows the clock: visibility ends, times are the clock's, retention expires", async () => {
    cloud.announce(['one']);
    const sentAt = clock.now();
    await receive();
    clock.offsetMs += 170_000;
    sqs = sqsClient(cloud, keys, { systemClockOffset: clock.offsetMs });
    expect(await receive()).toEqual([]);
    clock.offsetMs += 11_000;
    const [again] = await receive();
    expect(again?.Attributes).toMatchObject({ ApproximateReceiveCount: '2' });
    expect(Math.abs(Number(again?.Attributes?.['SentTimestamp']) - sentAt)).toBeLessThan(1000);
    cloud.announce(['two']);
    clock.offsetMs += 15 * 86_400_000;
    const later = sqsClient(cloud, cloud.ownerCredentials, { systemClockOffset: clock.offsetMs });
    expect(await receive({}, later)).toEqual([]);
  });
});

describe('a long poll', () => {
  it('takes no message for a client that has left', async () => {
    const left = new AbortController();
    const poll = sqs.send(new ReceiveMessageCommand({ ...queue(), WaitTimeSeconds: 20 }), { abortSignal: left.signal });
    await expect.poll(() => cloud.stats().requests['sqs:ReceiveMessage']).toBe(1);
    left.abort();
    await expect(poll).rejects.toMatchObject({ name: 'AbortError' });
    // A request behind the hang-up on a new connection: the server has seen the hang-up by the time it answers.
    await sqs.send(new GetQueueAttributesCommand({ ...queue(), AttributeNames: ['QueueArn'] }));
    cloud.announce(['kept']);
    expect(await receive({ WaitTimeSeconds: 1 })).toMatchObject([
      { Body: 'kept', Attributes: { ApproximateReceiveCount: '1' } },
    ]);
  });
});

describe('SQS refusals', () => {
  it('says that a queue does not exist, also for a queue of another region', async () => {
    const expected = { name: 'QueueDoesNotExist', code: 'AWS.SimpleQueueService.NonExistentQueue', status: 400 };
    const other = `${cloud.queueUrl}-other`;
    expect(await refusalOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: other })))).toMatchObject(expected);
    const far = sqsClient(cloud, keys, { region: 'us-east-1' });
    expect(await refusalOf(far.send(new ReceiveMessageCommand(queue())))).toMatchObject(expected);
  });

  it("denies what the role may not do, in SQS's own lower case", async () => {
    const expected = { name: 'AccessDenied', code: 'AccessDenied', status: 403 };
    expect(await refusalOf(sqs.send(new PurgeQueueCommand(queue())))).toMatchObject(expected);
    expect(await refusalOf(sqs.send(new SendMessageCommand({ ...queue(), MessageBody: 'x' })))).toMatchObject(expected);
    const repair = cloud.break('sqs-receive');
    const refusal = await refusalOf(receive());
    repair();
    expect(refusal.message).toMatch(
      /^User: arn:aws:sts::222222222222:assumed-role\/.* is not authorized to perform: sqs:receivemessage on resource: arn:aws:sqs:eu-central-1:222222222222:cloudtrail-notifications because no identity-based policy allows the sqs:receivemessage action$/,
    );
    expect(await receive()).toEqual([]);
    expect(await refusalOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: cloud.dlqUrl })))).toMatchObject(expected);
  });

  it('batches need the permission of the single action', async () => {
    cloud.announce(['one']);
    const ReceiptHandle = await handleOf();
    const repair = cloud.break('sqs-delete');
    const refusal = await refusalOf(
      sqs.send(new DeleteMessageBatchCommand({ ...queue(), Entries: [{ Id: '1', ReceiptHandle }] })),
    );
    repair();
    expect(refusal.message).toContain('sqs:deletemessage on');
  });

  it('refuses handles that are none, alone and in batches', async () => {
    cloud.announce(['one']);
    const good = await handleOf();
    expect(await refusalOf(sqs.send(new DeleteMessageCommand({ ...queue(), ReceiptHandle: 'rubbish' })))).toMatchObject(
      {
        name: 'ReceiptHandleIsInvalid',
        status: 404,
      },
    );
    const Entries = [
      { Id: 'good', ReceiptHandle: good },
      { Id: 'bad', ReceiptHandle: 'rubbish' },
    ];
    const mixed = await sqs.send(new DeleteMessageBatchCommand({ ...queue(), Entries }));
    expect(mixed.Successful).toEqual([{ Id: 'good' }]);
    expect(mixed.Failed).toMatchObject([{ Id: 'bad', SenderFault: true, Code: 'ReceiptHandleIsInvalid' }]);
    const bad = await sqs.send(new DeleteMessageBatchCommand({ ...queue(), Entries: Entries.slice(1) }));
    expect(bad).toMatchObject({ Successful: [], Failed: [{ Id: 'bad' }] });
  });

  it('accepts a stale handle and deletes nothing, as the service may', async () => {
    cloud.announce(['one']);
    const stale = await handleOf();
    await sqs.send(new ChangeMessageVisibilityCommand({ ...queue(), ReceiptHandle: stale, VisibilityTimeout: 0 }));
    await sqs.send(new DeleteMessageCommand({ ...queue(), ReceiptHandle: stale }));
    expect(cloud.stats().queue).toEqual({ visible: 1, inFlight: 0, deleted: 0 });
  });

  it('holds no message beyond 12 hours from its receipt', async () => {
    cloud.announce(['one']);
    const ReceiptHandle = await handleOf();
    clock.offsetMs += 100_000;
    sqs = sqsClient(cloud, keys, { systemClockOffset: clock.offsetMs });
    const change = (VisibilityTimeout: number) =>
      sqs.send(new ChangeMessageVisibilityCommand({ ...queue(), ReceiptHandle, VisibilityTimeout }));
    expect(await refusalOf(change(43_200))).toMatchObject({ code: 'InvalidParameterValue', status: 400 });
    await change(43_000);
    const Entries = [{ Id: '1', ReceiptHandle, VisibilityTimeout: 43_200 }];
    const batch = await sqs.send(new ChangeMessageVisibilityBatchCommand({ ...queue(), Entries }));
    expect(batch.Failed).toMatchObject([{ Code: 'InvalidParameterValue' }]);
  });

  it('answers OverLimit to a short poll, and lets a long one wait, when too much is in flight', async () => {
    cloud.announce(['1', '2', '3', '4', '5', '6']);
    await receive({ MaxNumberOfMessages: 5 });
    expect(await refusalOf(receive())).toMatchObject({ name: 'OverLimit', status: 403 });
    const longPoll = new ReceiveMessageCommand({ ...queue(), WaitTimeSeconds: 20 });
    const abortSignal = AbortSignal.timeout(50);
    await expect(sqs.send(longPoll, { abortSignal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
