import type { ErrorCode } from '../../words/errors.ts';

export type Colour = 'green' | 'amber' | 'red';

/** What makes a source amber or red that is no failure code; each is explained in docs/operations.md. */
export const healthCodes = [
  'settings-refused',
  'never-ran',
  'heartbeat-stale',
  'storage-missing',
  'counts-differ',
  'messages-age',
  'nothing-arrives',
  'failed-entries',
  'ledger-unavailable',
  'ledger-missing',
] as const;

export type HealthCode = (typeof healthCodes)[number];

export interface Reason {
  readonly colour: 'amber' | 'red';
  readonly code: HealthCode | ErrorCode | 'bug';
  /** One sentence. */
  readonly says: string;
  /** What a person should do. */
  readonly remedy: string;
}

export function worstOf(reasons: readonly { readonly colour: Colour }[]): Colour {
  if (reasons.some(({ colour }) => colour === 'red')) return 'red';
  return reasons.some(({ colour }) => colour === 'amber') ? 'amber' : 'green';
}

/** Of a failure that brings none of its own. */
export function remedyFor(code: string): string {
  return `Look up ${code} in docs/operations.md; the connector tries again by itself.`;
}
