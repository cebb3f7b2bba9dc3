/** What was asked for cannot be done, and what a person should do first. */
export class Refused extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'Refused';
    this.remedy = remedy;
  }
}
