import type { LedgerEntry } from '../ports/ledgerStore.ts';

export type ClaimRuling =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'held'; readonly until: number }
  /** This lease's own: it was written before, and the answer lost. */
  | { readonly kind: 'mine' }
  /** Nobody's any more: the owner's time is over, it failed, or it was given up. */
  | { readonly kind: 'free' };

/** Whether a unit with this entry may be claimed now, by the lease with this token. No lease is believed to last longer than one can. */
export function ruleOnClaim(entry: LedgerEntry, token: string, now: number, visibilityMs: number): ClaimRuling {
  const { owner, state } = entry;
  const until = Math.min(entry.until, entry.writtenAt + visibilityMs);
  if (state === 'accepted') return { kind: 'accepted' };
  if (owner === token) return { kind: 'mine' };
  if (state === 'claimed' && until > now) return { kind: 'held', until };
  return { kind: 'free' };
}

/**
 * How often a unit was tried alone since its holder ended without giving it up: killed, or hanging beyond its slice. Given up,
 * a lease ends when it is written. Undefined when the last holder said what became of it.
 */
export function strikesOf({ state, strikes, until, writtenAt }: LedgerEntry): number | undefined {
  return state === 'claimed' && until > writtenAt ? strikes : undefined;
}

/**
 * Whether a lease may write over this entry. Several may read what is accepted: a failure leaves the owner of the outcome
 * as it is, another outcome does not.
 */
export function mayWrite(found: LedgerEntry, token: string, claimedOver: LedgerEntry | undefined): boolean {
  return found.owner === token || (claimedOver?.state === 'accepted' && found.owner === claimedOver.owner);
}

/**
 * When a lease taken now ends: with the visibility of its message, so that after a crash the next receiver need not wait.
 * A message received long ago has been extended since; when exactly, a heartbeat will tell.
 */
export function leaseEnd(receivedAt: number, now: number, visibilityMs: number): number {
  const left = receivedAt + visibilityMs - now;
  // More than all of it is left to who has set the clock back meanwhile.
  const isCredible = left >= visibilityMs / 2 && left <= visibilityMs;
  return (isCredible ? receivedAt + visibilityMs : now + visibilityMs) - marginMs(visibilityMs);
}

/** When a lease ends whose message is being extended now. */
export function extendedLeaseEnd(now: number, visibilityMs: number): number {
  return now + visibilityMs - marginMs(visibilityMs);
}

/** SQS counts from its own clock and from before our receive returned: the lease must not outlast the message by a moment. */
function marginMs(visibilityMs: number): number {
  return Math.min(1_000, visibilityMs / 20);
}
