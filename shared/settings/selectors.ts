import * as v from 'valibot';
import { shown } from '../kit/shortText.ts';
import { type Selector, selectorFields, selectorOperators } from '../words/selectors.ts';

export type SelectorsReading =
  | { readonly ok: true; readonly selectors: readonly Selector[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** As in AWS: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html */
const longestValue = 2_048;
/** Of all selectors together, as one trail may have: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html */
const mostValues = 500;
const mostSelectors = 50;

const values = v.optional(
  v.pipe(
    v.array(
      v.pipe(v.string('must be a text'), v.nonEmpty('must not be empty'), v.maxLength(longestValue, 'is too long')),
    ),
    v.nonEmpty('must hold at least one value'),
  ),
);
const operators = Object.fromEntries(selectorOperators.map((name) => [name, values])) as Record<
  (typeof selectorOperators)[number],
  typeof values
>;
const field = v.pipe(
  v.strictObject(
    { Field: v.picklist(selectorFields, `must be one of ${selectorFields.join(', ')}`), ...operators },
    `must be an object of Field and ${selectorOperators.join(', ')}`,
  ),
  v.check((one) => selectorOperators.some((name) => one[name] !== undefined), `must have ${listed(selectorOperators)}`),
);
const selector = v.strictObject(
  {
    Name: v.pipe(
      v.string('must be a text under which its records are counted'),
      v.regex(/^[\w .,:()/-]{1,100}$/, 'must be 1 to 100 letters, digits, blanks and .,:()/-_'),
    ),
    Action: v.picklist(['keep', 'drop'], 'must be keep or drop'),
    FieldSelectors: v.pipe(
      v.array(field, 'must be a list'),
      v.nonEmpty('must not be empty: it would match everything'),
    ),
  },
  'must be an object of Name, Action and FieldSelectors',
);
const list = v.pipe(
  v.array(selector, 'must be a list of selectors'),
  v.maxLength(mostSelectors, `must hold at most ${mostSelectors} selectors`),
  v.check((all) => new Set(all.map(({ Name }) => Name)).size === all.length, 'must not use one Name twice'),
  v.check((all) => valuesIn(all) <= mostValues, `must hold at most ${mostValues} values`),
);

/** Pure: selectors out of their JSON, or every problem at once, each naming its place below `label`. */
export function readSelectors(text: string, label: string): SelectorsReading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { ok: false, problems: [`${label} must be JSON: ${shown(String((error as Error).message), 200)}`] };
  }
  const parsed = v.safeParse(list, json);
  if (parsed.success) return { ok: true, selectors: parsed.output };
  return {
    ok: false,
    problems: [...new Set(parsed.issues.map((issue) => `${label}${placeOf(issue)} ${whatOf(issue)}`))],
  };
}

function placeOf({ path = [] }: { readonly path?: readonly { readonly key: unknown }[] | undefined }): string {
  return path.map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${named(String(key))}`)).join('');
}

/** A name that somebody made up is shown as such. */
function named(key: string): string {
  return /^\w+$/.test(key) ? key : shown(key, 40);
}

/** Keys that are missing or unknown share the message of their object. */
function whatOf({ message, expected, received, type }: v.BaseIssue<unknown>): string {
  if (type !== 'strict_object') return message;
  if (expected === 'never') return 'is not known here';
  return received === 'undefined' ? 'is missing' : message;
}

function valuesIn(selectors: readonly Selector[]): number {
  const counts = selectors.flatMap(({ FieldSelectors }) =>
    FieldSelectors.flatMap((one) => selectorOperators.map((name) => one[name]?.length ?? 0)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
