import { backslash } from './bytes.ts';

/** What stands where something was cut. */
export function cutMarker(cutBytes: number): string {
  return `<cut ${cutBytes} bytes>`;
}

/** Longest that moving to the next boundary takes: the rest of an escape, then one of a low surrogate. */
const boundarySlack = 12;

/** Where a text keeps its beginning, and where the part of its end begins that it keeps. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * The gap in a text between two positions that brings it, marker included, to at most `maxBytes`. `isEscaped`: it is the
 * inside of a JSON string as written, no escape and no surrogate pair of which is torn apart. No character ever is.
 */
export function gapIn(bytes: Uint8Array, start: number, end: number, maxBytes: number, isEscaped: boolean): Gap {
  const half = (maxBytes - cutMarker(end - start).length) >> 1;
  if (half <= boundarySlack) return { from: start, to: end };
  const from = boundary(bytes, start, start + half - boundarySlack, end, isEscaped);
  return { from, to: Math.max(from, boundary(bytes, start, end - half, end, isEscaped)) };
}

/** The first position from `at` on at which a text that starts at `start` may be cut. */
export function boundary(bytes: Uint8Array, start: number, at: number, end: number, isEscaped: boolean): number {
  if (isEscaped) at = afterEscape(bytes, start, at);
  while (at < end && ((bytes[at] ?? 0) & 0xc0) === 0x80) at++;
  return Math.min(at, end);
}

function afterEscape(bytes: Uint8Array, start: number, at: number): number {
  if (isEscapedAt(bytes, start, at)) at += bytes[at] === 0x75 ? 5 : 1;
  else {
    for (let back = 1; back <= 4; back++) {
      if (bytes[at - back] === 0x75 && at - back > start && isEscapedAt(bytes, start, at - back)) {
        at += 5 - back;
        break;
      }
    }
  }
  return isLowSurrogate(bytes, at) ? at + 6 : at;
}

/** True when an odd number of backslashes stands before the position: it is the letter of an escape. */
function isEscapedAt(bytes: Uint8Array, start: number, at: number): boolean {
  let first = at;
  while (first > start && bytes[first - 1] === backslash) first--;
  return (at - first) % 2 === 1;
}

/** `\udc00` to `\udfff`: the second half of a character. */
function isLowSurrogate(bytes: Uint8Array, at: number): boolean {
  const nibble = (bytes[at + 3] ?? 0) | 0x20;
  const isD = ((bytes[at + 2] ?? 0) | 0x20) === 0x64;
  return bytes[at] === backslash && bytes[at + 1] === 0x75 && isD && nibble >= 0x63 && nibble <= 0x66;
}
