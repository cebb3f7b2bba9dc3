import { columns } from './columns.ts';
import {
  colonEnd,
  comma,
  containerEnd,
  openBrace,
  openBracket,
  quote,
  scalarEnd,
  skipBlanks,
  stringEnd,
} from './jsonBytes.ts';
import { stringOf } from './jsonText.ts';

/** Where a derived column's value lies; the value itself stays where it is, in RequestParameters. */
export interface DerivedCell {
  readonly column: number;
  readonly start: number;
  readonly end: number;
}

type Step = string | 0;

/** Ways from `requestParameters` to the value, in order of preference: the flat parameter, else the first entry of `ipPermissions`. */
const derivations: readonly { readonly column: number; readonly ways: readonly (readonly Step[])[] }[] = [
  derivation('IpProtocol', ['ipProtocol']),
  derivation('SourcePort', ['fromPort']),
  derivation('DestinationPort', ['toPort']),
  derivation('CidrIp', ['cidrIp'], ['ipRanges', 'items', 0, 'cidrIp']),
];

/** Members of `requestParameters` without which nothing can be derived. */
export const derivedKeys: readonly string[] = ['ipProtocol', 'fromPort', 'toPort', 'cidrIp', 'ipPermissions'];

/** `at` is the opening brace of a valid object; `nesting` as for `containerEnd`. */
export function deriveCells(bytes: Uint8Array, at: number, nesting: Uint8Array): DerivedCell[] {
  return derivations.flatMap(({ column, ways }) => {
    for (const way of ways) {
      const start = way.reduce((from, step) => follow(bytes, from, step, nesting), at);
      if (start >= 0 && isPlainValue(bytes[start] ?? 0)) {
        return [{ column, start, end: valueEnd(bytes, start, nesting) }];
      }
    }
    return [];
  });
}

function derivation(name: string, flat: readonly Step[], listed: readonly Step[] = flat) {
  const column = columns.findIndex((each) => each.name === name);
  return { column, ways: [flat, ['ipPermissions', 'items', 0, ...listed] satisfies Step[]] };
}

/** A string or a number: what such a parameter is. Anything else is left alone in RequestParameters. */
function isPlainValue(first: number): boolean {
  return first === quote || first === 0x2d || (first >= 0x30 && first <= 0x39);
}

/** Position of the value that a key or the index 0 leads to, or -1. The last of equal keys counts. */
function follow(bytes: Uint8Array, at: number, step: Step, nesting: Uint8Array): number {
  if (at < 0 || bytes[at] !== (step === 0 ? openBracket : openBrace)) return -1;
  at = skipBlanks(bytes, at + 1);
  if (step === 0) return at;
  let found = -1;
  while (bytes[at] === quote) {
    const keyAt = at;
    at = stringEnd(bytes, at + 1);
    const key = stringOf(bytes, keyAt, at);
    at = colonEnd(bytes, at);
    if (key === step) found = at;
    at = skipBlanks(bytes, valueEnd(bytes, at, nesting));
    if (bytes[at] === comma) at = skipBlanks(bytes, at + 1);
  }
  return found;
}

function valueEnd(bytes: Uint8Array, at: number, nesting: Uint8Array): number {
  const first = bytes[at] ?? 0;
  if (first === quote) return stringEnd(bytes, at + 1);
  return first === openBrace || first === openBracket ? containerEnd(bytes, at, nesting) : scalarEnd(bytes, at);
}
