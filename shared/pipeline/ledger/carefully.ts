/** Asks storage for something; when storage cannot be asked, says so once to its owner and goes on with the other answer. */
export type Carefully = <Answer>(ask: () => Promise<Answer>, otherwise: Answer) => Promise<Answer>;

/** The one rule for storage that is away: it never stops a drain, which goes on at-least-once. */
export function carefully(failed: (error: unknown) => void): Carefully {
  return async (ask, otherwise) => {
    try {
      return await ask();
    } catch (error) {
      failed(error);
      return otherwise;
    }
  };
}
