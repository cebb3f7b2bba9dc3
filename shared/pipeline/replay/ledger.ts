import type { StubNote } from '../../cloudtrail/rows/engine.ts';
import { leaseOver } from '../ledger/leaseOver.ts';
import type { Claim, Lease, Ledger } from '../ports/lease.ts';
import type { UnitName } from '../ports/unit.ts';

export interface ReplayLedgerOptions {
  /** Units accepted before are read and sent once more. */
  readonly again: boolean;
  /** Told when the ledger cannot be asked, or does not answer an outcome. */
  readonly unavailable: (error: unknown) => void;
}

interface AcceptedNow {
  readonly rows: number;
  readonly stubs: readonly StubNote[];
}

export interface ReplayLedger extends Ledger {
  /** The stubs of a unit accepted in this replay, and how many rows it had; undefined when it was not. */
  acceptedNow(unit: UnitName): AcceptedNow | undefined;
}

/**
 * The ledger of a replay. Unlike a drain it does not go on without storage: a person waits for it, and can start it
 * again, so a unit whose entry cannot be asked for is left alone.
 */
export function replayLedger(ledger: Ledger, { again, unavailable }: ReplayLedgerOptions): ReplayLedger {
  const accepted = new Map<string, AcceptedNow>();
  const told = async <Answer>(act: Promise<Answer>): Promise<Answer> => {
    try {
      return await act;
    } catch (error) {
      unavailable(error);
      throw error;
    }
  };
  const strict = (lease: Lease): Lease => {
    const { unit } = lease;
    // Another entry of the same unit may have just sent it.
    const isAgain = again && !accepted.has(nameOf(unit));
    return leaseOver(lease, {
      ...(isAgain ? { accepted: undefined, progress: undefined } : {}),
      accept: async (content, stubs) => {
        accepted.set(nameOf(unit), { rows: content.rows, stubs });
        await told(lease.accept(content, stubs));
      },
      fail: (failure, evidence) => told(lease.fail(failure, evidence)),
      keepProgress: (progress) => told(lease.keepProgress(progress)),
      release: () => told(lease.release()),
    });
  };
  return {
    claim: async (unit, receivedAt) => {
      let claim: Claim;
      try {
        claim = await told(ledger.claim(unit, receivedAt));
      } catch {
        return { kind: 'held', until: receivedAt };
      }
      return claim.kind === 'held' ? claim : { kind: 'granted', lease: strict(claim.lease) };
    },
    purgeExpired: (now, signal) => ledger.purgeExpired(now, signal),
    acceptedNow: (unit) => accepted.get(nameOf(unit)),
  };
}

function nameOf({ scope, name }: UnitName): string {
  return `${scope}/${name}`;
}
