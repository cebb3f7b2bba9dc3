import type { FieldSelector, Selector } from '../../words/selectors.ts';
import { isFlag, keyOf } from './fields.ts';

/** Texts of which one must stand in the bytes of a record that a field selector matches. */
type AnyOf = readonly Buffer[];

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

const backslash = 0x5c;
const escapedUnicode = Buffer.from('\\u');
const escapedSlash = Buffer.from('\\/');

/**
 * Tells of most records, without reading them, that a selector does not match: texts that would have to stand in them do
 * not. It may say yes too often, and no only where reading would say so as well, or where a value is no text.
 */
export function anchorsOf({ FieldSelectors }: Pick<Selector, 'FieldSelectors'>): (record: Uint8Array) => boolean {
  const groups = FieldSelectors.flatMap(groupsOf).sort((one, other) => one.length - other.length);
  return (record) => groups.every((texts) => texts.some((text) => holds(record, text)));
}

/** Letters and slashes may be spelt in two ways; then only reading tells. */
export function mayBeSpeltOtherwise(record: Uint8Array): boolean {
  return record.includes(backslash) && (holds(record, escapedUnicode) || holds(record, escapedSlash));
}

function groupsOf(field: FieldSelector): readonly AnyOf[] {
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

/** Buffer's own search, which a view of other memory does not have. */
function holds(record: Uint8Array, text: Buffer): boolean {
  return Buffer.prototype.indexOf.call(record, text) >= 0;
}
