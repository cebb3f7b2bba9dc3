import { inTens } from '../../../kit/batcher.ts';
import { reportOf } from '../../../words/failure.ts';
import type { SliceTimer } from '../../accounts/sliceTimer.ts';
import type { Circuits } from '../../circuits/circuits.ts';
import { retrying } from '../../limits/retryPolicy.ts';
import type { AcknowledgedMessage } from '../../ports/acknowledged.ts';
import type { DrainPorts, MessageOutcome } from '../../ports/ports.ts';

/** Deletes one acknowledged message; true once the queue has confirmed it. */
export type Acknowledge = (done: AcknowledgedMessage) => Promise<boolean>;

/**
 * The one place where messages are deleted, last of all and in tens. A refused entry is tried once more; if it is
 * refused again the message is kept: it comes back, which is a duplicate at worst.
 */
export function acknowledger(
  source: string,
  ports: Pick<DrainPorts, 'clock' | 'queue' | 'random' | 'report'>,
  circuits: Circuits,
  timer: SliceTimer,
  signal: AbortSignal,
): Acknowledge {
  /** Those that were not deleted, and why; without an answer there is no use in asking again. */
  const remove = async (messages: readonly AcknowledgedMessage[]): Promise<Refusals> => {
    try {
      const outcomes = await timer.during('delete', () =>
        retrying('delete', () => ports.queue.delete(messages), ports, signal),
      );
      return { isAnswered: true, codes: refusals(messages, outcomes) };
    } catch (error) {
      if (!signal.aborted) circuits.open('source', error);
      return { isAnswered: false, codes: new Map(messages.map(({ message }) => [message.id, reportOf(error).code])) };
    }
  };

  const request = inTens<AcknowledgedMessage, string | undefined>(ports.clock, async (messages) => {
    let { isAnswered, codes } = await remove(messages);
    const again = messages.filter(({ message }) => codes.has(message.id));
    if (isAnswered && again.length > 0) ({ codes } = await remove(again));
    return messages.map(({ message }) => codes.get(message.id));
  });

  return async (done) => {
    const messageId = done.message.id;
    const refused = await request(done);
    if (refused !== undefined) {
      ports.report({ type: 'message-kept', source, messageId, refused });
      return false;
    }
    ports.report({ type: 'message-acknowledged', source, messageId, objects: done.objects.length });
    return true;
  };
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
