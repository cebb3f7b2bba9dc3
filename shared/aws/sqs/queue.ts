import type { MessageOutcome, MessageQueue } from '../../pipeline/ports/queue.ts';
import type { Backlog } from '../../pipeline/ports/source.ts';
import type { QueueMessage } from '../../words/announcement.ts';
import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import { readAwsAnswer } from '../answers/answer.ts';
import { isStaleSession } from '../answers/meaning.ts';
import type { SourceCredentials } from '../credentials/sourceCredentials.ts';
import type { AwsSession } from '../credentials/stsActions.ts';
import { type AwsTimeouts, defaultAwsTimeouts } from '../http/timeouts.ts';
import { type BatchAnswer, type SqsMessage, sqsActions } from './actions.ts';
import { type SqsCall, sqsFailure } from './failure.ts';
import { readQueueLocation } from './queueLocation.ts';

export interface SqsQueueOptions {
  readonly queueUrl: string;
  readonly credentials: SourceCredentials;
  readonly clock: Clock;
  /** Replaces SQS: for loopback only; the queue URL stays as it is. */
  readonly endpoint?: string;
  readonly timeouts?: AwsTimeouts;
}

/**
 * One standard queue under the source's role. Each call is one request, besides those for a session that is not held; a
 * session that AWS refuses is forgotten, so that whoever tries again has a new one. Throws ConnectorError 'settings-invalid' for any
 * other URL.
 */
export function sqsQueue(options: SqsQueueOptions): MessageQueue & { close(): void } {
  const { queueUrl, credentials, clock, timeouts = defaultAwsTimeouts } = options;
  const location = readQueueLocation(queueUrl);
  if (location === undefined) {
    throw new ConnectorError('settings-invalid', `"${queueUrl}" is not the URL of a standard SQS queue`, {
      at: { queue: queueUrl },
      remedy: 'Set SQS_QUEUE_URL to the URL that the SQS console shows.',
    });
  }
  const origin = options.endpoint === undefined ? location.origin : new URL(options.endpoint).origin;
  const sqs = sqsActions({ queueUrl, region: location.region, origin, clock, timeouts });

  const run = async <T>(
    action: SqsCall['action'],
    signal: AbortSignal | undefined,
    send: (session: AwsSession) => Promise<T>,
  ): Promise<T> => {
    let session: AwsSession | undefined;
    try {
      session = await credentials.session(signal);
      return await send(session);
    } catch (error) {
      if (error instanceof ConnectorError) {
        throw error;
      }
      const answer = readAwsAnswer(error, signal);
      if (isStaleSession(answer)) {
        credentials.invalidate(session);
      }
      throw sqsFailure({ action, queueUrl, queueArn: location.arn, roleArn: credentials.roleArn }, answer);
    }
  };

  const askBacklog = (signal?: AbortSignal): Promise<Backlog> =>
    run('GetQueueAttributes', signal, (session) => sqs.measureBacklog(session, signal));

  return {
    receive: (request, signal) =>
      run('ReceiveMessage', signal, async (session) => {
        // Taken before the call: the 12 h cap counts from the request, and every other reckoning errs to the safe side.
        const receivedAt = clock.now();
        const messages = await sqs.receive(request, session, signal);
        return messages.map((message) => readMessage(message, receivedAt));
      }),

    changeVisibility: (messages, visibilitySeconds) =>
      messages.length === 0
        ? Promise.resolve([])
        : run('ChangeMessageVisibility', undefined, async (session) =>
            outcomes(messages, await sqs.changeVisibility(handlesOf(messages), visibilitySeconds, session)),
          ),

    delete: async (acknowledged) => {
      const messages = acknowledged.map(({ message }) => message);
      return messages.length === 0
        ? []
        : run('DeleteMessage', undefined, async (session) =>
            outcomes(messages, await sqs.delete(handlesOf(messages), session)),
          );
    },

    measureBacklog: () => askBacklog().catch(undefinedWhenDenied),

    // Being denied this one question proves credentials and network; a denied receive, should that follow, costs no message.
    probe: async (signal) => {
      await askBacklog(signal).catch(undefinedWhenDenied);
    },

    close: () => sqs.close(),
  };
}

function readMessage(message: SqsMessage, receivedAt: number): QueueMessage {
  return {
    id: message.MessageId ?? '',
    body: message.Body ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    receiveCount: Number(message.Attributes?.ApproximateReceiveCount ?? 1),
    sentAt: Number(message.Attributes?.SentTimestamp ?? receivedAt),
    receivedAt,
  };
}

function handlesOf(messages: readonly QueueMessage[]): string[] {
  return messages.map(({ receiptHandle }) => receiptHandle);
}

/** HTTP 200 may hide refused entries. An entry named neither way counts as refused: nothing proves that it was done. */
function outcomes(messages: readonly QueueMessage[], answer: BatchAnswer): MessageOutcome[] {
  const done = new Set(answer.Successful?.map(({ Id }) => Id));
  const refused = new Map(answer.Failed?.map(({ Id, Code }) => [Id, Code]));
  return messages.map(({ id: messageId }, index) => {
    if (done.has(String(index))) return { messageId };
    const code = (refused.get(String(index)) ?? 'NotAnswered').replace('AWS.SimpleQueueService.', '');
    return { messageId, refused: code, ...(isServicesOwn.test(code) ? { isTransient: true as const } : {}) };
  });
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_BatchResultErrorEntry.html */
const isServicesOwn = /InternalError|InternalFailure|ServiceUnavailable|Throttl/i;

function undefinedWhenDenied(error: unknown): undefined {
  if (error instanceof ConnectorError && error.code === 'queue-denied') {
    return undefined;
  }
  throw error;
}
