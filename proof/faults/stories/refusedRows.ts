import { deadAmong, feedBesideTrouble, openEntries } from './besideTrouble.ts';
import { inStoryWorld } from './inStoryWorld.ts';
import type { Story } from './story.ts';
import type { StoryFile } from './storyWorld.ts';

const minutes = 40;
const filesAMinute = 10;

/** Rows that the service refuses, while an empty body is accepted, are singled out and kept aside: their neighbours arrive. */
export const refusedRows: Story = {
  summary: 'every tenth file holds a row that the service answers with 400; all other rows arrive',
  tell: () =>
    inStoryWorld({ seed: 'refused-rows', maxReceiveCount: 10, mostRecords: 10_000 }, async (world, expect) => {
      const { ingestion } = world.clouds;
      const marked: StoryFile[] = [];
      const refusedIds = new Set<string>();
      const fed = await feedBesideTrouble(world, {
        ...{ minutes, filesAMinute },
        trouble: async () => {
          const file = world.makeFile(3);
          refusedIds.add(file.ids[1] ?? '');
          ingestion.refusedTexts.add(file.ids[1] ?? '');
          marked.push(file);
          await world.deliver(file);
        },
      });
      const entries = await openEntries(world);
      const untold = marked.filter(({ key }) => !entries.has(key));
      expect(untold.length === 0, `${untold.length} files with refused rows have no failed entry`);
      expect(deadAmong(world, fed.healthy) === 0, 'messages of healthy files are dead');
      expect(await world.deliveries.hasAll(fed.healthy.flatMap(({ ids }) => ids)), 'rows of healthy files are missing');
      const neighbours = marked.flatMap(({ ids }) => ids.filter((id) => !refusedIds.has(id)));
      expect(await world.deliveries.hasAll(neighbours), 'rows beside refused ones are missing');
      expect((world.events['circuit-opened'] ?? 0) === 0, "the rule's circuit opened for rows that were refused alone");
      const { duplicated } = await world.deliveries.count();
      // Whether the rule or the row is to blame is asked with a row that was accepted before, and counted.
      const unknown = world.rowsOfUnknownOutcome();
      expect(duplicated <= unknown, `${duplicated} rows are there twice, and only ${unknown} were told of`);
      const lag = fed.lag();
      return {
        'healthy files': fed.healthy.length,
        'files with a refused row': marked.length,
        'median lag in seconds': lag.median,
        'longest lag in seconds': lag.longest,
        'failed entries': entries.size,
        'requests refused': world.clouds.ingestion.stats().refused['400'] ?? 0,
        duplicated,
        'rows of unknown outcome': unknown,
      };
    }),
};
