import { expectAllThere, inStoryWorld } from './inStoryWorld.ts';
import { hourMs, minuteMs, type Story } from './story.ts';

const hours = 6;

/** Without its storage the connector goes on at-least-once, and says so. */
export const noStorage: Story = {
  summary: 'table storage is away from beginning to end',
  tell: () =>
    inStoryWorld(
      {
        ...{ seed: 'no-storage', maxReceiveCount: 10, mostRecords: 20_000 },
        settings: { AzureWebJobsStorage: unreachable },
      },
      async (world, expect) => {
        const ends = world.clock.now() + hours * hourMs;
        let fedUpTo = world.clock.now();
        await world.drainWhile(async () => {
          for (; fedUpTo <= Math.min(world.clock.now(), ends); fedUpTo += minuteMs) {
            await world.deliver(world.makeFile(5));
          }
          return world.clock.now() < ends || !world.isQueueEmpty();
        }, minuteMs);
        const slices = world.events['slice-finished'] ?? 0;
        const silent = slices - world.slicesWithoutLedger();
        expect((world.events['ledger-unavailable'] ?? 0) > 0, 'nobody was told that the ledger is unavailable');
        expect(slices > 0, 'no slice was finished');
        expect(silent === 0, `${silent} of ${slices} summaries do not say "ledger unavailable"`);
        return {
          'hours without storage': hours,
          'slices that said "ledger unavailable"': slices - silent,
          ...(await expectAllThere(world, expect)),
        };
      },
    ),
};

/** Nothing listens there. */
const unreachable = [
  'DefaultEndpointsProtocol=http',
  'AccountName=devstoreaccount1',
  'AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
  'BlobEndpoint=http://127.0.0.1:1/devstoreaccount1',
  'QueueEndpoint=http://127.0.0.1:1/devstoreaccount1',
  'TableEndpoint=http://127.0.0.1:1/devstoreaccount1',
].join(';');
