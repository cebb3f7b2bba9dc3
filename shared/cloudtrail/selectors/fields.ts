import type { SelectorField } from '../../words/selectors.ts';

/** What a record says in one field: its values, none when it does not have the field, or nothing that can be compared. */
export type FieldValues = readonly string[] | 'unclear';

/** Where a field stands in a record: the keys that lead to it. `resources` is a list, of which each element has its own. */
const paths: Readonly<Record<SelectorField, readonly string[]>> = {
  eventCategory: ['eventCategory'],
  eventName: ['eventName'],
  eventSource: ['eventSource'],
  eventType: ['eventType'],
  readOnly: ['readOnly'],
  errorCode: ['errorCode'],
  'resources.type': ['resources', 'type'],
  'resources.ARN': ['resources', 'ARN'],
  'userIdentity.arn': ['userIdentity', 'arn'],
  sessionCredentialFromConsole: ['sessionCredentialFromConsole'],
  vpcEndpointId: ['vpcEndpointId'],
  recipientAccountId: ['recipientAccountId'],
  awsRegion: ['awsRegion'],
  'userIdentity.invokedBy': ['userIdentity', 'invokedBy'],
  sourceIPAddress: ['sourceIPAddress'],
};

/** True or false in most records, `"true"` in some. */
const flags: ReadonlySet<SelectorField> = new Set(['readOnly', 'sessionCredentialFromConsole']);

/** Whether a value may stand without quotes. */
export function isFlag(field: SelectorField): boolean {
  return flags.has(field);
}

/** The key under which a field's value stands. */
export function keyOf(field: SelectorField): string {
  return paths[field].at(-1) ?? field;
}

/** What a parsed record says in a field. */
export function valuesOf(record: unknown, field: SelectorField): FieldValues {
  const [first = field, second] = paths[field];
  const part = memberOf(record, first);
  if (second === undefined) return textsOf([part], field);
  if (!Array.isArray(part)) return textsOf([part === undefined ? part : memberOf(part, second)], field);
  return textsOf(
    part.map((element) => memberOf(element, second)),
    field,
  );
}

const unclear = Symbol('unclear');

/** Undefined when it is not there, or null. */
function memberOf(part: unknown, key: string): unknown {
  if (typeof part !== 'object' || part === null || hasLeftOut(part)) return unclear;
  const value = Object.hasOwn(part, key) ? (part as Record<string, unknown>)[key] : undefined;
  return value === null ? undefined : value;
}

function textsOf(found: readonly unknown[], field: SelectorField): FieldValues {
  const texts: string[] = [];
  for (const one of found) {
    if (typeof one === 'string') texts.push(one);
    else if (typeof one === 'boolean' && flags.has(field)) texts.push(String(one));
    else if (one !== undefined) return 'unclear';
  }
  return texts;
}

/**
 * CloudTrail leaves out the content of a part that is too large, and says so in its place.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
function hasLeftOut(part: object): boolean {
  return (part as { readonly omitted?: unknown }).omitted === true;
}
