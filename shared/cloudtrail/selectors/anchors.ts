import type { FieldSelector, Selector } from '../../words/selectors.ts';
import type { Anchors } from '../rows/engine.ts';
import { isFlag, keyOf } from './fields.ts';

/** Fields that most records do not have: their key alone tells many apart. */
const rareFields: ReadonlySet<string> = new Set([
  'errorCode',
  'resources.type',
  'resources.ARN',
  'sessionCredentialFromConsole',
  'vpcEndpointId',
  'userIdentity.invokedBy',
]);

/** Beyond so many texts it is cheaper to read the record. */
const mostTexts = 6;

/** Texts without which a record is dropped by none of these selectors: so most records need not be read to be judged. */
export function anchorsOf(selectors: readonly Selector[]): Anchors {
  return selectors
    .filter(({ Action }) => Action === 'drop')
    .map(({ FieldSelectors }) => FieldSelectors.flatMap(groupsOf).sort((one, other) => one.length - other.length));
}

function groupsOf(field: FieldSelector): readonly (readonly Buffer[])[] {
  const { Field, Equals = [], StartsWith = [], EndsWith = [] } = field;
  const texts = [
    ...Equals.map((value) => `"${inJson(value)}"`),
    ...StartsWith.map((value) => `"${inJson(value)}`),
    ...EndsWith.map((value) => `${inJson(value)}"`),
  ];
  if (texts.length === 0) return [];
  const keys = rareFields.has(Field) ? [[Buffer.from(`"${keyOf(Field)}"`)]] : [];
  return texts.length > mostTexts || isFlag(Field) ? keys : [...keys, texts.map((text) => Buffer.from(text))];
}

function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
