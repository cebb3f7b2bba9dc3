import type { Clock } from '../words/clock.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: 10 entries a batch. */
export const entriesPerRequest = 10;

/** Messages tend to be done together, since they share bodies: so long waits a first one for others. */
const gatherMs = 20;

/** Turns single calls into requests of up to 10 entries. `request` answers each entry and does not reject. */
export function inTens<Entry, Answer>(
  clock: Clock,
  request: (entries: readonly Entry[]) => Promise<readonly Answer[]>,
): (entry: Entry) => Promise<Answer> {
  interface Waiting {
    readonly entry: Entry;
    readonly answered: PromiseWithResolvers<Answer>;
  }
  let gathered: Waiting[] = [];

  const send = async (waiting: readonly Waiting[]): Promise<void> => {
    try {
      const answers = await request(waiting.map(({ entry }) => entry));
      for (const [index, { answered }] of waiting.entries()) answered.resolve(answers[index] as Answer);
    } catch (error) {
      for (const { answered } of waiting) answered.reject(error);
    }
  };
  const sendGathered = (of: Waiting[]): void => {
    if (of !== gathered || of.length === 0) return;
    gathered = [];
    void send(of);
  };

  return (entry) => {
    const answered = Promise.withResolvers<Answer>();
    gathered.push({ entry, answered });
    const current = gathered;
    if (gathered.length === entriesPerRequest) sendGathered(current);
    else if (gathered.length === 1) void clock.sleep(gatherMs).then(() => sendGathered(current));
    return answered.promise;
  };
}
