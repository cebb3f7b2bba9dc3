import type { Clock } from '../words/clock.ts';

export interface Batching {
  /** Calls in one request. */
  readonly most: number;
  /** How long the first call waits for others. */
  readonly gatherMs: number;
}

/** Turns single calls into requests of several. `request` answers each of its entries, in their order. */
export function batched<Entry, Answer>(
  clock: Pick<Clock, 'sleep'>,
  { gatherMs, most }: Batching,
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
    if (gathered.length === most) sendGathered(current);
    else if (gathered.length === 1) void clock.sleep(gatherMs).then(() => sendGathered(current));
    return answered.promise;
  };
}
