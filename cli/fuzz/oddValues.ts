import type { Random } from '../../local/trail/random.ts';
import { columns } from '../../shared/cloudtrail/columns.ts';
import type { Tree } from './jsonTree.ts';

const scalars = [
  ...['null', 'true', 'false', '0', '-0', '0.0', '1.10', '1e5', '-1E-7', '1e999', '12345678901234567890', '443'],
  ...['""', '"true"', '"True"', '"false"', '"False"', '"TRUE"', '"\\u0074rue"', '"null"', '"tru"', '"truee"'],
  ...['"2023-07-19T21:11:57Z"', '"20131102T010628Z"', '"2023-02-29T21:11:57Z"', '"2024-02-29T23:59:59.123+05:30"'],
  ...['"2024-02-29T23:59:59Z"', '"0000-01-01T00:00:00Z"', '"2024-13-01T00:00:00Z"', '"2023-07-19T24:00:00Z"'],
  ...['"\\u0032023-07-19T21:11:57Z"', '"2023-07-19T21:11:57"', '"2023-07-19 21:11:57Z"', '"2023-07-19T21:11:5xZ"'],
  ...['"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\/"', '"\\""', '"\\\\"', '"\\\\\\\\\\""', '"\\b\\f\\n\\r\\t"'],
  ...['"日本語"', '"é"', '"\u{1f600}"', '"\u2028"', '"\x7f"', '"\ufeff"', '"}"', '"]"', '"[{,:}]"'],
];

const keys = [
  ...new Set(columns.flatMap(({ source }) => source)),
  ...['Records', 'ipPermissions', 'ipProtocol', 'fromPort', 'toPort', 'cidrIp', 'items', 'ipRanges', 'insightDetails'],
  ...[
    '',
    'a',
    'ab',
    'abc',
    'id',
    '__proto__',
    'constructor',
    'toString',
    'eventTimes',
    'eventNam',
    '日本',
    'a b',
    '_stub',
  ],
  ...['sixteen_letters_', 'seventeen_letters', 'a_key_of_thirty_one_characters_', 'a_key_of_thirty_two_characters__'],
  'a_key_so_long_that_no_column_has_one_like_it_and_no_vector_holds_it',
];

/** A key, with its quotes, mostly one that means something somewhere, sometimes with a character escaped. */
export function oddKey(random: Random): string {
  const text = random.chance(0.9) ? random.pick(keys) : random.text('abcEIT_ é', random.below(40));
  if (!random.chance(0.1) || text === '') return JSON.stringify(text);
  const at = random.below(text.length);
  return `"${text.slice(0, at)}\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}${text.slice(at + 1)}"`;
}

/** A value that is rare where records come from: of any type, sometimes very long or very deep. */
export function oddValue(random: Random): Tree {
  const draw = random.below(100);
  if (draw < 55) return { kind: 'scalar', text: random.pick(scalars) };
  if (draw < 75)
    return { kind: 'scalar', text: `"${stringContent(random, lengthNear(random, [0, 16, 32, 64, 128]))}"` };
  if (draw < 80) return { kind: 'list', items: [] };
  if (draw < 85) return { kind: 'object', members: [] };
  if (draw < 90) return { kind: 'list', items: times(random.below(4), () => oddValue(random)) };
  if (draw < 95) return securityGroupRule(random);
  if (draw < 97) return nested(random, lengthNear(random, [3, 8, 58, 60, 62, 64, 505, 512]));
  if (draw < 98)
    return { kind: 'scalar', text: `"${stringContent(random, lengthNear(random, [4096, 32_000, 64_000]))}"` };
  return manyMembers(random);
}

/** What columns are derived from, whole or in part. */
function securityGroupRule(random: Random): Tree {
  const value = (): Tree =>
    random.chance(0.8) ? { kind: 'scalar', text: random.pick(['"tcp"', '443', '-1', 'null']) } : oddValue(random);
  const names = ['ipProtocol', 'fromPort', 'toPort', 'cidrIp', 'groupId'].filter(() => random.chance(0.6));
  const flat: Tree = { kind: 'object', members: names.map((name) => ({ key: `"${name}"`, value: value() })) };
  if (random.chance(0.4)) return flat;
  const range: Tree = { kind: 'object', members: [{ key: '"cidrIp"', value: value() }] };
  const ranges: Tree = { kind: 'object', members: [{ key: '"items"', value: { kind: 'list', items: [range] } }] };
  flat.members.splice(random.below(2), 0, { key: '"ipRanges"', value: ranges });
  const items = random.chance(0.1) ? [] : [flat];
  const list: Tree = { kind: 'object', members: [{ key: '"items"', value: { kind: 'list', items } }] };
  return {
    kind: 'object',
    members: [{ key: random.chance(0.9) ? '"ipPermissions"' : '"ip\\u0050ermissions"', value: list }],
  };
}

function nested(random: Random, depth: number): Tree {
  let tree: Tree = { kind: 'scalar', text: random.pick(scalars) };
  for (let level = 0; level < depth; level++) {
    tree = random.chance(0.5)
      ? { kind: 'list', items: [tree] }
      : { kind: 'object', members: [{ key: '"in"', value: tree }] };
  }
  return tree;
}

function manyMembers(random: Random): Tree {
  const value = (): Tree => ({ kind: 'scalar', text: random.pick(scalars) });
  const count = lengthNear(random, [32, 64, 200]);
  return { kind: 'object', members: times(count, (index) => ({ key: `"member${index}"`, value: value() })) };
}

/** Lengths around a boundary find what is off by one. */
export function lengthNear(random: Random, boundaries: readonly number[]): number {
  return Math.max(0, random.pick(boundaries) + random.below(9) - 4);
}

/** The inside of a JSON string of about this many characters, with an escape or another script in some. */
function stringContent(random: Random, length: number): string {
  const part = random.pick([
    'a',
    'abcdefgh ',
    '\\"',
    '\\\\',
    'x\\n',
    '\\u00e9',
    '日本',
    'é',
    '{"a":1}'.replaceAll('"', '\\"'),
  ]);
  return 'a'.repeat(random.below(16)) + part.repeat(Math.ceil(length / part.length));
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
