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
import { type QueueAttributes, readQueueAttributes } from './attributes.ts';
import { type SqsCall, sqsFailure } from './failure.ts';
import { readQueueLocation } from './queueLocation.ts';

export interface SqsQueueOptions {
  readonly queueUrl: string;
  readonly credentials: SourceCredentials;
  readonly clock: Clock;
  /** Replaces SQS: for loopback only; the queue URL stays as it is. */
  readonly endpoint?: string | undefined;
  readonly timeouts?: AwsTimeouts;
}

/** A queue that can also be looked into: for a check of connections. */
export interface SqsQueue extends MessageQueue {
  readonly arn: string;
  /** How the queue is set up. @throws ConnectorError */
  attributes(signal: AbortSignal): Promise<QueueAttributes>;
  /** The same of another queue of its account and region. */
  attributesOf(name: string, signal: AbortSignal): Promise<QueueAttributes>;
  /**
   * Proves that the role may delete and change visibility: asked for a message that there never was, which AWS looks for
   * after it has looked at the policies. @throws ConnectorError
   */
  proveSettling(): Promise<void>;
  close(): void;
}

/**
 * One standard queue under the source's role. Each call is one request, besides those for a session that is not held; a
 * session that AWS refuses is forgotten, so that whoever tries again has a new one. Throws ConnectorError 'settings-invalid' for any
 * other URL.
 */
export function sqsQueue(options: SqsQueueOptions): SqsQueue {
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

  const attributesAt = (url: string, signal: AbortSignal): Promise<QueueAttributes> =>
    run('GetQueueAttributes', signal, async (session) =>
      readQueueAttributes(await sqs.attributes(url, session, signal)),
    );

  return {
    arn: location.arn,
    attributes: (signal) => attributesAt(queueUrl, signal),
    attributesOf: (name, signal) => attributesAt(`${queueUrl.slice(0, queueUrl.lastIndexOf('/'))}/${name}`, signal),
    proveSettling: async () => {
      await run('DeleteMessage', undefined, (session) => sqs.delete([noSuchReceipt], session));
      await run('ChangeMessageVisibility', undefined, (session) => sqs.changeVisibility([noSuchReceipt], 0, session));
    },
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

/** No receipt handle that SQS gives looks like it. */
const noSuchReceipt = 'connection-check';

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
