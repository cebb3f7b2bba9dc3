import type { FieldSelector, Selector } from '../../words/selectors.ts';
import { type FieldValues, valuesOf } from './fields.ts';

/** Three answers, since a value may be cut: what is unclear is never dropped. */
export type Match = 'yes' | 'no' | 'unclear';

/**
 * CloudTrail cuts some values to 1 KB, so of one as long as that the end is not known.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const cutFrom = 1_024;

/** Whether a parsed record matches: by what its values mean, however they were spelt. */
export function matches(record: unknown, { FieldSelectors }: Pick<Selector, 'FieldSelectors'>): Match {
  let match: Match = 'yes';
  for (const field of FieldSelectors) {
    const one = fieldMatches(valuesOf(record, field.Field), field);
    // The hot path: what one field rules out needs no further look.
    if (one === 'no') return one;
    if (one === 'unclear') match = one;
  }
  return match;
}

/** Of several values, as those of `resources`, one is enough for a positive operator, and none may be a negative one's. */
export function fieldMatches(values: FieldValues, field: Omit<FieldSelector, 'Field'>): Match {
  if (values === 'unclear') return 'unclear';
  const { Equals, StartsWith, EndsWith, NotEquals, NotStartsWith, NotEndsWith } = field;
  const isPositive = Equals !== undefined || StartsWith !== undefined || EndsWith !== undefined;
  const positive = isPositive ? any(values.map((value) => has(value, Equals, StartsWith, EndsWith))) : 'yes';
  const isNegative = NotEquals !== undefined || NotStartsWith !== undefined || NotEndsWith !== undefined;
  if (!isNegative || positive === 'no') return positive;
  const negative = not(any(values.map((value) => has(value, NotEquals, NotStartsWith, NotEndsWith))));
  return positive === 'yes' || negative === 'no' ? negative : positive;
}

function has(
  value: string,
  equals: readonly string[] = [],
  beginnings: readonly string[] = [],
  ends: readonly string[] = [],
): Match {
  const isCut = value.length >= cutFrom;
  if (beginnings.some((beginning) => value.startsWith(beginning))) return 'yes';
  if (isCut) {
    const mayBe = ends.length > 0 || equals.some((whole) => whole.startsWith(value));
    return mayBe ? 'unclear' : 'no';
  }
  return equals.includes(value) || ends.some((end) => value.endsWith(end)) ? 'yes' : 'no';
}

function any(answers: readonly Match[]): Match {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('unclear') ? 'unclear' : 'no';
}

function not(answer: Match): Match {
  if (answer === 'unclear') return answer;
  return answer === 'yes' ? 'no' : 'yes';
}
