import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sqsQueue } from '../../../../shared/aws/sqs/queue.ts';
import type { AcknowledgedMessage } from '../../../../shared/pipeline/ports/queue.ts';
import { acknowledgement } from '../../../../shared/pipeline/ports/settlement.ts';
import type { QueueMessage } from '../../../../shared/words/announcement.ts';
import {
  failureOf,
  impatient,
  numberedCredentials,
  patient,
  roleArn,
  type StubServer,
  sqsError,
  startStub,
} from '../stubServer.ts';

const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/111122223333/trail';
const clock = { now: () => 1_000, sleep: async () => undefined };
const once = { maxMessages: 10, waitSeconds: 0, visibilitySeconds: 180 };
const signal = new AbortController().signal;

describe('sqsQueue against an SQS server', () => {
  const server = buildApp({ logger: false, defaultRegion: 'eu-central-1' });
  let endpoint: string;
  let sender: SQSClient;

  beforeAll(async () => {
    endpoint = await server.listen({ host: '127.0.0.1', port: 0 });
    const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
    sender = new SQSClient({ region: 'eu-central-1', endpoint, credentials, useQueueUrlAsEndpoint: false });
  });

  afterAll(async () => {
    sender.destroy();
    await server.close();
  });

  async function openQueue(bodies: readonly string[]) {
    const name = `q${crypto.randomUUID()}`;
    await sender.send(new CreateQueueCommand({ QueueName: name }));
    const url = `https://sqs.eu-central-1.amazonaws.com/111122223333/${name}`;
    for (const body of bodies) {
      await sender.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
    }
    return sqsQueue({ queueUrl: url, credentials: numberedCredentials(), clock, endpoint });
  }

  const deletable = (message: QueueMessage): AcknowledgedMessage => ({ message, proof: acknowledgement([], []) });

  it('receives messages with count and times, under the visibility asked for', async () => {
    const queue = await openQueue(['one', 'two']);
    const messages = await queue.receive(once, signal);
    expect(messages.map(({ body, receiveCount, receivedAt }) => ({ body, receiveCount, receivedAt }))).toEqual([
      { body: 'one', receiveCount: 1, receivedAt: 1_000 },
      { body: 'two', receiveCount: 1, receivedAt: 1_000 },
    ]);
    expect(messages.every(({ id, receiptHandle, sentAt }) => id && receiptHandle && sentAt > 1_600_000_000_000)).toBe(
      true,
    );
    expect(await queue.receive(once, signal)).toEqual([]);
    expect(await queue.measureBacklog()).toMatchObject({ visible: 0, inFlight: 2 });
    queue.close();
  });

  it('gives messages back at once, and counts the next receive', async () => {
    const queue = await openQueue(['one']);
    const first = await queue.receive(once, signal);
    expect(await queue.changeVisibility(first, 0)).toEqual([{ messageId: first[0]?.id }]);
    const [again] = await queue.receive(once, signal);
    expect(again).toMatchObject({ id: first[0]?.id, receiveCount: 2 });
    expect(again?.receiptHandle).not.toBe(first[0]?.receiptHandle);
    queue.close();
  });

  it('tells which entry of a batch was refused', async () => {
    const queue = await openQueue(['one', 'two']);
    const [one, two] = await queue.receive(once, signal);
    if (one === undefined || two === undefined) {
      throw new Error('two messages expected');
    }
    const outcomes = await queue.changeVisibility([one, { ...two, receiptHandle: 'stale' }], 60);
    expect(outcomes).toEqual([{ messageId: one.id }, { messageId: two.id, refused: 'ReceiptHandleIsInvalid' }]);
    queue.close();
  });

  it('deletes acknowledged messages for good', async () => {
    const queue = await openQueue(['one', 'two']);
    const messages = await queue.receive(once, signal);
    expect(await queue.delete(messages.map(deletable))).toEqual(messages.map(({ id }) => ({ messageId: id })));
    expect(await queue.measureBacklog()).toMatchObject({ visible: 0, inFlight: 0 });
    queue.close();
  });

  it('sends nothing for an empty batch', async () => {
    const queue = sqsQueue({ queueUrl, credentials: numberedCredentials(), clock, endpoint: 'http://127.0.0.1:1' });
    expect(await queue.changeVisibility([], 60)).toEqual([]);
    expect(await queue.delete([])).toEqual([]);
    queue.close();
  });

  it('probes without receiving', async () => {
    const queue = await openQueue(['one']);
    await queue.probe(signal);
    expect((await queue.receive(once, signal))[0]?.receiveCount).toBe(1);
    queue.close();
  });
});

describe('sqsQueue against broken answers', () => {
  let stub: StubServer;
  let credentials: ReturnType<typeof numberedCredentials>;

  beforeEach(async () => {
    stub = await startStub();
    credentials = numberedCredentials();
  });

  afterEach(() => stub.close());

  const open = (timeouts = patient) => sqsQueue({ queueUrl, credentials, clock, endpoint: stub.endpoint, timeouts });
  const json = (value: unknown) => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(value),
  });
  const message = (id: string): QueueMessage => ({
    id,
    body: '',
    receiptHandle: `h-${id}`,
    receiveCount: 1,
    sentAt: 0,
    receivedAt: 0,
  });

  it('keeps the queue URL and sends to the endpoint, signed for the region in the URL', async () => {
    stub.answer = () => json({});
    expect(await open().receive({ ...once, waitSeconds: 20 }, signal)).toEqual([]);
    expect(stub.requests[0]?.headers['authorization']).toContain('/eu-central-1/sqs/');
    expect(JSON.parse(stub.requests[0]?.body ?? '')).toEqual({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 20,
      VisibilityTimeout: 180,
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
    });
  });

  it('waits for a long poll longer than for other answers', async () => {
    stub.answer = (_request, response) => {
      setTimeout(() => response.end('{}'), 2 * impatient.answerMs);
      return undefined;
    };
    expect(await open(impatient).receive({ ...once, waitSeconds: 20 }, signal)).toEqual([]);
    expect((await failureOf(open(impatient).measureBacklog())).code).toBe('queue-unavailable');
  });

  it('reads a message that lacks its attributes', async () => {
    stub.answer = () => json({ Messages: [{ Body: '', MD5OfBody: 'd41d8cd98f00b204e9800998ecf8427e' }] });
    expect(await open().receive(once, signal)).toEqual([
      { id: '', body: '', receiptHandle: '', receiveCount: 1, sentAt: 1_000, receivedAt: 1_000 },
    ]);
  });

  it('counts an entry named neither way as refused', async () => {
    stub.answer = () =>
      json({
        Successful: [{ Id: '0' }],
        Failed: [
          { Id: '1', SenderFault: true, Code: 'AWS.SimpleQueueService.MessageNotInflight' },
          { Id: '2', SenderFault: false, Code: 'InternalError' },
        ],
      });
    expect(await open().changeVisibility(['a', 'b', 'c', 'd'].map(message), 60)).toEqual([
      { messageId: 'a' },
      { messageId: 'b', refused: 'MessageNotInflight' },
      { messageId: 'c', refused: 'InternalError', isTransient: true },
      { messageId: 'd', refused: 'NotAnswered' },
    ]);
  });

  it.each(['ExpiredTokenException', 'InvalidClientTokenId', 'UnrecognizedClientException'])(
    'makes one request on %s, and the next with a new session',
    async (code) => {
      stub.answer = (request) =>
        String(request.headers['authorization']).includes('ASIA1')
          ? sqsError(403, `com.amazon.coral.service#${code}`, 'expired')
          : json({});
      const queue = open();
      expect((await failureOf(queue.receive(once, signal))).code).toBe('credentials-expired');
      expect(stub.requests).toHaveLength(1);
      expect(await queue.receive(once, signal)).toEqual([]);
      expect(credentials).toMatchObject({ made: 2, invalidated: 1 });
    },
  );

  it.each([
    ['receive', (queue: ReturnType<typeof open>) => queue.receive(once, signal)],
    ['changeVisibility', (queue: ReturnType<typeof open>) => queue.changeVisibility([message('a')], 60)],
    [
      'delete',
      (queue: ReturnType<typeof open>) => queue.delete([{ message: message('a'), proof: acknowledgement([], []) }]),
    ],
    ['measureBacklog', (queue: ReturnType<typeof open>) => queue.measureBacklog()],
    ['probe', (queue: ReturnType<typeof open>) => queue.probe(signal)],
  ])('%s is one request, however it is refused', async (_name, act) => {
    const refusals = [
      sqsError(403, 'com.amazon.coral.service#ExpiredTokenException', 'expired'),
      sqsError(400, 'com.amazonaws.sqs#RequestThrottled', 'slow down'),
      sqsError(503, 'com.amazon.coral.service#ServiceUnavailable', 'busy'),
      { status: 302, headers: { location: 'https://portal.example/login' } },
    ];
    for (const [index, refusal] of refusals.entries()) {
      stub.answer = () => refusal;
      await failureOf(act(open()));
      expect(stub.requests).toHaveLength(index + 1);
    }
  });

  it.each([
    [400, 'com.amazonaws.sqs#QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue', 'queue-not-found'],
    [400, 'AWS.SimpleQueueService.NonExistentQueue', undefined, 'queue-not-found'],
    [403, 'com.amazon.coral.service#AccessDeniedException', 'AccessDenied', 'queue-denied'],
    [400, 'com.amazonaws.sqs#KmsAccessDenied', 'KMS.AccessDeniedException', 'queue-kms-denied'],
    [400, 'com.amazonaws.sqs#KmsNotFound', 'KMS.NotFoundException', 'queue-kms-denied'],
    [400, 'com.amazonaws.sqs#KmsDisabled', 'KMS.DisabledException', 'queue-kms-denied'],
    [400, 'com.amazonaws.sqs#KmsInvalidState', 'KMS.InvalidStateException', 'queue-kms-denied'],
    [400, 'com.amazonaws.sqs#KmsInvalidKeyUsage', 'KMS.InvalidKeyUsageException', 'queue-kms-denied'],
    [403, 'com.amazonaws.sqs#KmsOptInRequired', 'KMS.OptInRequired', 'queue-kms-denied'],
    [400, 'com.amazonaws.sqs#KmsThrottled', 'KMS.ThrottlingException', 'queue-unavailable'],
    [400, 'com.amazonaws.sqs#RequestThrottled', 'RequestThrottled', 'queue-unavailable'],
    [400, 'com.amazon.coral.availability#ThrottlingException', undefined, 'queue-unavailable'],
    [503, 'com.amazon.coral.service#ServiceUnavailable', undefined, 'queue-unavailable'],
    [500, 'com.amazon.coral.service#InternalFailure', undefined, 'queue-unavailable'],
    [403, 'com.amazonaws.sqs#OverLimit', 'OverLimit', 'queue-over-limit'],
    [400, 'com.amazonaws.sqs#InvalidAddress', 'InvalidAddress', 'queue-refused'],
    [403, 'com.amazonaws.sqs#InvalidSecurity', 'InvalidSecurity', 'queue-refused'],
    [400, 'com.amazonaws.sqs#UnsupportedOperation', 'AWS.SimpleQueueService.UnsupportedOperation', 'queue-refused'],
    [403, 'com.amazon.coral.service#InvalidSignatureException', undefined, 'credentials-invalid'],
    [403, 'com.amazon.coral.service#IncompleteSignatureException', undefined, 'credentials-invalid'],
    [403, 'com.amazon.coral.service#MissingAuthenticationTokenException', undefined, 'credentials-invalid'],
  ] as const)('%i %s (%s) is %s', async (status, type, queryCode, expected) => {
    stub.answer = () => sqsError(status, type, 'the text of AWS', queryCode);
    const failure = await failureOf(open().receive(once, signal));
    expect(failure).toMatchObject({ code: expected, belongsTo: 'pipeline', at: { queue: queueUrl, role: roleArn } });
    expect(failure.message).toMatch(
      /^ReceiveMessage on https:\/\/sqs\.eu-central-1\.amazonaws\.com\/111122223333\/trail as arn:aws:iam::222233334444:role\/Connector failed: AWS answered \S+ \(HTTP \d+, request REQ-SQS\): "the text of AWS"$/,
    );
    expect(failure.outcomeUnknown).toBe(status >= 500);
  });

  it('tells a denial by KMS from a denial by the queue', async () => {
    stub.answer = () =>
      sqsError(403, 'com.amazon.coral.service#AccessDeniedException', 'is not authorized to perform: kms:Decrypt');
    const failure = await failureOf(open().receive(once, signal));
    expect(failure.code).toBe('queue-kms-denied');
    expect(failure.remedy).toContain(`Allow kms:Decrypt on the queue's key to ${roleArn}`);
  });

  it('names action, queue ARN and role to allow', async () => {
    stub.answer = () => sqsError(403, 'com.amazon.coral.service#AccessDeniedException', 'no');
    const failure = await failureOf(open().delete([{ message: message('a'), proof: acknowledgement([], []) }]));
    expect(failure.remedy).toContain(
      `Allow sqs:DeleteMessage on arn:aws:sqs:eu-central-1:111122223333:trail in the permissions policy of ${roleArn}`,
    );
  });

  it('shows nothing of what SQS echoes of a request', async () => {
    stub.answer = ({ headers }) =>
      sqsError(
        400,
        'com.amazon.coral.service#IncompleteSignatureException',
        `Authorization header requires existence of 'Credential': Authorization=${headers['authorization']} X-Amz-Security-Token=${headers['x-amz-security-token']}`,
      );
    const failure = await failureOf(open().receive(once, signal));
    const told = JSON.stringify([failure.message, failure.remedy, failure.cause]);
    expect(told).toContain('Authorization header requires');
    expect(told).not.toMatch(/ASIA1|token1|Signature=[0-9a-f]/);
  });

  it('obeys retry-after', async () => {
    stub.answer = () => ({ status: 503, headers: { 'retry-after': '7' } });
    expect(await failureOf(open().receive(once, signal))).toMatchObject({ retryAfterMs: 7_000 });
  });

  it('has no backlog to tell, and a passing probe, when the role may not ask', async () => {
    stub.answer = () => sqsError(403, 'com.amazon.coral.service#AccessDeniedException', 'no');
    expect(await open().measureBacklog()).toBeUndefined();
    await expect(open().probe(signal)).resolves.toBeUndefined();
  });

  it('fails the probe when the queue is gone', async () => {
    stub.answer = () => sqsError(400, 'com.amazonaws.sqs#QueueDoesNotExist', 'no');
    expect((await failureOf(open().probe(signal))).code).toBe('queue-not-found');
  });

  it('does not know the outcome of a delete whose answer was lost', async () => {
    stub.answer = (_request, response) => {
      response.socket?.destroy();
      return undefined;
    };
    const failure = await failureOf(open().delete([{ message: message('a'), proof: acknowledgement([], []) }]));
    expect(failure).toMatchObject({ code: 'queue-unavailable', outcomeUnknown: true });
    expect(stub.requests).toHaveLength(1);
  });

  it('knows that a refused connection did nothing', async () => {
    await stub.close();
    const failure = await failureOf(open().delete([{ message: message('a'), proof: acknowledgement([], []) }]));
    expect(failure).toMatchObject({ code: 'queue-unavailable', outcomeUnknown: false });
    expect(failure.message).toContain('ECONNREFUSED');
  });

  it.each([
    ['an answer that is no JSON', '<html>'],
    ['a message whose checksum does not fit', '{"Messages":[{"MessageId":"m","Body":"x","MD5OfBody":"00"}]}'],
  ])('is unavailable on %s', async (_case, body) => {
    stub.answer = () => ({ status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body });
    expect(await failureOf(open().receive(once, signal))).toMatchObject({
      code: 'queue-unavailable',
      outcomeUnknown: true,
    });
  });

  it('ends a long poll when the signal aborts', async () => {
    const abort = new AbortController();
    stub.answer = () => {
      abort.abort();
      return undefined;
    };
    const failure = await failureOf(open().receive({ ...once, waitSeconds: 20 }, abort.signal));
    expect(failure.code).toBe('slice-ended');
  });

  it('passes on the failure of the credentials', async () => {
    const denied = await failureOf(
      sqsQueue({
        queueUrl,
        credentials: { ...credentials, session: () => Promise.reject(new TypeError('bug')) },
        clock,
      }).receive(once, signal),
    );
    expect(denied.code).toBe('queue-unavailable');
    const told = await failureOf(
      sqsQueue({ queueUrl, credentials: { ...credentials, session: () => Promise.reject(denied) }, clock }).receive(
        once,
        signal,
      ),
    );
    expect(told).toBe(denied);
  });

  it('refuses a URL that is no queue', () => {
    expect(() => sqsQueue({ queueUrl: 'https://example.com/q', credentials, clock })).toThrow(
      '"https://example.com/q" is not the URL of a standard SQS queue',
    );
  });
});
