import type { Observed } from './observed.ts';

/** `unknown` as long as no slice has asked the queue, or no news has come for too long. */
export type CredentialsState =
  | { readonly state: 'working' | 'unknown' }
  | { readonly state: 'refused'; readonly code: string };

const aboutCredentials: ReadonlySet<string> = new Set([
  'identity-unavailable',
  'web-identity-denied',
  'web-identity-refused',
  'assume-role-denied',
  'sts-region-disabled',
  'sts-refused',
  'sts-unavailable',
  'credentials-expired',
  'credentials-invalid',
  'token-unavailable',
  'upload-unauthorized',
]);

export function credentialsState({ circuits = [], now, staleAfterMs, status }: Observed): CredentialsState {
  const codes = [...circuits.map(({ because }) => because.code), status?.summary.failure?.code ?? ''];
  const code = codes.find((each) => aboutCredentials.has(each));
  if (code !== undefined) return { state: 'refused', code };
  if (status === undefined || now - status.endedAt > staleAfterMs) return { state: 'unknown' };
  return { state: status.summary.receives > 0 ? 'working' : 'unknown' };
}
