import type { Oddity } from '../../words/events.ts';
import type { Failure } from '../../words/failure.ts';
import type { CompleteUnit } from './settlement.ts';
import type { Unit } from './unit.ts';

/** What was counted while a unit was worked on, over all attempts. */
export interface UnitCounts {
  /** Records framed, those of a second reading again. */
  readonly records: number;
  /** Of these, left out by selectors. */
  readonly dropped: number;
  /** Of these, how many each selector dropped, by its number less one; shorter where the last ones dropped none. */
  readonly droppedBy: readonly number[];
  /** Of these, left out because they are written or accepted already. */
  readonly suppressed: number;
  /** Of these, not accepted: the unit must be read again. */
  readonly left: number;
  /** Rows that were written into bodies. */
  readonly written: number;
  readonly stubs: number;
  readonly truncated: number;
  readonly repaired: number;
  /** As stored. */
  readonly bytesRead: number;
  readonly bytesInflated: number;
  /** Accepted rows that nobody has written down: whoever reads the unit next sends them once more. */
  readonly rowsAgain: number;
}

/** What became of one unit. */
export type UnitOutcome =
  | {
      readonly kind: 'complete';
      readonly complete: CompleteUnit;
      readonly counts: UnitCounts;
      /** Version of the content that was read, if any was. */
      readonly foundEtag?: string | undefined;
      /** Under a name that was accepted before, the same bytes were found as another version. */
      readonly isRewritten?: boolean;
      /** Under a name that was accepted before, other content was found. */
      readonly isReingested: boolean;
      /** What of it is not as CloudTrail writes it. */
      readonly oddities?: readonly Oddity[];
    }
  | { readonly kind: 'failed'; readonly unit: Unit; readonly failure: Failure; readonly counts: UnitCounts };

export const noCounts: UnitCounts = {
  records: 0,
  dropped: 0,
  droppedBy: [],
  suppressed: 0,
  left: 0,
  written: 0,
  stubs: 0,
  truncated: 0,
  repaired: 0,
  bytesRead: 0,
  bytesInflated: 0,
  rowsAgain: 0,
};
