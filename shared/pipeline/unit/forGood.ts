import { ConnectorError, type ErrorCode } from '../../words/errors.ts';
import type { Failure } from '../../words/failure.ts';

/** A body of no known shape, and a key that cannot be CloudTrail's. */
const messages: ReadonlySet<ErrorCode> = new Set(['notification-unknown', 'key-not-allowed']);

/** An object that is damaged. CloudTrail never rewrites a log file, so it stays so; once may be a fault of the reading. */
const damages: ReadonlySet<ErrorCode> = new Set([
  'object-empty',
  'gzip-truncated',
  'gzip-invalid',
  'json-invalid',
  'no-records',
]);

/**
 * Marks a failure that waiting can never change, so that its delivery need not be tried again. `failedBefore` is the code
 * for which the same unit failed before, if it did.
 */
export function markedForGood(failure: Failure, failedBefore?: string): Failure {
  const { error } = failure;
  if (!(error instanceof ConnectorError)) return failure;
  const { code } = error;
  const isForGood = messages.has(code) || (damages.has(code) && failedBefore === code);
  return isForGood ? { ...failure, again: 'never' } : failure;
}
