import { minuteMs } from './story.ts';
import type { StoryFile, StoryWorld } from './storyWorld.ts';

/** How long healthy files took from their announcement to their acceptance, in seconds. */
export interface Lag {
  readonly median: number;
  readonly longest: number;
}

export interface Fed {
  readonly healthy: readonly StoryFile[];
  lag(): Lag;
}

/**
 * Lets a trail deliver so many healthy files a minute for some time, and with every minute the trouble that the story is
 * about; drains every minute, and to the end of what is healthy.
 */
export async function feedBesideTrouble(
  world: StoryWorld,
  {
    minutes,
    filesAMinute,
    trouble,
  }: { minutes: number; filesAMinute: number; trouble: (minute: number) => Promise<void> },
): Promise<Fed> {
  const healthy: StoryFile[] = [];
  const announcedAt = new Map<string, number>();
  const began = world.clock.now();
  let fed = 0;
  const feed = async (): Promise<void> => {
    for (; fed < minutes && began + fed * minuteMs <= world.clock.now(); fed++) {
      await trouble(fed);
      for (let file = 0; file < filesAMinute; file++) {
        const made = world.makeFile(2);
        healthy.push(made);
        announcedAt.set(made.key, world.clock.now());
        await world.deliver(made);
      }
    }
  };
  const all = (): boolean => healthy.every(({ key }) => world.acceptedAt.has(key));
  await world.drainWhile(async () => {
    await feed();
    const now = world.clock.now();
    // Should they be held up for ever, the story ends all the same.
    return fed < minutes || (!all() && now < began + 3 * minutes * minuteMs);
  }, minuteMs);
  return {
    healthy,
    lag() {
      const seconds = healthy
        .map(
          ({ key }) => ((world.acceptedAt.get(key) ?? Number.POSITIVE_INFINITY) - (announcedAt.get(key) ?? 0)) / 1000,
        )
        .sort((one, other) => one - other);
      return {
        median: rounded(seconds[Math.floor(seconds.length / 2)] ?? 0),
        longest: rounded(seconds.at(-1) ?? 0),
      };
    },
  };
}

/** Of dead letters, those that announce one of these files. */
export function deadAmong({ clouds }: StoryWorld, files: readonly StoryFile[]): number {
  const keys = files.map(({ key }) => key);
  return clouds.aws.peekDeadLetters().filter(({ body }) => keys.some((key) => body.includes(key))).length;
}

/** The reasons of the open failed entries, by what they are about. */
export async function openEntries(world: StoryWorld): Promise<ReadonlyMap<string, string>> {
  const reasons = new Map<string, string>();
  for await (const { id, key, reason } of world.entries.listFailed()) reasons.set(key ?? id, reason);
  return reasons;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
