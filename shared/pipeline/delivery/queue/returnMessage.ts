import { inTens } from '../../../kit/batcher.ts';
import type { QueueMessage } from '../../../words/announcement.ts';
import { type Failure, failureReport, isItsOwn, reportOf } from '../../../words/failure.ts';
import { retrying } from '../../limits/retryPolicy.ts';
import type { DrainPorts } from '../../ports/ports.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html: 12 h from the receive. */
const longestVisibilitySeconds = 43_200;
/** The cap counts on the service's clock, which is not ours. */
const marginSeconds = 60;

/** Receives a message may spend on failures that are not its own before those cost it time as well. */
const freeReceives = 3;

/** From this receive on, a message that waits for its bucket is held as long as SQS allows: ten receives then last two days and a half. */
const sparingFrom = 7;

/**
 * How long a message stays invisible. Its own failures back off, so that a mended permission finds it alive for hours
 * before the queue's redrive takes it; a failure of the pipeline gives it back soon, unless it has met several: a
 * pipeline that fails whenever it is tried would otherwise spend all receives of a message within minutes.
 */
export function secondsUntilVisible(
  message: QueueMessage,
  failure: Failure,
  { now, wasTried, isShutdown }: { now: number; wasTried: boolean; isShutdown: boolean },
): number {
  const heldSeconds = Math.max(0, Math.ceil((now - message.receivedAt) / 1000));
  return Math.max(0, Math.min(wanted(), longestVisibilitySeconds - marginSeconds - heldSeconds));

  function wanted(): number {
    const { receiveCount } = message;
    if (failure.again === 'after-the-bucket') {
      return receiveCount < sparingFrom ? doubling(900, receiveCount) : longestVisibilitySeconds;
    }
    if (failure.again !== undefined) {
      // A claim may be extended time and again: who waits for it must not spend all receives meanwhile.
      const claimedSeconds = Math.ceil((failure.again.at - now) / 1000);
      return Math.min(900, Math.max(claimedSeconds, doubling(5, receiveCount)));
    }
    if (isItsOwn(failure)) return doubling(30, receiveCount);
    if (isShutdown) return 0;
    if (receiveCount > freeReceives) return doubling(30, receiveCount);
    return wasTried ? 5 : 0;
  }
}

function doubling(firstSeconds: number, receiveCount: number): number {
  return Math.min(21_600, firstSeconds * 2 ** Math.min(20, Math.max(0, receiveCount - 1)));
}

interface Returned {
  readonly message: QueueMessage;
  readonly visibleInSeconds: number;
  readonly failure: Failure;
}

export type ReturnMessage = (returned: Returned) => Promise<void>;

/** Gives messages back, those for the same time together. Should it fail, the visibility timeout does the same, later. */
export function returner(
  source: string,
  ports: Pick<DrainPorts, 'clock' | 'queue' | 'random' | 'report'>,
  signal: AbortSignal,
): ReturnMessage {
  const bySeconds = new Map<number, (message: QueueMessage) => Promise<string | undefined>>();

  const requestFor = (seconds: number) =>
    inTens<QueueMessage, string | undefined>(ports.clock, async (messages) => {
      try {
        const outcomes = await retrying('return', () => ports.queue.changeVisibility(messages, seconds), ports, signal);
        const refused = new Map(outcomes.map((outcome) => [outcome.messageId, outcome.refused]));
        return messages.map((message) => refused.get(message.id));
      } catch (error) {
        return messages.map(() => reportOf(error).code);
      }
    });

  return async ({ message, visibleInSeconds, failure }) => {
    const request = bySeconds.get(visibleInSeconds) ?? requestFor(visibleInSeconds);
    bySeconds.set(visibleInSeconds, request);
    const refused = await request(message);
    ports.report(
      refused === undefined
        ? {
            type: 'message-returned',
            source,
            messageId: message.id,
            visibleInSeconds,
            failure: failureReport(failure),
          }
        : { type: 'claim-lost', source, messageId: message.id, refused },
    );
  };
}
