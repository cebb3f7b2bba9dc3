/**
 * Strict walking over JSON bytes without building values. Every function takes a position and returns the position
 * behind what it skipped, or a negative number when the bytes are not JSON there.
 */
export function skipSpace(bytes: Uint8Array, at: number): number {
  for (;;) {
    const byte = bytes[at];
    if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return at;
    at++;
  }
}

/** `at` is behind the opening quote. */
export function skipString(bytes: Uint8Array, at: number): number {
  for (;;) {
    while (special[bytes[at] as number] === 0) at++;
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    if (byte !== 92) return -1;
    const escaped = bytes[at + 1];
    if (escaped === 117) {
      for (let digit = at + 2; digit < at + 6; digit++) if (!isHex(bytes[digit])) return -1;
      at += 6;
    } else if (escaped !== undefined && escapable.includes(escaped)) {
      at += 2;
    } else {
      return -1;
    }
  }
}

/** Any one value, its nested ones included; `at` is on its first byte. */
export function skipValue(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  switch (byte) {
    case quote:
      return skipString(bytes, at + 1);
    case openObject:
    case openArray:
      return skipNested(bytes, at);
    case 116:
      return skipWord(bytes, at, 'true');
    case 102:
      return skipWord(bytes, at, 'false');
    case 110:
      return skipWord(bytes, at, 'null');
    default:
      return skipNumber(bytes, at);
  }
}

export const quote = 34;
export const comma = 44;
export const colon = 58;
export const openArray = 91;
export const closeArray = 93;
export const openObject = 123;
export const closeObject = 125;

/** 1 for bytes that end a run of plain string bytes: the quote, the backslash, control characters. */
const special = new Uint8Array(256).map((_, byte) => (byte === quote || byte === 92 || byte < 32 ? 1 : 0));
const escapable = [...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0));

/** Iterative, so that depth costs memory and never the stack. */
function skipNested(bytes: Uint8Array, at: number): number {
  const closers: number[] = [];
  for (;;) {
    // At a value.
    const byte = bytes[at];
    if (byte === openObject || byte === openArray) {
      closers.push(byte === openObject ? closeObject : closeArray);
      at = skipSpace(bytes, at + 1);
      if (bytes[at] !== closers.at(-1)) {
        if (byte === openObject) at = skipKey(bytes, at);
        if (at < 0) return -1;
        continue;
      }
    } else {
      at = skipValue(bytes, at);
      if (at < 0) return -1;
      at = skipSpace(bytes, at);
    }
    // Behind a value, or at the closer of an empty container.
    for (;;) {
      const closer = closers.at(-1);
      if (bytes[at] === closer) {
        closers.pop();
        at++;
        if (closers.length === 0) return at;
        at = skipSpace(bytes, at);
      } else if (bytes[at] === comma) {
        at = skipSpace(bytes, at + 1);
        if (closer === closeObject) at = skipKey(bytes, at);
        if (at < 0) return -1;
        break;
      } else {
        return -1;
      }
    }
  }
}

/** From the key's quote to the first byte of its value. */
function skipKey(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== quote) return -1;
  at = skipString(bytes, at + 1);
  if (at < 0) return -1;
  at = skipSpace(bytes, at);
  return bytes[at] === colon ? skipSpace(bytes, at + 1) : -1;
}

function skipWord(bytes: Uint8Array, at: number, word: string): number {
  for (let letter = 0; letter < word.length; letter++) if (bytes[at + letter] !== word.charCodeAt(letter)) return -1;
  return at + word.length;
}

function skipNumber(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 45) at++;
  if (bytes[at] === 48) at++;
  else if (isDigit(bytes[at])) at = skipDigits(bytes, at);
  else return -1;
  if (bytes[at] === 46) {
    if (!isDigit(bytes[at + 1])) return -1;
    at = skipDigits(bytes, at + 1);
  }
  if (bytes[at] === 101 || bytes[at] === 69) {
    at++;
    if (bytes[at] === 43 || bytes[at] === 45) at++;
    if (!isDigit(bytes[at])) return -1;
    at = skipDigits(bytes, at);
  }
  return at;
}

function skipDigits(bytes: Uint8Array, at: number): number {
  while (isDigit(bytes[at])) at++;
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function isHex(byte: number | undefined): boolean {
  return byte !== undefined && (isDigit(byte) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102));
}
