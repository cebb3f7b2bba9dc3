import { expectAllThereOnce, inStoryWorld } from './inStoryWorld.ts';
import { hourMs, minuteMs, type Story } from './story.ts';

/** https://learn.microsoft.com/azure/azure-monitor/logs/tutorial-logs-ingestion-code#troubleshooting: up to 30 minutes. */
const spreadMinutes = 30;

/** A fresh deployment, whose role assignment takes half an hour to spread. */
export const roleDelay: Story = {
  summary: 'the role on the data collection rule spreads only after 30 minutes; until then every upload gets 403',
  tell: () =>
    inStoryWorld({ seed: 'role-delay', maxReceiveCount: 5, mostRecords: 10_000 }, async (world, expect) => {
      const { aws, appSettings, identity, ingestion } = world.clouds;
      const began = world.clock.now();
      const rule = appSettings['DCR_IMMUTABLE_IDS'] ?? '';
      ingestion.rules.grant(rule, identity.principalId, began + spreadMinutes * minuteMs);
      for (let file = 0; file < 200; file++) await world.deliver(world.makeFile(5));
      // The slice that begins before the end lasts beyond it.
      await world.drainWhile(() => world.clock.now() < began + (spreadMinutes - 5) * minuteMs, minuteMs);
      const rowsBefore = ingestion.stats().rows;
      const mostReceives = world.mostReceives();
      await world.drainWhile(() => !world.isQueueEmpty() && world.clock.now() < began + 6 * hourMs, minuteMs);
      const minutes = Math.round((world.clock.now() - began) / minuteMs);
      expect(rowsBefore === 0, `${rowsBefore} rows were accepted before the role had spread`);
      expect(aws.stats().deadLetters === 0, 'messages went to the dead-letter queue');
      expect(mostReceives <= 1, `a message was received ${mostReceives} times before the role had spread`);
      expect(minutes <= 2 * spreadMinutes, `it took ${minutes} minutes until all had arrived`);
      return {
        'minutes without the role': spreadMinutes,
        'most receives of one message by then': mostReceives,
        'dead letters': aws.stats().deadLetters,
        'minutes until all had arrived': minutes,
        ...(await expectAllThereOnce(world, expect)),
      };
    }),
};
