import { batched } from '../../../kit/batcher.ts';
import type { Clock } from '../../../words/clock.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: 10 entries a batch. */
export const entriesPerRequest = 10;

/** Messages tend to be done together, since they share bodies: so long waits a first one for others. */
const gatherMs = 20;

/** Calls about single messages, made together as SQS allows. */
export function inBatches<Entry, Answer>(
  clock: Pick<Clock, 'sleep'>,
  request: (entries: readonly Entry[]) => Promise<readonly Answer[]>,
): (entry: Entry) => Promise<Answer> {
  return batched(clock, { most: entriesPerRequest, gatherMs }, request);
}
