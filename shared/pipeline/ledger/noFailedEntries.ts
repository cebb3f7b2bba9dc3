import type { FailedEntries } from '../ports/failedEntries.ts';

/** Keeps nothing: without storage, what could not be delivered stays in its source. */
export const noFailedEntries: FailedEntries = {
  recordDelivery: async () => undefined,
  recordStubs: async () => undefined,
  delivered: async () => undefined,
};
