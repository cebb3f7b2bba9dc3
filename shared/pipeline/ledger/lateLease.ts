import type { Claim, Lease } from '../ports/lease.ts';
import type { NamedUnit } from '../ports/unit.ts';
import { noLease } from './noLedger.ts';

/**
 * A lease taken for granted while storage was away: it is asked for when there is an outcome, so that the outcome is not
 * forgotten. Should another instance have been granted it, what was sent may be there twice.
 */
export function lateLease(unit: NamedUnit, claim: () => Promise<Claim>): Lease {
  let isLost = false;
  const granted = async (): Promise<Lease | undefined> => {
    const late = await claim();
    if (late.kind === 'granted') return late.lease;
    isLost = true;
    return undefined;
  };
  return {
    ...noLease(unit),
    accept: async (content, stubs) => {
      await (await granted())?.accept(content, stubs);
    },
    fail: async (failure, evidence) => {
      await (await granted())?.fail(failure, evidence);
    },
    get isLost() {
      return isLost;
    },
  };
}
