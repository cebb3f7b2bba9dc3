import type { Cause } from './causes.ts';
import type { KnownTrail } from './knownTrail.ts';
import type { Bound } from './observer.ts';
import { rowContent } from './rowContent.ts';

/** The table against the truth. */
export interface Judgement {
  readonly expected: number;
  readonly delivered: number;
  /** Records without a row that tells exactly what it must. */
  readonly lost: number;
  /** Rows beyond the first of a record. */
  readonly duplicated: number;
  /** Rows that may be there twice. */
  readonly bound: number;
  readonly byCause: Readonly<Record<Cause, number>>;
  /** Objects with records lost. */
  readonly lostFrom: readonly string[];
  /** Objects with more duplicates than may be. */
  readonly overBound: readonly { readonly key: string; readonly duplicated: number; readonly bound: number }[];
  /** Rows of no record, or that differ from what they must be. */
  readonly altered: number;
}

/** Compares record by record, as multisets of rows; the events kept aside need none. */
export function judge(
  trail: KnownTrail,
  rows: readonly string[],
  bound: Bound,
  keptAside: ReadonlySet<string> = new Set(),
): Judgement {
  const found = new Map<string, number>();
  for (const row of rows) {
    const content = rowContent(row);
    found.set(content, (found.get(content) ?? 0) + 1);
  }
  let lost = 0;
  const lostFrom = new Set<string>();
  let duplicated = 0;
  let known = 0;
  const overBound: { key: string; duplicated: number; bound: number }[] = [];
  for (const object of trail.objects) {
    let duplicatedHere = 0;
    for (const { content, eventId } of object.rows) {
      const times = found.get(content) ?? 0;
      known += times;
      if (times === 0 && keptAside.has(eventId)) continue;
      if (times === 0) {
        lost += 1;
        lostFrom.add(object.key);
      } else duplicatedHere += times - 1;
    }
    duplicated += duplicatedHere;
    const boundHere = bound.byKey.get(object.key) ?? 0;
    if (duplicatedHere > boundHere) overBound.push({ key: object.key, duplicated: duplicatedHere, bound: boundHere });
  }
  return {
    expected: trail.records,
    delivered: rows.length,
    lost,
    duplicated,
    bound: bound.rows,
    byCause: bound.byCause,
    lostFrom: [...lostFrom],
    overBound,
    altered: rows.length - known,
  };
}
