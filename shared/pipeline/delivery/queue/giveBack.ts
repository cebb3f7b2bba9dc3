import type { QueueMessage } from '../../../words/announcement.ts';
import type { Clock } from '../../../words/clock.ts';
import { reportOf } from '../../../words/failure.ts';
import { retrying } from '../../limits/retryPolicy.ts';
import type { MessageQueue } from '../../ports/queue.ts';
import { inBatches } from './batches.ts';

/** Gives one message back; answers the queue's code when it refused. */
export type GiveBack = (message: QueueMessage, visibleInSeconds: number) => Promise<string | undefined>;

export interface GiveBackParts {
  readonly queue: Pick<MessageQueue, 'changeVisibility'>;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Gives messages back, those for the same time together. Should it fail, the visibility timeout does the same, later. */
export function giverBack(parts: GiveBackParts, over: AbortSignal): GiveBack {
  const bySeconds = new Map<number, (message: QueueMessage) => Promise<string | undefined>>();

  const requestFor = (seconds: number) =>
    inBatches<QueueMessage, string | undefined>(parts.clock, async (messages) => {
      try {
        const outcomes = await retrying('return', () => parts.queue.changeVisibility(messages, seconds), parts, over);
        const refused = new Map(outcomes.map((outcome) => [outcome.messageId, outcome.refused]));
        return messages.map((message) => refused.get(message.id));
      } catch (error) {
        return messages.map(() => reportOf(error).code);
      }
    });

  return (message, visibleInSeconds) => {
    const request = bySeconds.get(visibleInSeconds) ?? requestFor(visibleInSeconds);
    bySeconds.set(visibleInSeconds, request);
    return request(message);
  };
}
