import type { Storage } from '../../../azure/storage/account.ts';
import { failure, type Link, ok, warning } from '../link.ts';
import { storageLinkNames } from './storage.ts';

/** More than this and requests to AWS are refused before their clocks are compared. https://docs.aws.amazon.com/IAM/latest/UserGuide/signing-elements.html */
const mostSkewMs = 5 * 60_000;

/** This machine's clock, by the time that storage tells with its answers. */
export function clockLink(storage: Storage | undefined): Link {
  return {
    name: 'clock',
    needs: [storageLinkNames.table],
    run: async () => {
      if (storage === undefined) return { status: 'not-verifiable', detail: 'without storage nobody tells the time' };
      const ms = storage.time.differenceMs;
      if (ms === 0) return ok('agrees with that of the storage service to within 5 seconds');
      const detail = `is ${Math.abs(Math.round(ms / 1000))} seconds ${ms > 0 ? 'behind' : 'ahead of'} that of the storage service`;
      const remedy = 'Set the clock of this machine (NTP); AWS refuses signatures that are 5 minutes off.';
      return Math.abs(ms) > mostSkewMs
        ? failure('clock-differs', detail, remedy)
        : warning('clock-differs', detail, remedy);
    },
  };
}
