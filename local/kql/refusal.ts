/** What the evaluator does not know, it refuses by name: an empty answer would pass for "nothing happened". */
export class KqlRefusal extends Error {
  /** Offset in the text of the query, when it is known. */
  readonly offset: number | undefined;

  constructor(what: string, offset?: number) {
    super(`not supported here: ${what}`);
    this.name = 'KqlRefusal';
    this.offset = offset;
  }
}
