import type { ObjectRows } from './objectRows.ts';
import type { ClaimedObject } from './ports.ts';
import type { Scanned } from './readObject.ts';
import type { Slice } from './slice.ts';

/** Writes down how far an object has come, so that whoever takes it over after a crash goes on from there. */
export interface ProgressKeeper {
  /** From now on, an object whose rows are all accepted has an outcome, which says more. */
  readingEnded(): void;
  /** Resolves when nothing more is being written: the outcome must not be overtaken. */
  end(): Promise<void>;
  /** The object is left without being accepted: writes down the last that is known, once nothing else is being written. */
  leave(): Promise<void>;
}

/** One write at a time, each of the newest state: an object of one body never needs any. */
export function keepProgress(
  claim: ClaimedObject,
  rows: ObjectRows,
  scanned: Scanned,
  { deadline, ledger }: Slice,
): ProgressKeeper {
  const ended = new AbortController();
  let isRead = false;
  let kept = 0;

  const write = async (): Promise<void> => {
    kept = rows.prefix;
    const identity = scanned.etag === undefined ? {} : { etag: scanned.etag };
    await ledger.recordProgress(claim, { rows: scanned.acceptedBefore + kept, identity });
  };
  const keep = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      if (rows.prefix === kept || (isRead && rows.accepted === rows.written)) {
        await rows.changed(AbortSignal.any([ended.signal, deadline.over]));
        if (deadline.over.aborted) return;
        continue;
      }
      await write();
    }
  };
  const keeping = keep();

  return {
    readingEnded: () => {
      isRead = true;
    },
    end: () => {
      ended.abort();
      return keeping;
    },
    leave: async () => {
      if (rows.prefix !== kept) await write();
    },
  };
}
