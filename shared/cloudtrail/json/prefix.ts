import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  isBlank,
  openBrace,
  openBracket,
  quote,
  scalarEnd,
  stringEnd,
} from './bytes.ts';
import { boundary } from './cut.ts';

/**
 * Valid JSON of the beginning of a longer object or list: what is whole in it, a string that is not as far as it goes, and
 * as the last member of the outermost a text that tells of the rest.
 */
export function closedJson(beginning: Uint8Array, rest: string): string {
  const { good, isEmpty, open, string } = lastGoodPlace(beginning);
  const kept = Buffer.from(beginning.subarray(0, good)).toString();
  const partial = string < 0 ? '' : `${textOf(beginning, good, string)}${cutString(beginning, string)}`;
  const inner = open.slice(1).reverse();
  const closers = inner.map((opener) => (opener === openBrace ? '}' : ']')).join('');
  const isObject = open[0] === openBrace;
  // The outermost is empty only when nothing in it is whole.
  const separator = inner.length === 0 && isEmpty && partial === '' ? '' : ',';
  return `${kept}${partial}${closers}${separator}${isObject ? '"<cut>":' : ''}${JSON.stringify(rest)}${isObject ? '}' : ']'}`;
}

interface Place {
  /** Behind the last whole value, or behind the bracket of a container of which nothing is whole. */
  readonly good: number;
  /** The innermost container has no member yet. */
  readonly isEmpty: boolean;
  /** Containers open there, the outermost first. */
  readonly open: readonly number[];
  /** Where a string value starts that is not whole; -1 when there is none. */
  readonly string: number;
}

function lastGoodPlace(bytes: Uint8Array): Place {
  const open: number[] = [];
  let good = 0;
  let isEmpty = true;
  let goodDepth = 0;
  let isValue = true;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (isBlank(byte)) {
      at++;
    } else if (byte === openBrace || byte === openBracket) {
      open.push(byte);
      good = ++at;
      goodDepth = open.length;
      isEmpty = true;
      isValue = byte === openBracket;
    } else if (byte === closeBrace || byte === closeBracket) {
      open.pop();
      good = ++at;
      goodDepth = open.length;
      isEmpty = false;
    } else if (byte === comma || byte === colon) {
      isValue = byte === colon || open.at(-1) === openBracket;
      at++;
    } else {
      const end = byte === quote ? stringEnd(bytes, at + 1) : scalarEnd(bytes, at);
      // A number that ends with the bytes may go on.
      const isWhole = end >= 0 && end < bytes.length;
      if (!isWhole)
        return { good, isEmpty, open: open.slice(0, goodDepth), string: byte === quote && isValue ? at : -1 };
      at = end;
      if (!isValue) continue;
      good = at;
      isEmpty = false;
    }
  }
  return { good, isEmpty, open: open.slice(0, goodDepth), string: -1 };
}

/** The string that begins here and goes on behind the bytes. */
function cutString(bytes: Uint8Array, start: number): string {
  const last = Math.max(start + 1, bytes.length - 12);
  return `${textOf(bytes, start, boundary(bytes, start + 1, last, bytes.length, true))}"`;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}
