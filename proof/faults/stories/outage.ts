import { expectAllThereOnce, inStoryWorld } from './inStoryWorld.ts';
import { hourMs, minuteMs, type Story } from './story.ts';

const outageHours = 60;

/** An outage of the destination costs no message a receive: it ends, and everything is there. */
export const outage: Story = {
  summary: 'the destination is down for 60 hours; five receives would send a message to the dead-letter queue',
  tell: () =>
    inStoryWorld({ seed: 'outage', maxReceiveCount: 5, mostRecords: 20_000 }, async (world, expect) => {
      const { aws, ingestion } = world.clouds;
      const began = world.clock.now();
      const ends = began + outageHours * hourMs;
      ingestion.faults.plan([
        { kind: 'reset', probability: 0.3 },
        { kind: 'status', status: 503, probability: 0.5 },
        { kind: 'status', status: 500 },
      ]);
      let deliveredUpTo = began;
      const feed = async (): Promise<void> => {
        for (; deliveredUpTo <= Math.min(world.clock.now(), ends); deliveredUpTo += 10 * minuteMs) {
          await world.deliver(world.makeFile(10));
        }
      };
      await world.drainWhile(async () => {
        await feed();
        return world.clock.now() < ends;
      }, minuteMs);
      const waiting = aws.stats().queue;
      const mostReceives = world.mostReceives();
      expect(aws.stats().deadLetters === 0, 'messages went to the dead-letter queue during the outage');
      expect(mostReceives <= 1, `a message was received ${mostReceives} times during the outage`);
      ingestion.faults.plan([]);
      const healedAt = world.clock.now();
      await world.drainWhile(() => !world.isQueueEmpty() && world.clock.now() < healedAt + 12 * hourMs, minuteMs);
      const recoveryMinutes = Math.round((world.clock.now() - healedAt) / minuteMs);
      return {
        'hours of outage': outageHours,
        'messages waiting at its end': waiting.visible + waiting.inFlight,
        'most receives of one message': mostReceives,
        'dead letters': aws.stats().deadLetters,
        'minutes until all had arrived': recoveryMinutes,
        ...(await expectAllThereOnce(world, expect)),
      };
    }),
};
