import { inStoryWorld } from './inStoryWorld.ts';
import { dayMs, minuteMs, type Story } from './story.ts';
import { type StoryFile, type StoryWorld, startStoryWorld } from './storyWorld.ts';

const good = 500;
const rounds = 3;
const worlds = { seed: 'poison', maxReceiveCount: 10, mostRecords: 10_000 };

/** One file that can never be read holds nobody up, and is there to be replayed once it is mended. */
export const poison: Story = {
  summary: 'one broken file among 500 good ones, mended and replayed at the end',
  async tell() {
    const msWithout: number[] = [];
    const msWith: number[] = [];
    // The quickest of several: the first ones warm up, and the machine has other work.
    for (let round = 1; round < rounds; round++) {
      msWithout.push(await measure(false));
      msWith.push(await measure(true));
    }
    msWithout.push(await measure(false));
    return await inStoryWorld(worlds, async (world, expect) => {
      const { aws } = world.clouds;
      const broken = await deliverBroken(world);
      msWith.push(await deliverGood(world));
      const [quickest, quickestWith] = [Math.min(...msWithout), Math.min(...msWith)];
      expect(
        quickestWith <= 1.2 * quickest,
        `the good files took ${quickestWith} ms, and ${quickest} ms without the broken one`,
      );
      const began = world.clock.now();
      const isWaiting = () => aws.peekQueue().length > 0 && world.clock.now() < began + 3 * dayMs;
      await world.drainWhile(isWaiting, minuteMs);
      const hours = (world.clock.now() - began) / 3_600_000;
      const entry = await entryOf(world, broken);
      expect(aws.stats().deadLetters === 0, 'the broken file is in the dead-letter queue');
      expect(aws.peekQueue().length === 0, 'the broken file is still in the queue');
      expect(entry !== undefined, 'the broken file has no failed entry');
      const { delivered, duplicated } = await world.deliveries.count();
      expect(duplicated === 0, `${duplicated} rows are there twice before the file was mended`);
      // Rows before the break were delivered, and those of the mended file are delivered again.
      const before = delivered - 5 * good;
      await aws.putLogFile(broken.key, broken.gzip);
      const signal = new AbortController().signal;
      const outcomes =
        entry === undefined ? [] : await world.connector.replay('default', { ids: [entry.id], again: false }, signal);
      expect(outcomes[0]?.kind === 'delivered', `the replay ended with "${outcomes[0]?.kind}"`);
      expect((await entryOf(world, broken)) === undefined, 'the failed entry is still open');
      const counts = await world.deliveries.count();
      expect(counts.lost === 0, `${counts.lost} records are lost`);
      expect(counts.duplicated <= before, `${counts.duplicated} rows are there twice, of ${before} before the break`);
      return {
        'good files': good,
        'rows before the break': before,
        'seconds without the broken file': seconds(quickest),
        'seconds with it': seconds(quickestWith),
        'reason of the failed entry': entry?.reason ?? 'none',
        'hours until it was set aside': Math.round(hours * 100) / 100,
        replay: outcomes[0]?.kind ?? 'none',
        ...counts,
      };
    });
  },
};

async function measure(withBroken: boolean): Promise<number> {
  const world = await startStoryWorld(worlds);
  try {
    if (withBroken) await deliverBroken(world);
    return await deliverGood(world);
  } finally {
    await world.stop();
  }
}

/** Cut in half; answers what it should have been. */
async function deliverBroken(world: StoryWorld): Promise<StoryFile> {
  const whole = world.makeFile(7);
  await world.deliver({ ...whole, gzip: whole.gzip.subarray(0, whole.gzip.length / 2) });
  return whole;
}

async function deliverGood(world: StoryWorld): Promise<number> {
  const ids: string[] = [];
  for (let file = 0; file < good; file++) {
    const made = world.makeFile(5);
    ids.push(...made.ids);
    await world.deliver(made);
  }
  // The timer's next tick.
  const began = Math.ceil(world.clock.now() / minuteMs) * minuteMs;
  await world.drainWhile(async () => !(await world.deliveries.hasAll(ids)), minuteMs);
  return world.lastAcceptedAt() - began;
}

async function entryOf(world: StoryWorld, { key }: StoryFile) {
  for await (const entry of world.entries.listFailed()) if (entry.key === key) return entry;
  return undefined;
}

function seconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}
