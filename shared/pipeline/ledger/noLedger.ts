import type { Lease, Ledger } from '../ports/lease.ts';
import type { NamedUnit } from '../ports/unit.ts';

/** Grants every claim and remembers nothing: the drain is at-least-once, and redeliveries become duplicates. */
export const noLedger: Ledger = {
  claim: async (unit) => ({ kind: 'granted', lease: noLease(unit) }),
  purgeExpired: async () => 0,
};

/** A lease that nothing stands behind: nobody else can be known to have it. */
export function noLease(unit: NamedUnit): Lease {
  return {
    unit,
    accepted: undefined,
    progress: undefined,
    failedBefore: undefined,
    strikes: undefined,
    accept: async () => undefined,
    fail: async () => undefined,
    keepProgress: async () => false,
    strike: async () => undefined,
    extend: async () => true,
    release: async () => undefined,
    isLost: false,
  };
}
