import { checker, dayMs, minuteMs, type Story } from './story.ts';
import { startStoryWorld } from './storyWorld.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: 14 days at most. */
const retentionDays = 14;

/** What SQS has long forgotten can still be replayed. */
export const retention: Story = {
  summary: 'a message fails for longer than SQS keeps it; its failed entry is replayed after the file is mended',
  async tell() {
    const world = await startStoryWorld({ seed: 'retention', maxReceiveCount: 10, mostRecords: 1_000 });
    const { aws } = world.clouds;
    const { problems, expect } = checker();
    const began = world.clock.now();
    try {
      const broken = world.makeFile(9);
      await world.deliver({ ...broken, gzip: Buffer.from('this is no gzip') });
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
      await aws.putLogFile(broken.key, broken.gzip);
      const outcomes = await world.connector.replay('default', { ids, again: false }, new AbortController().signal);
      const tally = await world.deliveries.tally();
      expect(outcomes[0]?.kind === 'delivered', `the replay ended with "${outcomes[0]?.kind}"`);
      expect(tally.lost === 0, `${tally.lost} records are lost`);
      expect(tally.duplicated === 0, `${tally.duplicated} rows are there twice`);
      return {
        figures: {
          'days of failing': retentionDays + 1,
          'messages SQS still keeps': left,
          'failed entries': ids.length,
          replay: outcomes[0]?.kind ?? 'none',
          ...tally,
        },
        problems,
      };
    } finally {
      await world.stop();
    }
  },
};
