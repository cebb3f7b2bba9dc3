import type { Claim, Lease, Ledger } from '../ports/lease.ts';
import type { Carefully } from './carefully.ts';
import { lateLease } from './lateLease.ts';
import { leaseOver } from './leaseOver.ts';

/**
 * A ledger that never stops the drain: a claim that could not be asked for counts as granted, an outcome that could not be
 * recorded as forgotten, a lease nobody could ask about as kept, since nobody else can take it over either.
 */
export function carefulLedger(ledger: Ledger, carefully: Carefully): Ledger {
  const careful = (lease: Lease): Lease =>
    leaseOver(lease, {
      accept: (content, stubs) => carefully(() => lease.accept(content, stubs), undefined),
      fail: (failure, evidence) => carefully(() => lease.fail(failure, evidence), undefined),
      keepProgress: (progress) => carefully(() => lease.keepProgress(progress), false),
      strike: () => carefully(() => lease.strike(), undefined),
      extend: () => carefully(() => lease.extend(), true),
      release: () => carefully(() => lease.release(), undefined),
    });
  return {
    claim: async (unit, receivedAt) => {
      const ask = (): Promise<Claim> => ledger.claim(unit, receivedAt);
      const claim = (await carefully<Claim | undefined>(ask, undefined)) ?? {
        kind: 'granted',
        lease: lateLease(unit, ask),
      };
      return claim.kind === 'held' ? claim : { kind: 'granted', lease: careful(claim.lease) };
    },
    purgeExpired: (now, signal) => carefully(() => ledger.purgeExpired(now, signal), 0),
  };
}
