import { columns, type Step } from '../columns.ts';
import {
  closeBracket,
  colonEnd,
  comma,
  openBrace,
  openBracket,
  quote,
  skipBlanks,
  stringEnd,
  valueEnd,
} from '../json/bytes.ts';
import { KeyTable } from '../json/keys.ts';

/** Where a derived column's value lies; the value itself stays where it is, in RequestParameters. */
export interface DerivedCell {
  readonly column: number;
  readonly start: number;
  readonly end: number;
}

/** A way from the value of `derivedFromColumn` to that of a derived column. */
interface Way {
  readonly column: number;
  readonly steps: readonly Step[];
  /** Its place in what one look finds. */
  readonly index: number;
}

/** Of each column, the better way first. */
const ways: readonly Way[] = columns
  .flatMap(({ kind, source, otherwise = [] }, column) =>
    kind === 'derived' ? [source, otherwise].map((steps) => ({ column, steps: steps.slice(1) })) : [],
  )
  .map((way, index) => ({ ...way, index }));

/** Where ways lead from one value: all of them are followed in one walk over the object. */
interface Fork {
  readonly ends: readonly Way[];
  /** The ways that end here or further on. */
  readonly all: readonly Way[];
  readonly keys: KeyTable<Fork> | undefined;
  readonly first: Fork | undefined;
}

/** The column whose value all derived ones are taken from. */
export const derivedFromColumn: number = commonOrigin();

/** Members of that value without which nothing can be derived. */
export const derivedKeys: readonly string[] = [...new Set(ways.map(({ steps: [first] }) => String(first)))];

const origin = forkOf(ways, 0);

/** Of each way, where its value starts and ends in the object last looked at; -1 when it has none. */
const starts = new Int32Array(ways.length);
const ends = new Int32Array(ways.length);

/** `at` is the opening brace of a valid object; `nesting` as for `containerEnd`. */
export function deriveCells(bytes: Uint8Array, at: number, nesting: Uint8Array): DerivedCell[] {
  visit(origin, bytes, at, nesting);
  const cells = new Map<number, DerivedCell>();
  for (const { column, index } of ways) {
    const start = starts[index] ?? -1;
    if (start >= 0 && !cells.has(column)) cells.set(column, { column, start, end: ends[index] ?? 0 });
  }
  return [...cells.values()];
}

/** @throws RangeError when derived columns are not all taken from inside the value of one column. */
function commonOrigin(): number {
  const derived = columns.filter(({ kind }) => kind === 'derived');
  const keys = new Set(derived.flatMap(({ source, otherwise = [] }) => [source[0], otherwise[0]]));
  const index = columns.findIndex(({ source }) => source.length === 1 && keys.has(source[0]));
  if (keys.size !== 1 || index < 0) throw new RangeError(`derived columns need one origin; got ${[...keys]}`);
  return index;
}

function forkOf(all: readonly Way[], depth: number): Fork {
  const onward = (step: Step) =>
    forkOf(
      all.filter(({ steps }) => steps[depth] === step),
      depth + 1,
    );
  const steps = new Set(all.flatMap((way) => way.steps[depth] ?? []));
  const keys = [...steps].filter((step) => step !== 0);
  return {
    ends: all.filter((way) => way.steps.length === depth),
    all,
    keys: keys.length === 0 ? undefined : new KeyTable(new Map(keys.map((key) => [key, onward(key)]))),
    first: steps.has(0) ? onward(0) : undefined,
  };
}

/** Answers the end of the value. What an equal key found before counts no more. */
function visit(fork: Fork, bytes: Uint8Array, at: number, nesting: Uint8Array): number {
  for (const { index } of fork.all) starts[index] = -1;
  const first = bytes[at] ?? 0;
  if (first === openBrace && fork.keys !== undefined) return visitMembers(fork.keys, bytes, at, nesting);
  if (first === openBracket && fork.first !== undefined) return visitFirst(fork.first, bytes, at, nesting);
  const end = valueEnd(bytes, at, nesting);
  if (!isPlainValue(first)) return end;
  for (const { index } of fork.ends) {
    starts[index] = at;
    ends[index] = end;
  }
  return end;
}

function visitMembers(keys: KeyTable<Fork>, bytes: Uint8Array, at: number, nesting: Uint8Array): number {
  at = skipBlanks(bytes, at + 1);
  while (bytes[at] === quote) {
    const key = at;
    at = stringEnd(bytes, at + 1);
    const fork = keys.find(bytes, key + 1, at - 1);
    at = colonEnd(bytes, at);
    at = fork === undefined ? valueEnd(bytes, at, nesting) : visit(fork, bytes, at, nesting);
    at = afterComma(bytes, at);
  }
  return at + 1;
}

function visitFirst(fork: Fork, bytes: Uint8Array, at: number, nesting: Uint8Array): number {
  at = skipBlanks(bytes, at + 1);
  if (bytes[at] !== closeBracket) at = afterComma(bytes, visit(fork, bytes, at, nesting));
  while (bytes[at] !== closeBracket) at = afterComma(bytes, valueEnd(bytes, at, nesting));
  return at + 1;
}

function afterComma(bytes: Uint8Array, at: number): number {
  at = skipBlanks(bytes, at);
  return bytes[at] === comma ? skipBlanks(bytes, at + 1) : at;
}

/** A string or a number: what such a parameter is. Anything else is left alone in RequestParameters. */
function isPlainValue(first: number): boolean {
  return first === quote || first === 0x2d || (first >= 0x30 && first <= 0x39);
}
