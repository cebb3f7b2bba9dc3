import { ConnectorError, type Coordinates } from '../../words/errors.ts';
import { type AwsAnswer, causeOf, describeAwsAnswer } from './answer.ts';
import type { FailureRow } from './meaning.ts';

/** One failed call to AWS as our error: what was tried, what the service said, whom it concerns. */
export function awsFailure(call: {
  /** Such as `GetObject of s3://bucket/key`. */
  readonly what: string;
  readonly at: Coordinates;
  readonly answer: AwsAnswer;
  readonly row: FailureRow;
  /** Ends the sentence, where AWS leaves the cause open. */
  readonly causes?: string | undefined;
  readonly outcomeUnknown?: boolean;
}): ConnectorError {
  const { what, at, answer, row, outcomeUnknown = false } = call;
  const causes = call.causes === undefined ? '' : `; AWS does not say which of these it is: ${call.causes}`;
  return new ConnectorError(row.code, `${what} failed: ${describeAwsAnswer(answer)}${causes}`, {
    at,
    cause: causeOf(answer),
    outcomeUnknown,
    ...(row.remedy === undefined ? {} : { remedy: row.remedy }),
    ...(answer.kind === 'refused' && answer.retryAfterMs !== undefined ? { retryAfterMs: answer.retryAfterMs } : {}),
  });
}
