import { checker, hourMs, minuteMs, type Story } from './story.ts';
import { startStoryWorld } from './storyWorld.ts';

/** Without its storage the connector goes on at-least-once, and says so. */
export const noStorage: Story = {
  summary: 'table storage is away from beginning to end',
  async tell() {
    const world = await startStoryWorld({
      seed: 'no-storage',
      ...{ maxReceiveCount: 10, mostRecords: 20_000 },
      // Nothing listens there.
      settings: { AzureWebJobsStorage: unreachable },
    });
    const { problems, expect } = checker();
    const began = world.clock.now();
    try {
      let fedUpTo = began;
      await world.drainWhile(async () => {
        for (; fedUpTo <= Math.min(world.clock.now(), began + 6 * hourMs); fedUpTo += minuteMs) {
          await world.deliver(world.makeFile(5));
        }
        return world.clock.now() < began + 6 * hourMs || !world.isQueueEmpty();
      }, minuteMs);
      const tally = await world.deliveries.tally();
      const said = world.events['ledger-unavailable'] ?? 0;
      const silent = world.summaries.filter(({ ledger }) => ledger !== 'unavailable').length;
      expect(tally.lost === 0, `${tally.lost} records are lost`);
      expect(said > 0, 'nobody was told that the ledger is unavailable');
      expect(silent === 0, `${silent} summaries do not say "ledger unavailable"`);
      expect(world.isQueueEmpty(), 'messages are left');
      return {
        figures: { 'hours without storage': 6, 'slices that said "ledger unavailable"': said, ...tally },
        problems,
      };
    } finally {
      await world.stop();
    }
  },
};

const unreachable = [
  'DefaultEndpointsProtocol=http',
  'AccountName=devstoreaccount1',
  'AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
  'BlobEndpoint=http://127.0.0.1:1/devstoreaccount1',
  'QueueEndpoint=http://127.0.0.1:1/devstoreaccount1',
  'TableEndpoint=http://127.0.0.1:1/devstoreaccount1',
].join(';');
