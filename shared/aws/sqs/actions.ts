import { hash } from 'node:crypto';
import * as v from 'valibot';
import type { Backlog } from '../../pipeline/ports/source.ts';
import type { Clock } from '../../words/clock.ts';
import type { AwsKeys } from '../http/requestSigner.ts';
import { awsService } from '../http/service.ts';
import type { AwsTimeouts } from '../http/timeouts.ts';
import { readSqsRefusal } from './refusal.ts';

export interface SqsActionsOptions {
  readonly queueUrl: string;
  readonly region: string;
  /** Such as `https://sqs.eu-central-1.amazonaws.com`. */
  readonly origin: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly timeouts: AwsTimeouts;
}

export type SqsMessage = v.InferOutput<typeof message>;
/** Entries are told apart by their place in the request: `Id` is `0`, `1`, ... */
export type BatchAnswer = v.InferOutput<typeof batchAnswer>;

/** What is asked of a queue, in SQS's JSON protocol. Throws RefusedRequest, or whatever kept the answer from coming. */
export interface SqsActions {
  receive(
    request: { readonly maxMessages: number; readonly waitSeconds: number; readonly visibilitySeconds: number },
    keys: AwsKeys,
    signal: AbortSignal,
  ): Promise<readonly SqsMessage[]>;
  changeVisibility(receiptHandles: readonly string[], visibilitySeconds: number, keys: AwsKeys): Promise<BatchAnswer>;
  delete(receiptHandles: readonly string[], keys: AwsKeys): Promise<BatchAnswer>;
  measureBacklog(keys: AwsKeys, signal: AbortSignal | undefined): Promise<Backlog>;
  /** Everything the queue at `url` is set to. */
  attributes(url: string, keys: AwsKeys, signal: AbortSignal | undefined): Promise<Readonly<Record<string, string>>>;
  close(): void;
}

/** The queue URL in a request is an identifier; requests go to the origin given. */
export function sqsActions(options: SqsActionsOptions): SqsActions {
  const { queueUrl, region, origin, clock, timeouts } = options;
  const service = awsService({ name: 'sqs', clock, timeouts, readRefusal: readSqsRefusal });

  const call = async (
    action: string,
    input: object,
    keys: AwsKeys,
    signal: AbortSignal | undefined,
    answerMs = timeouts.answerMs,
  ): Promise<unknown> => {
    const answer = await service.send(
      {
        region,
        origin,
        method: 'POST',
        path: '/',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}`, ...oldCodes },
        body: JSON.stringify({ QueueUrl: queueUrl, ...input }),
        answerMs,
      },
      keys,
      signal,
    );
    return JSON.parse((await answer.body.all(maxAnswerBytes)).toString());
  };

  return {
    receive: async ({ maxMessages, waitSeconds, visibilitySeconds }, keys, signal) => {
      const input = {
        MaxNumberOfMessages: maxMessages,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
      };
      const answerMs = waitSeconds * 1000 + timeouts.answerMs;
      const { Messages } = v.parse(receiveAnswer, await call('ReceiveMessage', input, keys, signal, answerMs));
      return Messages ?? [];
    },

    changeVisibility: async (receiptHandles, visibilitySeconds, keys) => {
      const Entries = entriesOf(receiptHandles).map((entry) => ({ ...entry, VisibilityTimeout: visibilitySeconds }));
      return v.parse(batchAnswer, await call('ChangeMessageVisibilityBatch', { Entries }, keys, undefined));
    },

    delete: async (receiptHandles, keys) =>
      v.parse(batchAnswer, await call('DeleteMessageBatch', { Entries: entriesOf(receiptHandles) }, keys, undefined)),

    measureBacklog: async (keys, signal) => {
      const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'RedrivePolicy'];
      const answer = v.parse(attributesAnswer, await call('GetQueueAttributes', { AttributeNames }, keys, signal));
      const mostReceives = mostReceivesOf(answer.Attributes?.RedrivePolicy);
      return {
        visible: Number(answer.Attributes?.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(answer.Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
        ...(mostReceives === undefined ? {} : { mostReceives }),
      };
    },

    attributes: async (url, keys, signal) => {
      const answer = await call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['All'] }, keys, signal);
      return v.parse(allAttributes, answer).Attributes ?? {};
    },

    close: () => service.close(),
  };
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html: 1 to 1,000. */
function mostReceivesOf(policy = '{}'): number | undefined {
  try {
    const { maxReceiveCount } = JSON.parse(policy) as { readonly maxReceiveCount?: unknown };
    const count = Number(maxReceiveCount);
    return count >= 1 ? count : undefined;
  } catch {
    // Nothing depends on it but that more is kept than must be.
    return undefined;
  }
}

/** Asks for the codes of the older protocol as well. */
const oldCodes = { 'x-amzn-query-mode': 'true' };

/** Far above ten messages of 1 MiB with every character escaped. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const maxAnswerBytes = 64 * 1024 * 1024;

function entriesOf(receiptHandles: readonly string[]): { readonly Id: string; readonly ReceiptHandle: string }[] {
  return receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
}

const text = v.optional(v.string());

const message = v.pipe(
  v.object({
    MessageId: text,
    ReceiptHandle: text,
    Body: text,
    MD5OfBody: text,
    Attributes: v.optional(v.object({ ApproximateReceiveCount: text, SentTimestamp: text })),
  }),
  v.check(({ Body = '', MD5OfBody }) => MD5OfBody === undefined || hash('md5', Body) === MD5OfBody, 'MD5 does not fit'),
);

const receiveAnswer = v.object({ Messages: v.nullish(v.array(message)) });

const batchAnswer = v.object({
  Successful: v.optional(v.array(v.object({ Id: text }))),
  Failed: v.optional(v.array(v.object({ Id: text, Code: text }))),
});

const attributesAnswer = v.object({
  Attributes: v.optional(
    v.object({ ApproximateNumberOfMessages: text, ApproximateNumberOfMessagesNotVisible: text, RedrivePolicy: text }),
  ),
});

const allAttributes = v.object({ Attributes: v.optional(v.record(v.string(), v.string())) });
