import { type BelongsTo, ConnectorError } from '../errors.ts';
import type { FailureReport } from '../events.ts';

/**
 * Why something was given up, and who answers for it. The owner is usually the code's own; it differs where the flow
 * has proof, as when one row is refused alone while its neighbours are accepted.
 */
export interface Failure {
  readonly owner: BelongsTo;
  readonly error: Error;
  /** When to try again, where that is known: another instance's claim, a bucket's circuit. */
  readonly again?: { readonly at: number } | 'after-the-bucket';
}

/** What was thrown, owned by the code's owner; a bug is owned by whom the caller was working for. */
export function failureOf(thrown: unknown, ownerOfBug: BelongsTo): Failure {
  const error = asError(thrown);
  return { owner: error instanceof ConnectorError ? error.belongsTo : ownerOfBug, error };
}

/** How a failure is told in an event. */
export function reportOf(thrown: unknown): FailureReport {
  const error = asError(thrown);
  if (!(error instanceof ConnectorError)) return { code: 'bug', message: `${error.name}: ${error.message}` };
  return {
    code: error.code,
    message: error.message,
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    ...(Object.keys(error.at).length === 0 ? {} : { at: error.at }),
  };
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
