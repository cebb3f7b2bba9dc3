import type { Clock } from '../../../words/clock.ts';
import { reportOf } from '../../../words/failure.ts';
import { retrying } from '../../limits/retryPolicy.ts';
import type { AcknowledgedMessage, MessageOutcome, MessageQueue } from '../../ports/queue.ts';
import { inBatches } from './batches.ts';

/** Deletes one acknowledged message; undefined once the queue has confirmed it, otherwise its code. */
export type Remove = (done: AcknowledgedMessage) => Promise<string | undefined>;

export interface RemoveParts {
  readonly queue: Pick<MessageQueue, 'delete'>;
  readonly clock: Clock;
  readonly random: () => number;
  /** Told when the queue did not answer. */
  readonly failed: (error: unknown) => void;
}

/**
 * The one place where messages are deleted, last of all and in tens. A refused entry is tried once more; if it is
 * refused again the message is kept: it comes back, which is a duplicate at worst.
 */
export function remover(parts: RemoveParts, over: AbortSignal): Remove {
  /** Those that were not deleted, and why; without an answer there is no use in asking again. */
  const remove = async (messages: readonly AcknowledgedMessage[]): Promise<Refusals> => {
    try {
      const outcomes = await retrying('delete', () => parts.queue.delete(messages), parts, over);
      return { isAnswered: true, codes: refusals(messages, outcomes) };
    } catch (error) {
      if (!over.aborted) parts.failed(error);
      return { isAnswered: false, codes: new Map(messages.map(({ message }) => [message.id, reportOf(error).code])) };
    }
  };

  return inBatches<AcknowledgedMessage, string | undefined>(parts.clock, async (messages) => {
    let { isAnswered, codes } = await remove(messages);
    const again = messages.filter(({ message }) => codes.has(message.id));
    if (isAnswered && again.length > 0) ({ codes } = await remove(again));
    return messages.map(({ message }) => codes.get(message.id));
  });
}

interface Refusals {
  readonly isAnswered: boolean;
  /** By the message's id. */
  readonly codes: ReadonlyMap<string, string>;
}

/** What the answer does not mention is not taken for deleted. */
function refusals(messages: readonly AcknowledgedMessage[], outcomes: readonly MessageOutcome[]): Map<string, string> {
  const refused = new Map(messages.map(({ message }) => [message.id, 'unanswered']));
  for (const outcome of outcomes) {
    if (outcome.refused === undefined) refused.delete(outcome.messageId);
    else refused.set(outcome.messageId, outcome.refused);
  }
  return refused;
}
