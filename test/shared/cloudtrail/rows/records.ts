import fc from 'fast-check';
import { columns } from '../../../../shared/cloudtrail/columns.ts';

const knownPaths = columns.flatMap((column) => (column.source.length > 0 ? [column.source] : []));
const knownKeys = [
  ...new Set([
    ...knownPaths.flat(),
    'ipPermissions',
    'items',
    'ipRanges',
    'insightDetails',
    'annotation',
    '__proto__',
    '',
  ]),
];

/** A key as JSON text, sometimes with one of its characters escaped. */
const key = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...knownKeys) },
      { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
    ),
    fc.nat(60),
  )
  .map(([text, at]) =>
    at < text.length
      ? `"${escaped(text.slice(0, at))}${unicode(text[at] ?? '')}${escaped(text.slice(at + 1))}"`
      : JSON.stringify(text),
  );

const string = fc.oneof(
  fc.string({ maxLength: 12, unit: 'binary' }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '"\\ud800"',
    '"\\u0000"',
    '"a\\/b"',
    '"\\"\\\\"',
    '"true"',
    '"False"',
    '"2023-07-19T21:11:57Z"',
    '"20131102T010628Z"',
  ),
  fc.constantFrom('"2023-02-29T21:11:57Z"', '"2024-02-29T23:59:59.123+05:30"', '"\\u0074rue"', '"日本"', '""'),
);

const scalar = fc.oneof(
  string,
  fc.constantFrom('null', 'true', 'false', '0.0', '-0', '1.10', '1e5', '12345678901234567890', '-1E-7', '443'),
);

const blank = fc.constantFrom('', '', '', ' ', '\n\t ', '\r\n');

/** Any JSON text: real keys in real and in wrong places, repeated, escaped; any white space. */
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, depthSize: 'small' }, scalar, object(tie('value')), array(tie('value'))),
}));

/** One record: members where CloudTrail has them, their values of any kind, among members of any name. */
export const record: fc.Arbitrary<string> = fc
  .tuple(
    fc.uniqueArray(fc.tuple(fc.constantFrom(...knownPaths), value), {
      maxLength: 24,
      selector: ([path]) => path.join('.'),
    }),
    fc.array(fc.tuple(key, blank, value).map(member), { maxLength: 4 }),
    fc.nat(4),
    blank,
  )
  .map(
    ([placed, others, at, space]) =>
      `{${space}${[...others.slice(0, at), ...nest(placed), ...others.slice(at)].join(`,${space}`)}${space}}`,
  );

/** A log file of records. */
export const logFile: fc.Arbitrary<{ text: string; records: string[] }> = fc
  .tuple(fc.array(record, { maxLength: 5 }), blank, fc.boolean(), fc.boolean())
  .map(([records, space, hasMark, hasMore]) => ({
    records,
    text: `${hasMark ? '\ufeff' : ''}${space}{${space}${hasMore ? '"other":[{"Records":[1]}],' : ''}"Records"${space}:${space}[${space}${records.join(`${space},`)}${space}]${hasMore ? ',"more":1.5' : ''}}${space}`,
  }));

/** Lengths of pieces. */
export const pieces: fc.Arbitrary<number[]> = fc.oneof(
  fc.constantFrom(1, 100_000).map((length) => [length]),
  fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 }),
);

/** Members that lead along these paths to their values. */
function nest(placed: readonly (readonly [readonly string[], string])[]): string[] {
  const heads = [...new Set(placed.map(([path]) => path[0] ?? ''))];
  return heads.map((head) => {
    const inside = placed.filter(([path]) => path[0] === head).map(([path, text]) => [path.slice(1), text] as const);
    const leaf = inside.find(([path]) => path.length === 0);
    return `${JSON.stringify(head)}:${leaf === undefined ? `{${nest(inside).join(',')}}` : leaf[1]}`;
  });
}

function member([name, space, text]: [string, string, string]): string {
  return `${name}${space}:${space}${text}`;
}

function object(inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(fc.tuple(key, blank, inner), { maxLength: 4 }), blank)
    .map(([members, space]) => `{${space}${members.map(member).join(`${space},${space}`)}${space}}`);
}

function array(inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(inner, { maxLength: 3 }), blank)
    .map(([items, space]) => `[${space}${items.join(`,${space}`)}${space}]`);
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
