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

  const keep = async (): Promise<void> => {
    let kept = 0;
    while (!ended.signal.aborted) {
      if (rows.prefix === kept || (isRead && rows.accepted === rows.written)) {
        await rows.changed(AbortSignal.any([ended.signal, deadline.over]));
        if (deadline.over.aborted) return;
        continue;
      }
      kept = rows.prefix;
      const identity = scanned.etag === undefined ? {} : { etag: scanned.etag };
      await ledger.recordProgress(claim, { rows: scanned.acceptedBefore + kept, identity });
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
  };
}
