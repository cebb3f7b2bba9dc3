import { expectAllThereOnce, inStoryWorld } from './inStoryWorld.ts';
import { dayMs, minuteMs, type Story } from './story.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: 14 days at most. */
const retentionDays = 14;

/** What SQS has long forgotten can still be replayed. */
export const retention: Story = {
  summary: 'a message fails for longer than SQS keeps it; its failed entry is replayed once the file is back',
  tell: () =>
    inStoryWorld({ seed: 'retention', maxReceiveCount: 10, mostRecords: 1_000 }, async (world, expect) => {
      const { aws } = world.clouds;
      const began = world.clock.now();
      const missing = world.makeFile(9);
      await world.deliver(missing);
      // Gone for now: what may come back is waited for, and what is damaged for good is not.
      aws.deleteLogFile(missing.key);
      for (let file = 0; file < 10; file++) await world.deliver(world.makeFile(3));
      await world.drainWhile(() => aws.stats().deadLetters === 0 && world.clock.now() < began + dayMs, minuteMs);
      const wasDead = aws.stats().deadLetters;
      await world.drainWhile(() => world.clock.now() < began + (retentionDays + 1) * dayMs, 30 * minuteMs);
      const left = aws.peekQueue().length + aws.peekDeadLetters().length;
      const ids: string[] = [];
      for await (const entry of world.entries.listFailed()) ids.push(entry.id);
      expect(wasDead === 1, 'the message was never dead-lettered');
      expect(left === 0, `SQS still keeps ${left} messages after ${retentionDays} days`);
      expect(ids.length === 1, `there are ${ids.length} failed entries`);
      await aws.putLogFile(missing.key, missing.gzip);
      const outcomes = await world.connector.replay('default', { ids, again: false }, new AbortController().signal);
      expect(outcomes[0]?.kind === 'delivered', `the replay ended with "${outcomes[0]?.kind}"`);
      return {
        'days of failing': retentionDays + 1,
        'messages SQS still keeps': left,
        'failed entries': ids.length,
        replay: outcomes[0]?.kind ?? 'none',
        ...(await expectAllThereOnce(world, expect)),
      };
    }),
};
