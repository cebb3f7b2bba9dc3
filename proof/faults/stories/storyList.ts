import { badObjects } from './badObjects.ts';
import { foreign } from './foreign.ts';
import { killer } from './killer.ts';
import { kms } from './kms.ts';
import { noStorage } from './noStorage.ts';
import { outage } from './outage.ts';
import { poison } from './poison.ts';
import { refusedRows } from './refusedRows.ts';
import { retention } from './retention.ts';
import { roleDelay } from './roleDelay.ts';
import type { Story } from './story.ts';
import { week } from './week.ts';

/** Every story, by the name on the command line. */
export const stories = {
  outage,
  'role-delay': roleDelay,
  kms,
  retention,
  week,
  poison,
  'no-storage': noStorage,
  'bad-objects': badObjects,
  foreign,
  killer,
  'refused-rows': refusedRows,
} as const satisfies Record<string, Story>;

export type StoryName = keyof typeof stories;

export function isStoryName(name: string): name is StoryName {
  return Object.hasOwn(stories, name);
}
