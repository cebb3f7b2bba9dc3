/** Why a run could not do its work at all, for the person who started it. */
export class RunFailure extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RunFailure';
    this.code = code;
    this.remedy = remedy;
  }
}
