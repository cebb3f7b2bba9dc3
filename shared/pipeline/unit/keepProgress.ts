import type { Lease } from '../ports/lease.ts';
import type { Reading } from './reading.ts';

/** Writes down which rows of a unit are accepted, so that whoever reads it next sends only the others. */
export interface ProgressKeeper {
  /** From now on, a unit whose rows are all accepted has an outcome, which says more. */
  readingEnded(): void;
  /** Resolves when nothing more is being written: the outcome must not be overtaken. */
  end(): Promise<void>;
  /** The unit is left without being accepted: writes down the last that is known, once nothing else is being written. */
  leave(): Promise<void>;
}

/** Each begins and ends at a body that failed; a property of a table has room for 32,000 characters. */
const mostRuns = 1_000;

/** Nobody reads why it ended: an error made anew for each unit, with its stack, costs more than keeping its progress. */
const theEnd = 'the unit has ended';

/** One write at a time, each of the newest state: a unit of one body never needs any. */
export function keepProgress(lease: Lease, reading: Reading): ProgressKeeper {
  const { rows } = reading;
  const ended = new AbortController();
  let isRead = false;
  /** Rows accepted when the last write began. */
  let seen = 0;

  const write = async (): Promise<void> => {
    seen = rows.accepted;
    const accepted = reading.before.filledWith(rows.acceptedRows).firstRuns(mostRuns);
    const identity = reading.etag === undefined ? {} : { etag: reading.etag };
    const isKept = await lease.keepProgress({ accepted, identity, selectors: reading.selectors });
    // Without a version of the content nobody may rely on it.
    if (isKept && reading.etag !== undefined) reading.kept = accepted.count - reading.before.count;
  };
  const keep = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      if (rows.accepted === seen || (isRead && rows.accepted === rows.written)) {
        await rows.changed(ended.signal);
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
      ended.abort(theEnd);
      return keeping;
    },
    leave: async () => {
      if (rows.accepted !== reading.kept) await write();
    },
  };
}
