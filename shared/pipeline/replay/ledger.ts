import type { StubNote } from '../../cloudtrail/rows/engine.ts';
import { leaseOver } from '../ledger/leaseOver.ts';
import type { Evidence } from '../ports/failedEntries.ts';
import type { Ledger } from '../ports/lease.ts';
import type { UnitName } from '../ports/unit.ts';

export interface ReplayLedgerOptions {
  /** Units accepted before are read and sent once more. */
  readonly again: boolean;
  /** The delivery as its source once gave it, for what is written about it. */
  readonly original: (evidence: Evidence) => Evidence;
  /** Told when the ledger cannot be asked. */
  readonly unavailable: (error: unknown) => void;
}

export interface ReplayLedger extends Ledger {
  /** The stubs of a unit accepted in this replay, and how many rows it had; undefined when it was not. */
  acceptedNow(unit: UnitName): { readonly rows: number; readonly stubs: readonly StubNote[] } | undefined;
}

/**
 * The ledger of a replay. Unlike a drain it does not go on without storage: a person waits for it, and can start it
 * again, so a unit whose entry cannot be asked for is left alone.
 */
export function replayLedger(ledger: Ledger, { again, original, unavailable }: ReplayLedgerOptions): ReplayLedger {
  const accepted = new Map<string, { readonly rows: number; readonly stubs: readonly StubNote[] }>();
  return {
    claim: async (unit, receivedAt) => {
      try {
        const claim = await ledger.claim(unit, receivedAt);
        if (claim.kind === 'held') return claim;
        const { lease } = claim;
        // Another entry of the same unit may have just sent it.
        const isAgain = again && !accepted.has(nameOf(unit));
        return {
          kind: 'granted',
          lease: leaseOver(lease, {
            ...(isAgain ? { accepted: undefined, progress: undefined } : {}),
            accept: async (content, stubs) => {
              accepted.set(nameOf(unit), { rows: content.rows, stubs });
              await lease.accept(content, stubs);
            },
            fail: (failure, evidence) => lease.fail(failure, original(evidence)),
          }),
        };
      } catch (error) {
        unavailable(error);
        return { kind: 'held', until: receivedAt };
      }
    },
    purgeExpired: (now, signal) => ledger.purgeExpired(now, signal),
    acceptedNow: (unit) => accepted.get(nameOf(unit)),
  };
}

function nameOf({ scope, name }: UnitName): string {
  return `${scope}/${name}`;
}
