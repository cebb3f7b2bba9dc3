import { backslash, hexAt } from './bytes.ts';
import { copyBytes } from './text.ts';

/**
 * What shows nothing, or nothing but room: controls, Unicode's white space and format characters, fillers, variation
 * selectors and tags. https://www.unicode.org/Public/UCD/latest/ucd/PropList.txt (White_Space), DerivedCoreProperties.txt
 * (Default_Ignorable_Code_Point); U+2800 is the braille pattern without dots.
 */
const blankRanges: readonly (readonly [number, number])[] = [
  [0x00, 0x20],
  [0x7f, 0xa0],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x1680, 0x1680],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x2000, 0x200f],
  [0x2028, 0x202f],
  [0x205f, 0x206f],
  [0x2800, 0x2800],
  [0x3000, 0x3000],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfff8],
  [0xe0000, 0xe0fff],
];

/** 1 for bytes with which a blank can begin: itself, escaped, percent-encoded, or in two bytes and more. */
const mayBegin: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte <= 0x20 || byte === 0x7f || byte === backslash || byte === 0x25 || byte >= 0xc2 ? 1 : 0,
);

/** `\n`, `\t`, `\r`, `\f`, `\v`, `\b` after any number of backslashes: text in text in text has them doubled. */
const blankLetters: ReadonlySet<number> = new Set(Buffer.from('ntrfvb'));

/**
 * The same text with only the first of each run of blanks. JSON stays JSON, outside and inside of its strings and in JSON
 * that is text inside them, since every blank goes whole, with all its backslashes. Takes time by length alone.
 */
export function shrinkBlanks(bytes: Uint8Array): Uint8Array {
  let out: Uint8Array | undefined;
  let length = 0;
  /** Everything before this is copied, or left out. */
  let from = 0;
  let inRun = false;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (mayBegin[byte] === 0) {
      at++;
      inRun = false;
      continue;
    }
    const end = blankEnd(bytes, at);
    if (end < 0) {
      // Backslashes are passed over together: the next would be looked at as if it began an escape.
      do at++;
      while (byte === backslash && bytes[at] === backslash);
      inRun = false;
      continue;
    }
    if (inRun) {
      out ??= new Uint8Array(bytes.length);
      length = copyBytes(bytes, from, at, out, length);
      from = end;
    }
    at = end;
    inRun = true;
  }
  return out === undefined ? bytes : out.subarray(0, copyBytes(bytes, from, bytes.length, out, length));
}

/** The position after the blank at `at`, -1 when it is none. */
function blankEnd(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0;
  if (byte <= 0x20 || byte === 0x7f) return at + 1;
  if (byte === backslash) return escapedEnd(bytes, at);
  if (byte === 0x25) return percentEnd(bytes, at);
  const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  let point = byte & (0xff >> (length + 1));
  for (let index = 1; index < length; index++) {
    const next = bytes[at + index] ?? 0;
    if ((next & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (next & 0x3f);
  }
  return isBlankPoint(point) ? at + length : -1;
}

function escapedEnd(bytes: Uint8Array, at: number): number {
  let letter = at;
  while (bytes[letter] === backslash) letter++;
  if (blankLetters.has(bytes[letter] ?? 0)) return letter + 1;
  if (bytes[letter] !== 0x75) return -1;
  const unit = hexAt(bytes, letter + 1, 4);
  if (isBlankPoint(unit)) return letter + 5;
  // Tags are written as two escapes, U+DB40 the first.
  if (unit !== 0xdb40) return -1;
  let second = letter + 5;
  while (bytes[second] === backslash) second++;
  const low = bytes[second] === 0x75 ? hexAt(bytes, second + 1, 4) : -1;
  return low >= 0xdc00 && low <= 0xdfff ? second + 5 : -1;
}

function percentEnd(bytes: Uint8Array, at: number): number {
  const value = hexAt(bytes, at + 1, 2);
  return value >= 0 && value <= 0x20 ? at + 3 : -1;
}

function isBlankPoint(point: number): boolean {
  return blankRanges.some(([first, last]) => point >= first && point <= last);
}
