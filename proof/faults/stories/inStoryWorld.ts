import type { Counts } from './deliveries.ts';
import type { Expect, StoryOutcome } from './story.ts';
import { type StoryOptions, type StoryWorld, startStoryWorld } from './storyWorld.ts';

/** Tells a story in a world of its own, which is taken down whatever happens. */
export async function inStoryWorld(
  options: StoryOptions,
  tell: (world: StoryWorld, expect: Expect) => Promise<StoryOutcome['figures']>,
): Promise<StoryOutcome> {
  const problems: string[] = [];
  const expect: Expect = (holds, otherwise) => {
    if (!holds) problems.push(otherwise);
  };
  const world = await startStoryWorld(options);
  try {
    return { figures: await tell(world, expect), problems };
  } finally {
    await world.stop();
  }
}

/** Counts what has arrived; every record must have, and no message be left. */
export async function expectAllThere(world: StoryWorld, expect: Expect): Promise<Counts> {
  const counts = await world.deliveries.count();
  expect(world.isQueueEmpty(), 'messages are left, or dead');
  expect(counts.lost === 0, `${counts.lost} records are lost`);
  return counts;
}

/** The same, and no row may be there twice. */
export async function expectAllThereOnce(world: StoryWorld, expect: Expect): Promise<Counts> {
  const counts = await expectAllThere(world, expect);
  expect(counts.duplicated === 0, `${counts.duplicated} rows are there twice`);
  return counts;
}
