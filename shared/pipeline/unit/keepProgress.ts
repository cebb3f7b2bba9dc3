import type { Slice } from '../drain/slice.ts';
import type { Lease } from '../ports/lease.ts';
import type { ObjectRows } from '../rows/objectRows.ts';
import type { Scanned } from './readObject.ts';

/** Writes down which rows of an object are accepted, so that whoever reads it next sends only the others. */
export interface ProgressKeeper {
  /** From now on, an object whose rows are all accepted has an outcome, which says more. */
  readingEnded(): void;
  /** Resolves when nothing more is being written: the outcome must not be overtaken. */
  end(): Promise<void>;
  /**
   * The object is left without being accepted: writes down the last that is known, once nothing else is being written.
   * Rows that were accepted in this reading and could not be written down are counted: they will be there twice.
   */
  leave(): Promise<void>;
  /** The object has its outcome, which says more than any progress. */
  close(): void;
}

/** Each begins and ends at a body that failed; a property of a table has room for 32,000 characters. */
const mostRuns = 1_000;

/** One write at a time, each of the newest state: an object of one body never needs any. */
export function keepProgress(
  lease: Lease,
  rows: ObjectRows,
  scanned: Scanned,
  { deadline, tally }: Slice,
): ProgressKeeper {
  const ended = new AbortController();
  let isRead = false;
  /** Rows accepted when the last write began. */
  let seen = 0;
  /** Of these, written down. */
  let kept = 0;

  const unrecorded = (): number => Math.max(0, rows.accepted - kept);
  tally.unrecorded.add(unrecorded);

  const write = async (): Promise<void> => {
    seen = rows.accepted;
    const accepted = scanned.before.filledWith(rows.acceptedRows).firstRuns(mostRuns);
    const identity = scanned.etag === undefined ? {} : { etag: scanned.etag };
    const isKept = await lease.keepProgress({ accepted, identity, selectors: '' });
    // Without an ETag nobody may rely on it.
    if (isKept && scanned.etag !== undefined) kept = accepted.count - scanned.before.count;
  };
  const keep = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      if (rows.accepted === seen || (isRead && rows.accepted === rows.written)) {
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
      if (rows.accepted !== kept) await write();
      tally.unrecorded.delete(unrecorded);
      tally.rowsOfUnknownOutcome += unrecorded();
    },
    close: () => {
      tally.unrecorded.delete(unrecorded);
    },
  };
}
