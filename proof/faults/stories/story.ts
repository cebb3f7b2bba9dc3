/** What a story showed. */
export interface StoryOutcome {
  /** Figures worth telling, in order. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** Promises that were broken, each as one sentence. */
  readonly problems: readonly string[];
}

/** Something that takes days, told in minutes. */
export interface Story {
  readonly summary: string;
  tell(): Promise<StoryOutcome>;
}

/** Notes what does not hold, in a sentence. */
export type Expect = (holds: boolean, otherwise: string) => void;

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
