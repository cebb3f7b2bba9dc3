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

/** Almost JSON: each is wrong in one byte, wherever it stands. */
const brokenScalars = [
  ...['01', '-01', '-', '+1', '.5', '1.', '1.e5', '1e', '1e+', '0x1', 'Infinity', 'NaN', 'undefined'],
  ...['nul', 'nulL', 'tru', 'True', 'fals', 'falsy', 'truetrue', "'a'", '"', '"\\"', '"a', 'a"', '\\u0061'],
  ...[
    '"\\x"',
    '"\\u12"',
    '"\\u00g0"',
    '"\\u:000"',
    '"\\u0`00"',
    '"\\uG000"',
    '"\\U0061"',
    '"\\ "',
    '"\\u/000"',
    '"\\u00@0"',
  ],
  ...[
    '"\x00"',
    '"\x1f"',
    '"a\n"',
    '"\t"',
    '[1',
    '1]',
    '{"a"}',
    '{"a":}',
    '{1:2}',
    '[,]',
    '[1,]',
    '{"a":1,}',
    '',
    ',',
    '}',
    '{]',
    '[}',
  ],
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
  return spelled(random.chance(0.9) ? random.pick(keys) : random.text('abcEIT_ é', random.below(40)), random);
}

/** As a JSON string, in one case of ten with a character escaped that need not be. */
function spelled(text: string, random: Random): string {
  if (!random.chance(0.1) || text === '') return JSON.stringify(text);
  const at = random.below(text.length);
  return `"${text.slice(0, at)}\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}${text.slice(at + 1)}"`;
}

/** A value that is rare where records come from: of any type, sometimes very long, very deep, or no JSON at all. */
export function oddValue(random: Random): Tree {
  const draw = random.below(100);
  if (draw < 45) return { kind: 'scalar', text: random.pick(scalars) };
  if (draw < 51) return { kind: 'scalar', text: oddTime(random) };
  if (draw < 54) return { kind: 'scalar', text: random.pick(brokenScalars) };
  if (draw < 66) return string(random, lengthNear(random, [0, 16, 32, 64, 128]));
  if (draw < 75) return string(random, random.below(420));
  if (draw < 80) return { kind: 'list', items: [] };
  if (draw < 85) return { kind: 'object', members: [] };
  if (draw < 90) return { kind: 'list', items: times(random.below(4), () => oddValue(random)) };
  if (draw < 95) return securityGroupRule(random);
  if (draw < 97) return nested(random, lengthNear(random, [3, 8, 58, 60, 62, 64, 505, 512]));
  if (draw < 98) return string(random, lengthNear(random, [4096, 32_000, 64_000]));
  return manyMembers(random);
}

/** A time around the ends of days, months and years, in one of CloudTrail's spellings or nearly so. */
export function oddTime(random: Random): string {
  const two = (...numbers: readonly number[]) => String(random.pick(numbers)).padStart(2, '0');
  const year = random.pick(['2026', '2026', '2024', '1900', '2000', '0000', '9999']);
  const day = `${two(0, 1, 2, 4, 6, 9, 11, 12, 13)}-${two(0, 1, 28, 29, 30, 31, 32)}`;
  const hour = `${two(0, 9, 19, 23, 24)}:${two(0, 9, 30, 59, 60)}:${two(0, 9, 30, 59, 60)}`;
  const time = `${year}-${day}T${hour}${random.pick(['Z', 'Z', 'Z', 'Z', 'Z', 'z', '.5Z', '+00:00', ''])}`;
  return `"${random.chance(0.4) ? time.replaceAll(/[-:]/g, '') : time}"`;
}

/** What columns are derived from, whole or in part. */
export function securityGroupRule(random: Random): Tree {
  const plain = ['"tcp"', '443', '-1', 'null', '"10.0.0.0/8"'];
  const value = (): Tree => (random.chance(0.8) ? { kind: 'scalar', text: random.pick(plain) } : oddValue(random));
  const names = ['ipProtocol', 'fromPort', 'toPort', 'cidrIp', 'groupId'].filter(() => random.chance(0.6));
  const rule: Tree = { kind: 'object', members: names.map((name) => ({ key: spelled(name, random), value: value() })) };
  if (random.chance(0.4)) return rule;
  rule.members.splice(random.below(2), 0, member('ipRanges', items(member('cidrIp', value()))));
  const listed = member('ipPermissions', random.chance(0.1) ? oddValue(random) : items(...rule.members));
  return { kind: 'object', members: random.chance(0.7) ? [listed] : [listed, { key: '"ipProtocol"', value: value() }] };

  function member(name: string, inside: Tree) {
    return { key: spelled(name, random), value: inside };
  }
  function items(...members: { key: string; value: Tree }[]): Tree {
    return { kind: 'object', members: [member('items', { kind: 'list', items: [{ kind: 'object', members }] })] };
  }
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

/** A JSON string of about this many characters, with an escape or another script in some. */
function string(random: Random, length: number): Tree {
  const quoted = '{"a":1}'.replaceAll('"', '\\"');
  const part = random.pick(['a', 'abcdefgh ', '\\"', '\\\\', 'x\\n', '\\u00e9', '日本', 'é', quoted]);
  return { kind: 'scalar', text: `"${'a'.repeat(random.below(16))}${part.repeat(Math.ceil(length / part.length))}"` };
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
