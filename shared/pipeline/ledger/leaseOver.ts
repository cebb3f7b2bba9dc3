import type { Lease } from '../ports/lease.ts';

/** The same lease with some acts of its own: a copy by spreading would stand still. */
export function leaseOver(lease: Lease, acts: Partial<Lease>): Lease {
  return {
    unit: lease.unit,
    accepted: lease.accepted,
    progress: lease.progress,
    failedBefore: lease.failedBefore,
    strikes: lease.strikes,
    accept: (content, stubs) => lease.accept(content, stubs),
    fail: (failure, evidence) => lease.fail(failure, evidence),
    keepProgress: (progress) => lease.keepProgress(progress),
    strike: () => lease.strike(),
    extend: () => lease.extend(),
    release: () => lease.release(),
    get isLost() {
      return lease.isLost;
    },
    ...acts,
  };
}
