import type { StubNote } from '../../cloudtrail/rows/engine.ts';
import type { ObjectRef, QueueMessage } from '../../words/announcement.ts';
import type { Ledger } from '../ports/ports.ts';

export interface ReplayLedgerOptions {
  /** Objects accepted before are read and sent once more. */
  readonly again: boolean;
  /** The message as the queue once gave it, for what is written about it. */
  readonly original: (message: QueueMessage) => QueueMessage;
  /** Told when the ledger cannot be asked. */
  readonly unavailable: (error: unknown) => void;
}

export interface ReplayLedger extends Ledger {
  /** The stubs of an object accepted in this replay, and how many rows it had; undefined when it was not. */
  acceptedNow(object: ObjectRef): { readonly rows: number; readonly stubs: readonly StubNote[] } | undefined;
}

/**
 * The ledger of a replay. Unlike a drain it does not go on without storage: a person waits for it, and can start it
 * again, so an object whose entry cannot be asked for is left alone.
 */
export function replayLedger(ledger: Ledger, { again, original, unavailable }: ReplayLedgerOptions): ReplayLedger {
  const accepted = new Map<string, { readonly rows: number; readonly stubs: readonly StubNote[] }>();
  return {
    ...ledger,
    claim: async (object, message) => {
      try {
        const claim = await ledger.claim(object, message);
        // Another entry of the same object has just sent it.
        if (claim.kind === 'held' || !again || accepted.has(nameOf(object))) return claim;
        return { kind: 'claimed', claim: claim.claim };
      } catch (error) {
        unavailable(error);
        return { kind: 'held', until: message.receivedAt };
      }
    },
    recordAccepted: async (claim, identity, rows, stubs) => {
      accepted.set(nameOf(claim.object), { rows, stubs });
      await ledger.recordAccepted(claim, identity, rows, stubs);
    },
    recordFailed: (claim, message, error) => ledger.recordFailed(claim, original(message), error),
    recordFailedMessage: (message, error) => ledger.recordFailedMessage(original(message), error),
    acceptedNow: (object) => accepted.get(nameOf(object)),
  };
}

function nameOf({ bucket, key }: ObjectRef): string {
  return `${bucket}/${key}`;
}
