import type { Tally } from './deliveries.ts';
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
export async function expectAllThere(world: StoryWorld, expect: Expect): Promise<Tally> {
  const tally = await world.deliveries.tally();
  expect(world.isQueueEmpty(), 'messages are left, or dead');
  expect(tally.lost === 0, `${tally.lost} records are lost`);
  return tally;
}

/** The same, and no row may be there twice. */
export async function expectAllThereOnce(world: StoryWorld, expect: Expect): Promise<Tally> {
  const tally = await expectAllThere(world, expect);
  expect(tally.duplicated === 0, `${tally.duplicated} rows are there twice`);
  return tally;
}
