import { columns, type Step } from '../columns.ts';
import {
  backslash,
  colonEnd,
  comma,
  containerEnd,
  openBrace,
  openBracket,
  quote,
  scalarEnd,
  skipBlanks,
  stringEnd,
} from '../json/bytes.ts';
import { stringOf } from '../json/text.ts';

/** Where a derived column's value lies; the value itself stays where it is, in RequestParameters. */
export interface DerivedCell {
  readonly column: number;
  readonly start: number;
  readonly end: number;
}

/** Of each derived column, the ways from the value of `derivedFromColumn` to its own, the better one first. */
const derivations = columns.flatMap(({ kind, source, otherwise = [] }, column) =>
  kind === 'derived' ? [{ column, ways: [source.slice(1), otherwise.slice(1)] }] : [],
);

/** The column whose value all derived ones are taken from. */
export const derivedFromColumn: number = commonOrigin();

/** Members of that value without which nothing can be derived. */
export const derivedKeys: readonly string[] = [
  ...new Set(derivations.flatMap(({ ways }) => ways.map(([first]) => String(first)))),
];

/** `at` is the opening brace of a valid object; `nesting` as for `containerEnd`. */
export function deriveCells(bytes: Uint8Array, at: number, nesting: Uint8Array): DerivedCell[] {
  return derivations.flatMap(({ column, ways }) => {
    for (const way of ways) {
      const start = walk(bytes, at, way, nesting);
      if (start >= 0 && isPlainValue(bytes[start] ?? 0))
        return [{ column, start, end: valueEnd(bytes, start, nesting) }];
    }
    return [];
  });
}

/** @throws RangeError when derived columns are not all taken from inside the value of one column. */
function commonOrigin(): number {
  const derived = columns.filter(({ kind }) => kind === 'derived');
  const keys = new Set(derived.flatMap(({ source, otherwise = [] }) => [source[0], otherwise[0]]));
  const origin = columns.findIndex(({ source }) => source.length === 1 && keys.has(source[0]));
  if (keys.size !== 1 || origin < 0) throw new RangeError(`derived columns need one origin; got ${[...keys]}`);
  return origin;
}

function walk(bytes: Uint8Array, at: number, way: readonly Step[], nesting: Uint8Array): number {
  return way.reduce((from: number, step) => follow(bytes, from, step, nesting), at);
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
    const isStep = isText(bytes, keyAt, at, step);
    at = colonEnd(bytes, at);
    if (isStep) found = at;
    at = skipBlanks(bytes, valueEnd(bytes, at, nesting));
    if (bytes[at] === comma) at = skipBlanks(bytes, at + 1);
  }
  return found;
}

/** Whether the JSON string between two positions is this ASCII text; decoded only when it holds an escape, which is rare. */
function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  const length = end - start - 2;
  for (let index = 0; index < length; index++) {
    const byte = bytes[start + 1 + index];
    if (byte === backslash) return stringOf(bytes, start, end) === text;
    if (byte !== text.charCodeAt(index)) return false;
  }
  return length === text.length;
}

function valueEnd(bytes: Uint8Array, at: number, nesting: Uint8Array): number {
  const first = bytes[at] ?? 0;
  if (first === quote) return stringEnd(bytes, at + 1);
  return first === openBrace || first === openBracket ? containerEnd(bytes, at, nesting) : scalarEnd(bytes, at);
}
