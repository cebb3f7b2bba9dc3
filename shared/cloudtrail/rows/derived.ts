import { columns } from '../columns.ts';
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

type Step = string | 0;
type Steps = readonly Step[];

/** The first entry of the list of rules; a parameter that does not stand by itself is taken from there. */
const firstRule: Steps = ['ipPermissions', 'items', 0];

/** Where each column's value lies: among the parameters, else in the first rule. */
const derivations: readonly { readonly column: number; readonly flat: Steps; readonly listed: Steps }[] = [
  derivation('IpProtocol', ['ipProtocol']),
  derivation('SourcePort', ['fromPort']),
  derivation('DestinationPort', ['toPort']),
  derivation('CidrIp', ['cidrIp'], ['ipRanges', 'items', 0, 'cidrIp']),
];

/** Members of `requestParameters` without which nothing can be derived. */
export const derivedKeys: readonly string[] = ['ipProtocol', 'fromPort', 'toPort', 'cidrIp', 'ipPermissions'];

/** `at` is the opening brace of a valid object; `nesting` as for `containerEnd`. */
export function deriveCells(bytes: Uint8Array, at: number, nesting: Uint8Array): DerivedCell[] {
  const rule = walk(bytes, at, firstRule, nesting);
  return derivations.flatMap(({ column, flat, listed }) => {
    const own = walk(bytes, at, flat, nesting);
    const start = own >= 0 && isPlainValue(bytes[own] ?? 0) ? own : walk(bytes, rule, listed, nesting);
    if (start < 0 || !isPlainValue(bytes[start] ?? 0)) return [];
    return [{ column, start, end: valueEnd(bytes, start, nesting) }];
  });
}

function derivation(name: string, flat: Steps, listed = flat) {
  return { column: columns.findIndex((column) => column.name === name), flat, listed };
}

function walk(bytes: Uint8Array, at: number, steps: Steps, nesting: Uint8Array): number {
  return steps.reduce((from: number, step) => follow(bytes, from, step, nesting), at);
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
