import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { ConnectorError } from '../errors.ts';
import type { Backlog, Clock, MessageOutcome, MessageQueue, QueueMessage } from '../pipeline/ports.ts';
import { type AwsTimeouts, defaultAwsTimeouts, sqsClient } from './awsClients.ts';
import { readQueueLocation } from './queueLocation.ts';
import type { SourceCredentials } from './sourceCredentials.ts';
import { type SqsCall, sqsFailure } from './sqsFailure.ts';
import { withSession } from './withSession.ts';

export interface SqsQueueOptions {
  readonly queueUrl: string;
  readonly credentials: SourceCredentials;
  readonly clock: Clock;
  /** Replaces SQS: for loopback only; the queue URL stays as it is. */
  readonly endpoint?: string;
  readonly timeouts?: AwsTimeouts;
}

/** One standard queue under the source's role. Throws ConnectorError 'settings-invalid' for any other URL. */
export function sqsQueue(options: SqsQueueOptions): MessageQueue & { close(): void } {
  const { queueUrl, credentials, clock, timeouts = defaultAwsTimeouts } = options;
  const location = readQueueLocation(queueUrl);
  if (location === undefined) {
    throw new ConnectorError('settings-invalid', `"${queueUrl}" is not the URL of a standard SQS queue`, {
      at: { queue: queueUrl },
      remedy: 'Set SQS_QUEUE_URL to the URL that the SQS console shows.',
    });
  }
  const client = sqsClient({
    region: location.region,
    credentials: () => credentials.session(),
    endpoint: options.endpoint,
    timeouts,
  });

  const run = async <T>(
    action: SqsCall['action'],
    signal: AbortSignal | undefined,
    send: () => Promise<T>,
  ): Promise<T> => {
    try {
      return await withSession(credentials, signal, send);
    } catch (error) {
      throw sqsFailure({ action, queueUrl, queueArn: location.arn, roleArn: credentials.roleArn }, error, signal);
    }
  };

  const askBacklog = (signal?: AbortSignal): Promise<Backlog> =>
    run('GetQueueAttributes', signal, async () => {
      const answer = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrl,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
        signal === undefined ? {} : { abortSignal: signal },
      );
      return {
        visible: Number(answer.Attributes?.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(answer.Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
      };
    });

  return {
    receive: (request, signal) =>
      run('ReceiveMessage', signal, async () => {
        // Taken before the call: the 12 h cap counts from the request, and every other reckoning errs to the safe side.
        const receivedAt = clock.now();
        const answer = await client.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: request.maxMessages,
            WaitTimeSeconds: request.waitSeconds,
            VisibilityTimeout: request.visibilitySeconds,
            MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
          }),
          { abortSignal: signal, requestTimeout: request.waitSeconds * 1000 + timeouts.answerMs },
        );
        return (answer.Messages ?? []).map((message) => readMessage(message, receivedAt));
      }),

    changeVisibility: (messages, visibilitySeconds) =>
      messages.length === 0
        ? Promise.resolve([])
        : run('ChangeMessageVisibility', undefined, async () =>
            outcomes(
              messages,
              await client.send(
                new ChangeMessageVisibilityBatchCommand({
                  QueueUrl: queueUrl,
                  Entries: messages.map((message, index) => ({
                    Id: String(index),
                    ReceiptHandle: message.receiptHandle,
                    VisibilityTimeout: visibilitySeconds,
                  })),
                }),
              ),
            ),
          ),

    delete: (acknowledged) =>
      acknowledged.length === 0
        ? Promise.resolve([])
        : run('DeleteMessage', undefined, async () =>
            outcomes(
              acknowledged.map(({ message }) => message),
              await client.send(
                new DeleteMessageBatchCommand({
                  QueueUrl: queueUrl,
                  Entries: acknowledged.map(({ message }, index) => ({
                    Id: String(index),
                    ReceiptHandle: message.receiptHandle,
                  })),
                }),
              ),
            ),
          ),

    measureBacklog: () => askBacklog().catch(undefinedWhenDenied),

    // Being denied this one question proves credentials and network; a denied receive, should that follow, costs no message.
    probe: async (signal) => {
      await askBacklog(signal).catch(undefinedWhenDenied);
    },

    close: () => client.destroy(),
  };
}

function readMessage(message: Message, receivedAt: number): QueueMessage {
  return {
    id: message.MessageId ?? '',
    body: message.Body ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: Number(message.Attributes?.SentTimestamp ?? receivedAt),
    receivedAt,
  };
}

interface BatchAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?: readonly { readonly Id?: string | undefined; readonly Code?: string | undefined }[] | undefined;
}

/** HTTP 200 may hide refused entries. An entry named neither way counts as refused: nothing proves that it was done. */
function outcomes(messages: readonly QueueMessage[], answer: BatchAnswer): MessageOutcome[] {
  const done = new Set(answer.Successful?.map(({ Id }) => Id));
  const refused = new Map(answer.Failed?.map(({ Id, Code }) => [Id, Code]));
  return messages.map(({ id: messageId }, index) =>
    done.has(String(index))
      ? { messageId }
      : { messageId, refused: (refused.get(String(index)) ?? 'NotAnswered').replace('AWS.SimpleQueueService.', '') },
  );
}

function undefinedWhenDenied(error: unknown): undefined {
  if (error instanceof ConnectorError && error.code === 'queue-denied') {
    return undefined;
  }
  throw error;
}
