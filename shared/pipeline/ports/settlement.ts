import type { StubNote } from '../../cloudtrail/rows/engine.ts';
import type { Failure } from '../../words/failure.ts';
import type { KeptDelivery } from './failedEntries.ts';
import type { Unit } from './unit.ts';

declare const proof: unique symbol;

/** A unit that needs nothing more: every record accepted, dropped by a selector or suppressed as accepted before, or of no interest. */
export type CompleteUnit =
  | {
      readonly kind: 'accepted';
      readonly unit: Unit;
      readonly rows: number;
      readonly stubs: readonly StubNote[];
      readonly [proof]: true;
    }
  | { readonly kind: 'suppressed'; readonly unit: Unit; readonly [proof]: true }
  | { readonly kind: 'skipped'; readonly unit: Unit; readonly reason: string; readonly [proof]: true };

/** Everything that one delivery announces is complete. It can be made by `acknowledgement` alone. */
export interface Acknowledgement {
  readonly units: readonly CompleteUnit[];
  readonly [proof]: true;
}

/** When what was given back should come again. */
export type Fate =
  /** It has failed by itself: longer every time. */
  | { readonly kind: 'back-off' }
  /** The pipeline failed; `wasTried` when something of it had been begun. */
  | { readonly kind: 'soon'; readonly wasTried: boolean }
  /** Not before this time: another instance's lease ends. */
  | { readonly kind: 'at'; readonly time: number }
  /** Its bucket is out of order since then. */
  | { readonly kind: 'after-bucket'; readonly since: number };

/** What the flow has found about a delivery; the source alone knows what that means for it. */
export type Settlement =
  | { readonly kind: 'acknowledged'; readonly proof: Acknowledgement }
  /** Given back, with its reason. */
  | { readonly kind: 'returned'; readonly failure: Failure; readonly fate: Fate }
  /** Given up on, since waiting changes nothing: it is kept whole in a durable failed entry. */
  | { readonly kind: 'quarantined'; readonly failure: Failure; readonly proof: KeptDelivery }
  /** Somebody else has it. */
  | { readonly kind: 'lost'; readonly failure: Failure };

/** What the source made of it. */
export type Settled =
  /** The source will not give it again. */
  | { readonly kind: 'done' }
  /** It could not be told: it comes back, which is a duplicate at worst. */
  | { readonly kind: 'kept'; readonly refused: string }
  | { readonly kind: 'returned'; readonly comesAgainInSeconds: number }
  /** It could not be given back: it comes again by itself, sooner or later. */
  | { readonly kind: 'refused'; readonly refused: string }
  /** Somebody else has it by now. */
  | { readonly kind: 'lost'; readonly refused: string };

/** @throws RangeError unless every row that was written was accepted, and every record written or dropped: a bug, never an outcome. */
export function acceptedUnit(
  unit: Unit,
  counts: {
    readonly records: number;
    readonly dropped: number;
    readonly written: number;
    readonly accepted: number;
    readonly stubs: readonly StubNote[];
  },
): CompleteUnit {
  const { records, dropped, written, accepted, stubs } = counts;
  if (records !== written + dropped || written !== accepted) {
    throw new RangeError(
      `${unit.title} is not complete: ${records} records, ${dropped} dropped, ${written} rows written, ${accepted} accepted`,
    );
  }
  return { kind: 'accepted', unit, rows: accepted, stubs } as CompleteUnit;
}

export function suppressedUnit(unit: Unit): CompleteUnit {
  return { kind: 'suppressed', unit } as CompleteUnit;
}

export function skippedUnit(unit: Unit, reason: string): CompleteUnit {
  return { kind: 'skipped', unit, reason } as CompleteUnit;
}

/** @throws RangeError when an announced unit is missing among the complete ones. */
export function acknowledgement(announced: readonly Unit[], units: readonly CompleteUnit[]): Acknowledgement {
  const complete = new Set(units.map(({ unit }) => unit));
  if (!announced.every((unit) => complete.has(unit))) {
    throw new RangeError(`${announced.length} units are announced, ${units.length} are complete`);
  }
  return { units } as unknown as Acknowledgement;
}
