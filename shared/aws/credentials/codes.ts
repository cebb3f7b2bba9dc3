import { hasCode, readAwsAnswer } from '../answers/answer.ts';

/** Static keys or signatures that no renewal mends. */
export const invalidCredentials: ReadonlySet<string> = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidSignature',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'RequestTimeTooSkewed',
  'RequestExpired',
]);

/** Sessions that are over. */
export const expiredCredentials: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'InvalidToken',
  'TokenRefreshRequired',
]);

/** Requests refused for their number. */
export const throttled: ReadonlySet<string> = new Set([
  'Throttling',
  'Throttled',
  'RequestThrottled',
  'RequestLimitExceeded',
  'TooManyRequests',
  'SlowDown',
]);

/** What to do about the codes of `invalidCredentials`. */
export const invalidCredentialsRemedy =
  "Check that the access key exists, is active and belongs to the stored secret, and that this machine's clock is right.";

/** What to do when a session stays refused although it was just made. */
export const expiredCredentialsRemedy =
  "Check that this machine's clock is right and that nobody revokes the role's sessions; the connector assumed the role again once and was refused again.";

/** AWS no longer knows the presented session, or never did: a new one may help, once. */
export function isStaleSession(error: unknown): boolean {
  const answer = readAwsAnswer(error);
  return answer.kind === 'refused' && hasCode(answer, staleSession);
}

const staleSession = new Set([
  ...expiredCredentials,
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'InvalidAccessKeyId',
]);
