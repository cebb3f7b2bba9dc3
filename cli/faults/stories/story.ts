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

/** Collects what does not hold. */
export function checker(): { readonly problems: string[]; expect(holds: boolean, otherwise: string): void } {
  const problems: string[] = [];
  return {
    problems,
    expect(holds, otherwise) {
      if (!holds) problems.push(otherwise);
    },
  };
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
