import { masked } from '../kit/mask.ts';
import { type BelongsTo, ConnectorError, type Coordinates } from './errors.ts';
import type { FailureReport } from './events.ts';

/**
 * Why something was given up, and who answers for it. The owner is usually the code's own; it differs where the flow
 * has proof, as when one row is refused alone while its neighbours are accepted.
 */
export interface Failure {
  readonly owner: BelongsTo;
  readonly error: Error;
  /**
   * When to try again, where that is known: once another instance's claim ends; once the bucket, whose circuit opened then,
   * can be read; never, when waiting changes nothing.
   */
  readonly again?: { readonly at: number } | { readonly bucketOutSince: number } | 'never';
}

/** What was thrown, owned by the code's owner; a bug is owned by whom the caller was working for. */
export function failureOf(thrown: unknown, ownerOfBug: BelongsTo): Failure {
  const error = asError(thrown);
  if (error instanceof ConnectorError) return { owner: error.belongsTo, error };
  return { owner: ownerOfBug, error: ownerOfBug === 'pipeline' ? error : unforeseen(error) };
}

/** Kept as a failed entry, what met a bug can be replayed once that is mended. */
function unforeseen(bug: Error): ConnectorError {
  return new ConnectorError('unforeseen', `${bug.name}: ${bug.message}`, {
    cause: bug,
    remedy:
      'This is a fault of the connector: please report it with this line, and replay the failed entry once it is mended.',
  });
}

/** The same failure, naming the unit it happened with. */
export function failureAt(
  failure: Failure,
  { title, at }: { readonly title: string; readonly at: Coordinates },
): Failure {
  const { error } = failure;
  if (!(error instanceof ConnectorError) || error.at.bucket !== undefined) return failure;
  const { code, message, outcomeUnknown, remedy, retryAfterMs } = error;
  const located = new ConnectorError(code, `${title}: ${message}`, {
    at: { ...error.at, ...at },
    cause: error,
    outcomeUnknown,
    ...(remedy === undefined ? {} : { remedy }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
  return { ...failure, error: located };
}

/** True when the failure says something about one object or message, and nothing about the pipeline. */
export function isItsOwn({ owner }: { readonly owner: BelongsTo }): boolean {
  return owner === 'object' || owner === 'message';
}

/** How a failure is told in an event. */
export function failureReport({ owner, error }: Pick<Failure, 'error' | 'owner'>): FailureReport {
  return { ...reportOf(error), owner };
}

/** How something thrown is told in an event, owned by the code's owner. */
export function reportOf(thrown: unknown): FailureReport {
  const error = asError(thrown);
  if (!(error instanceof ConnectorError)) {
    return { code: 'bug', owner: 'pipeline', message: masked(`${error.name}: ${error.message}`) };
  }
  return {
    code: error.code,
    owner: error.belongsTo,
    message: error.message,
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    ...(Object.keys(error.at).length === 0 ? {} : { at: error.at }),
  };
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
