import type { Ledger } from '../ports/ports.ts';

/** Grants every claim and remembers nothing: the drain is at-least-once, and redeliveries become duplicates. */
export const noLedger: Ledger = {
  claim: async (object) => ({ kind: 'claimed', claim: { object, token: '' } }),
  recordAccepted: async () => undefined,
  recordFailed: async () => undefined,
  recordFailedMessage: async () => undefined,
  release: async () => undefined,
};
