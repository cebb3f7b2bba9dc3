import type { ContentIdentity, ObjectProgress } from '../ports/ports.ts';

/** What the ledger knows of one object: `claimed -> accepted | failed(reason)`. */
export interface LedgerEntry {
  readonly state: 'claimed' | 'accepted' | 'failed';
  /** Token of the claim that wrote it last. */
  readonly owner: string;
  /** When the claim ends; given up, it has ended. */
  readonly until: number;
  /** Of the content accepted last. */
  readonly identity: ContentIdentity;
  readonly rows: number;
  /** The sources in which it failed since it was accepted last, if it was: each has an open failed entry. */
  readonly failedIn: readonly string[];
  readonly progress: ObjectProgress | undefined;
}

export type ClaimRuling =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'held'; readonly until: number }
  /** This claim's own: it was written before, and the answer lost. */
  | { readonly kind: 'mine' }
  /** Nobody's any more: the owner's time is over, it failed, or it was given up. */
  | { readonly kind: 'free' };

/** Whether an object with this entry may be claimed now, by the claim with this token. */
export function ruleOnClaim({ state, until, owner }: LedgerEntry, token: string, now: number): ClaimRuling {
  if (state === 'accepted') return { kind: 'accepted' };
  if (owner === token) return { kind: 'mine' };
  if (state === 'claimed' && until > now) return { kind: 'held', until };
  return { kind: 'free' };
}

/**
 * When a claim made now ends: with the visibility of its message, so that after a crash the next receiver need not wait.
 * A message received long ago has been extended since; when exactly, a heartbeat will tell.
 */
export function claimEnd(receivedAt: number, now: number, visibilityMs: number): number {
  const left = receivedAt + visibilityMs - now;
  return (left >= visibilityMs / 2 ? receivedAt + visibilityMs : now + visibilityMs) - marginMs(visibilityMs);
}

/** When a claim ends whose message is being extended now. */
export function extendedClaimEnd(now: number, visibilityMs: number): number {
  return now + visibilityMs - marginMs(visibilityMs);
}

/** SQS counts from its own clock and from before our receive returned: the claim must not outlast the message by a moment. */
function marginMs(visibilityMs: number): number {
  return Math.min(1_000, visibilityMs / 20);
}
