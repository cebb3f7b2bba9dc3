// AssemblyScript: CloudTrail records in linear memory -> rows in linear memory, in one pass over the bytes.
// It knows no column and no CloudTrail key: the host writes both as a table (rowTable.ts). It allocates nothing.
// Whatever is not plain it refuses with IRREGULAR, and the byte scanner in TypeScript decides: a wrong row is impossible
// as long as this code is sure of every byte that it accepts.

// An entry of the table: one key of one level.
const ENTRY: usize = 128;
const ENTRY_KEY_LENGTH: usize = 0; // u8
const ENTRY_KIND: usize = 1; // u8
const ENTRY_PREFIX_LENGTH: usize = 2; // u8
const ENTRY_LEVEL: usize = 3; // u8: the level below, for KIND_LEVEL
const ENTRY_BIT: usize = 4; // u8: which bit of `seen` belongs to it
const ENTRY_WATCHED: usize = 5; // u8: 1 when columns are derived from inside this value
const ENTRY_KEY: usize = 16; // 32 bytes
const ENTRY_PREFIX: usize = 48; // 80 bytes: `,"Column":`, or for the time `,"TimeGenerated":`
// A level: the keys of one object, found by a perfect hash.
const LEVEL: usize = 512;
const LEVEL_SLOTS: usize = 256; // 128 bytes: 0, or the entry's number + 1

const KIND_TEXT: u8 = 1;
const KIND_JSON: u8 = 2;
const KIND_BOOLEAN: u8 = 3;
const KIND_LEVEL: u8 = 4;
const KIND_DATETIME: u8 = 5;
const KIND_TIME: u8 = 6; // the event's time: written to two columns, and needed

const MORE: i32 = 1;
const MALFORMED: i32 = 2;
const IRREGULAR: i32 = 3;
const FULL: i32 = 4;
const END_OF_RECORDS: i32 = 0;

const QUOTE: u8 = 34;
const COMMA: u8 = 44;
const COLON: u8 = 58;
const BACKSLASH: u8 = 92;
const OPEN_BRACKET: u8 = 91;
const CLOSE_BRACKET: u8 = 93;
const OPEN_BRACE: u8 = 123;
const CLOSE_BRACE: u8 = 125;

const MAX_DEPTH: i32 = 60; // one bit of a u64 for each open container; deeper goes to the scanner
const MAX_UNKNOWN: i32 = 32;

let levels: usize = 0;
let entries: usize = 0;
let timePrefix: usize = 0; // the second column of the time: u8 length, then its prefix
let unmappedPrefix: usize = 0; // `,"UnmappedFields":`
let head: usize = 0; // `{"SourceObject":"..."`
let headLength: usize = 0;
let columnCap: usize = 0;
let recordCap: usize = 0;
let unmappedArea: usize = 0;

let END: usize = 0; // end of the input; at least 64 readable bytes follow it
let Q: usize = 0; // where the row is written
let U: usize = 0; // where unmapped members are written
let seen: u64 = 0;
let seenTime: bool = false;
let failure: i32 = 0;
let unknownCount: i32 = 0;
const unknownKeys: usize = memory.data(32 * 12); // per key: u32 level, u32 start, u32 length

export let inputAt: usize = 0; // where the first record not taken begins
export let outputAt: usize = 0; // end of the rows written
export let rowCount: u32 = 0;

export function configure(
  levelsAt: usize,
  entriesAt: usize,
  timePrefixAt: usize,
  unmappedPrefixAt: usize,
  unmappedAreaAt: usize,
  columnBytesCap: u32,
  recordBytesCap: u32,
): void {
  levels = levelsAt;
  entries = entriesAt;
  timePrefix = timePrefixAt;
  unmappedPrefix = unmappedPrefixAt;
  unmappedArea = unmappedAreaAt;
  columnCap = columnBytesCap;
  recordCap = recordBytesCap;
}

export function begin(headAt: usize, length: u32): void {
  head = headAt;
  headLength = length;
}

/**
 * Turns whole records into rows from `p` on, which stands between two records. `limit` is the last byte a row may use.
 * END_OF_RECORDS: `inputAt` stands at the closing bracket. MORE: the record at `inputAt` is unfinished.
 * IRREGULAR, MALFORMED: the record at `inputAt` is for the scanner. FULL: its row did not fit.
 */
export function process(p: usize, end: usize, out: usize, limit: usize, first: i32): i32 {
  END = end;
  Q = out;
  outputAt = out;
  rowCount = 0;
  let afterRecord = first == 0;
  for (;;) {
    inputAt = p;
    p = skipBlanks(p);
    if (p >= END) return MORE;
    let c = load<u8>(p);
    if (c == CLOSE_BRACKET) return END_OF_RECORDS;
    if (afterRecord) {
      if (c != COMMA) return MALFORMED;
      p = skipBlanks(p + 1);
      if (p >= END) return MORE;
      c = load<u8>(p);
    }
    if (c != OPEN_BRACE) return MALFORMED;
    const rowStart = Q;
    memory.copy(Q, head, headLength);
    Q += headLength;
    U = unmappedArea;
    seen = 0;
    seenTime = false;
    failure = 0;
    unknownCount = 0;
    const next = writeMembers(p, 0);
    if (next == 0 || next > END) {
      Q = rowStart;
      return next > END ? MORE : failure;
    }
    if (!seenTime || next - p > recordCap) return IRREGULAR;
    if (U > unmappedArea) {
      if (U - unmappedArea > columnCap) return IRREGULAR;
      writePrefix(unmappedPrefix);
      store<u8>(Q++, OPEN_BRACE);
      const length = U - unmappedArea;
      memory.copy(Q, unmappedArea, length);
      Q += length;
      store<u8>(Q - 1, CLOSE_BRACE); // over the last comma
    }
    store<u16>(Q, 0x2c7d); // `},`
    Q += 2;
    if (Q > limit) return FULL;
    outputAt = Q;
    rowCount++;
    p = next;
    afterRecord = true;
  }
  return 0;
}

/** The end of the value at `p` by brackets and quotes alone; 0 when it lies beyond the input. */
export function endOfRecord(p: usize, end: usize): usize {
  let depth = 0;
  while (p < end) {
    const c = load<u8>(p);
    if (c == QUOTE) {
      p++;
      for (;;) {
        if (p >= end) return 0;
        const x = load<u8>(p);
        if (x == BACKSLASH) p += 2;
        else {
          p++;
          if (x == QUOTE) break;
        }
      }
      continue;
    }
    if (c == OPEN_BRACE || c == OPEN_BRACKET) depth++;
    else if (c == CLOSE_BRACE || c == CLOSE_BRACKET) {
      if (--depth <= 0) return p + 1;
    }
    p++;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function skipBlanks(p: usize): usize {
  while (p < END && isBlank(load<u8>(p))) p++;
  return p;
}

// @ts-ignore: decorator
@inline
function isBlank(c: u8): bool {
  return c == 32 || c == 10 || c == 13 || c == 9;
}

/** Unfinished rather than wrong when the input ended first. */
// @ts-ignore: decorator
@inline
function refuse(p: usize, reason: i32): usize {
  failure = p >= END ? MORE : reason;
  return 0;
}

/** Writes the prefix text at `at`: u8 length, then the text. */
function writePrefix(at: usize): void {
  const length = <usize>load<u8>(at);
  memory.copy(Q, at + 1, length);
  Q += length;
}

/** The members of the object at `p`; returns the byte after its closing brace, or 0 and `failure`. */
function writeMembers(p: usize, level: u32): usize {
  const quotes = i8x16.splat(34);
  const backslashes = i8x16.splat(92);
  const controls = i8x16.splat(32);
  const levelAt = levels + <usize>level * LEVEL;
  const multiplier = load<u32>(levelAt);
  p = skipBlanks(p + 1);
  if (load<u8>(p) == CLOSE_BRACE) return p < END ? p + 1 : refuse(p, MORE);
  for (;;) {
    if (p >= END || load<u8>(p) != QUOTE) return refuse(p, MALFORMED);
    const key = p + 1;
    const low = v128.load(key);
    const lowStops = i8x16.bitmask(v128.or(v128.or(i8x16.eq(low, quotes), i8x16.eq(low, backslashes)), i8x16.lt_u(low, controls)));
    let high = low;
    let length: usize = 0;
    if (lowStops) length = ctz(lowStops);
    else {
      high = v128.load(key, 16);
      const highStops = i8x16.bitmask(v128.or(v128.or(i8x16.eq(high, quotes), i8x16.eq(high, backslashes)), i8x16.lt_u(high, controls)));
      length = highStops ? 16 + ctz(highStops) : 99;
    }
    // Escaped, long, empty or broken keys: the scanner knows what to do.
    if (length > 31 || length < 3 || load<u8>(key + length) != QUOTE) return refuse(key + 40, IRREGULAR);
    p = key + length + 1;
    let entry: usize = 0;
    const hash = ((load<u32>(key) + load<u32>(key + length - 4) * 31 + <u32>length) * multiplier) >>> 25;
    const slot = load<u8>(levelAt + LEVEL_SLOTS + <usize>hash);
    if (slot) {
      const candidate = entries + <usize>(slot - 1) * ENTRY;
      if (<usize>load<u8>(candidate + ENTRY_KEY_LENGTH) == length) {
        const lowSame = i8x16.bitmask(i8x16.eq(low, v128.load(candidate + ENTRY_KEY)));
        if (length <= 16) {
          const mask = (1 << <i32>length) - 1;
          if ((lowSame & mask) == mask) entry = candidate;
        } else if (lowSame == 0xffff) {
          const mask = (1 << <i32>(length - 16)) - 1;
          if ((i8x16.bitmask(i8x16.eq(high, v128.load(candidate + ENTRY_KEY + 16))) & mask) == mask) entry = candidate;
        }
      }
    }
    if (load<u8>(p) != COLON) {
      p = skipBlanks(p);
      if (load<u8>(p) != COLON) return refuse(p, MALFORMED);
    }
    p++;
    if (load<u8>(p) <= 32) p = skipBlanks(p);
    if (p >= END) return refuse(p, MORE);
    p = entry ? writeCell(p, entry) : writeUnmapped(p, level, key, length);
    if (p == 0) return 0;
    let c = load<u8>(p);
    if (c <= 32) {
      p = skipBlanks(p);
      c = load<u8>(p);
    }
    if (p >= END) return refuse(p, MORE);
    if (c == CLOSE_BRACE) return p + 1;
    if (c != COMMA) return refuse(p, MALFORMED);
    p++;
    if (load<u8>(p) <= 32) p = skipBlanks(p);
  }
  return 0;
}

/** One column's cell, or the level below. */
function writeCell(p: usize, entry: usize): usize {
  const bit: u64 = (<u64>1) << load<u8>(entry + ENTRY_BIT);
  if (seen & bit) return refuse(p, IRREGULAR);
  seen |= bit;
  const c = load<u8>(p);
  if (c == 110) return endOfLiteral(p); // null
  const kind = load<u8>(entry + ENTRY_KIND);
  if (kind == KIND_LEVEL) return c == OPEN_BRACE ? writeLevel(p, entry) : refuse(p, IRREGULAR);
  const before = Q;
  const prefixLength = <usize>load<u8>(entry + ENTRY_PREFIX_LENGTH);
  copyPrefix(entry, prefixLength);
  if (kind == KIND_TEXT) {
    if (c == QUOTE) p = copyString(p);
    else if (c == OPEN_BRACE || c == OPEN_BRACKET) return refuse(p, IRREGULAR);
    else {
      const start = p;
      p = endOfScalar(p);
      if (p == 0) return 0;
      store<u8>(Q++, QUOTE);
      memory.copy(Q, start, p - start);
      Q += p - start;
      store<u8>(Q++, QUOTE);
    }
  } else if (kind == KIND_JSON) {
    if (c != OPEN_BRACE && c != OPEN_BRACKET) return refuse(p, IRREGULAR);
    p = copyNested(p, load<u8>(entry + ENTRY_WATCHED) != 0);
  } else if (kind == KIND_BOOLEAN) {
    const quoted = c == QUOTE;
    const at = quoted ? p + 1 : p;
    if (load<u32>(at) == 0x65757274) {
      store<u32>(Q, 0x65757274); // true
      Q += 4;
      p = at + 4;
    } else if (load<u32>(at) == 0x736c6166 && load<u8>(at + 4) == 101) {
      store<u32>(Q, 0x736c6166); // false
      store<u8>(Q + 4, 101);
      Q += 5;
      p = at + 5;
    } else return refuse(at + 5, IRREGULAR);
    if (quoted) {
      if (load<u8>(p) != QUOTE) return refuse(p, IRREGULAR);
      p++;
    }
  } else {
    if (!isPlainTime(p)) return refuse(p + 22, IRREGULAR);
    if (kind == KIND_TIME) {
      seenTime = true;
      copyTime(p);
      writePrefix(timePrefix);
    }
    copyTime(p);
    p += 22;
  }
  if (p == 0) return 0;
  if (Q - before - prefixLength > columnCap) return refuse(0, IRREGULAR);
  return p;
}

// @ts-ignore: decorator
@inline
function copyPrefix(entry: usize, length: usize): void {
  v128.store(Q, v128.load(entry + ENTRY_PREFIX));
  v128.store(Q + 16, v128.load(entry + ENTRY_PREFIX + 16));
  v128.store(Q + 32, v128.load(entry + ENTRY_PREFIX + 32));
  Q += length;
}

// @ts-ignore: decorator
@inline
function copyTime(p: usize): void {
  v128.store(Q, v128.load(p));
  v128.store(Q + 6, v128.load(p + 6));
  Q += 22;
}

/** Unmapped members of a level stay in an object of its name. */
function writeLevel(p: usize, entry: usize): usize {
  const before = U;
  const keyLength = <usize>load<u8>(entry + ENTRY_KEY_LENGTH);
  store<u8>(U++, QUOTE);
  memory.copy(U, entry + ENTRY_KEY, keyLength);
  U += keyLength;
  store<u8>(U, QUOTE);
  store<u8>(U + 1, COLON);
  store<u8>(U + 2, OPEN_BRACE);
  U += 3;
  const start = U;
  p = writeMembers(p, <u32>load<u8>(entry + ENTRY_LEVEL));
  if (p == 0) return 0;
  if (U == start) U = before;
  else {
    store<u8>(U - 1, CLOSE_BRACE);
    store<u8>(U++, COMMA);
  }
  return p;
}

/** A member that no column takes, with a comma behind it; nulls and empty containers are left out. */
function writeUnmapped(p: usize, level: u32, key: usize, length: usize): usize {
  for (let i = 0; i < unknownCount; i++) {
    const at = unknownKeys + <usize>i * 12;
    if (load<u32>(at) == level && load<u32>(at, 8) == <u32>length && memory.compare(<usize>load<u32>(at, 4), key, length) == 0) {
      return refuse(p, IRREGULAR);
    }
  }
  if (unknownCount == MAX_UNKNOWN) return refuse(p, IRREGULAR);
  const at = unknownKeys + <usize>unknownCount * 12;
  unknownCount++;
  store<u32>(at, level);
  store<u32>(at, <u32>key, 4);
  store<u32>(at, <u32>length, 8);
  const c = load<u8>(p);
  if (c == 110) return endOfLiteral(p);
  const before = U;
  memory.copy(U, key - 1, length + 2);
  U += length + 2;
  store<u8>(U++, COLON);
  const rowAt = Q;
  Q = U; // the copying functions write where the row is written
  const start = p;
  if (c == QUOTE) p = copyString(p);
  else if (c == OPEN_BRACE || c == OPEN_BRACKET) p = copyPlain(p);
  else {
    p = endOfScalar(p);
    if (p) {
      memory.copy(Q, start, p - start);
      Q += p - start;
    }
  }
  U = Q;
  Q = rowAt;
  if (p == 0) return 0;
  if ((c == OPEN_BRACE || c == OPEN_BRACKET) && U - before == length + 5) {
    U = before; // {} or []
    return p;
  }
  store<u8>(U++, COMMA);
  return p;
}

/** `"2026-11-01T00:05:00Z"`, with a day that every month has or that this month surely has. */
function isPlainTime(p: usize): bool {
  if (load<u8>(p) != QUOTE || load<u8>(p + 21) != QUOTE || p + 22 > END) return false;
  if (load<u8>(p + 5) != 45 || load<u8>(p + 8) != 45 || load<u8>(p + 11) != 84) return false;
  if (load<u8>(p + 14) != COLON || load<u8>(p + 17) != COLON || load<u8>(p + 20) != 90) return false;
  const century = twoDigits(p + 1);
  const year = twoDigits(p + 3);
  const month = twoDigits(p + 6);
  const day = twoDigits(p + 9);
  if (century + year <= 0 || century < 0 || year < 0 || month < 1 || month > 12 || day < 1 || day > 31) return false;
  if (day > 28 && (month == 2 || (day > 30 && (month == 4 || month == 6 || month == 9 || month == 11)))) return false;
  const hour = twoDigits(p + 12);
  const minute = twoDigits(p + 15);
  const second = twoDigits(p + 18);
  return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
}

// @ts-ignore: decorator
@inline
function twoDigits(p: usize): i32 {
  const tens = <i32>load<u8>(p) - 48;
  const ones = <i32>load<u8>(p + 1) - 48;
  return <u32>tens < 10 && <u32>ones < 10 ? tens * 10 + ones : -1000;
}

/** true, false, null: the byte after it. */
function endOfLiteral(p: usize): usize {
  const word = load<u32>(p);
  if (word == 0x65757274 || word == 0x6c6c756e) p += 4;
  else if (word == 0x736c6166 && load<u8>(p + 4) == 101) p += 5;
  else return refuse(p + 5, MALFORMED);
  return p <= END ? p : refuse(END, MORE);
}

/** A number or literal: the byte after it. */
function endOfScalar(p: usize): usize {
  let c = load<u8>(p);
  if (c > 57) return endOfLiteral(p);
  if (c == 45) c = load<u8>(++p);
  if (c == 48) p++;
  else if (c > 48 && c <= 57) {
    do p++;
    while (isDigit(load<u8>(p)));
  } else return refuse(p, MALFORMED);
  c = load<u8>(p);
  if (c == 46) {
    if (!isDigit(load<u8>(++p))) return refuse(p, MALFORMED);
    do p++;
    while (isDigit(load<u8>(p)));
    c = load<u8>(p);
  }
  if ((c | 32) == 101) {
    c = load<u8>(++p);
    if (c == 43 || c == 45) p++;
    if (!isDigit(load<u8>(p))) return refuse(p, MALFORMED);
    do p++;
    while (isDigit(load<u8>(p)));
  }
  // A number is finished by the byte after it, so that byte must be there.
  return p < END ? p : refuse(END, MORE);
}

// @ts-ignore: decorator
@inline
function isDigit(c: u8): bool {
  return c - 48 < 10;
}

/** The escape after a backslash at `p`: its length with the backslash, or 0. */
function escapeLength(p: usize): usize {
  const c = load<u8>(p + 1);
  if (c == 117) return isHex(p + 2) && isHex(p + 3) && isHex(p + 4) && isHex(p + 5) ? 6 : 0;
  return c == QUOTE || c == BACKSLASH || c == 47 || c == 98 || c == 102 || c == 110 || c == 114 || c == 116 ? 2 : 0;
}

// @ts-ignore: decorator
@inline
function isHex(p: usize): bool {
  const c = load<u8>(p);
  return c - 48 < 10 || (c | 32) - 97 < 6;
}

/** The string at `p`, copied as it is written. */
function copyString(p: usize): usize {
  const quotes = i8x16.splat(34);
  const backslashes = i8x16.splat(92);
  const controls = i8x16.splat(32);
  let q = Q;
  store<u8>(q++, QUOTE);
  p++;
  while (p < END) {
    const v = v128.load(p);
    v128.store(q, v);
    const stops = i8x16.bitmask(v128.or(v128.or(i8x16.eq(v, quotes), i8x16.eq(v, backslashes)), i8x16.lt_u(v, controls)));
    if (stops == 0) {
      p += 16;
      q += 16;
      continue;
    }
    const n = ctz(stops);
    p += n;
    q += n;
    const c = load<u8>(p);
    if (c == QUOTE) {
      if (p >= END) break;
      Q = q + 1;
      return p + 1;
    }
    if (c != BACKSLASH) return refuse(p, MALFORMED);
    const length = escapeLength(p);
    if (length == 0) return refuse(p + 6, MALFORMED);
    store<u64>(q, load<u64>(p));
    p += length;
    q += length;
  }
  return refuse(END, MORE);
}

/** The string at `p`, copied as the inside of a JSON string: quotes and backslashes escaped once more. */
// @ts-ignore: decorator
@inline
function copyEscapedString(p: usize): usize {
  const quotes = i8x16.splat(34);
  const backslashes = i8x16.splat(92);
  const controls = i8x16.splat(32);
  let q = Q;
  store<u16>(q, 0x225c); // \"
  q += 2;
  p++;
  while (p < END) {
    const v = v128.load(p);
    v128.store(q, v);
    const stops = i8x16.bitmask(v128.or(v128.or(i8x16.eq(v, quotes), i8x16.eq(v, backslashes)), i8x16.lt_u(v, controls)));
    if (stops == 0) {
      p += 16;
      q += 16;
      continue;
    }
    const n = ctz(stops);
    p += n;
    q += n;
    const c = load<u8>(p);
    if (c == QUOTE) {
      if (p >= END) break;
      store<u16>(q, 0x225c);
      Q = q + 2;
      return p + 1;
    }
    if (c != BACKSLASH) return refuse(p, MALFORMED);
    const length = escapeLength(p);
    if (length == 0) return refuse(p + 6, MALFORMED);
    const escaped = load<u8>(p + 1);
    store<u16>(q, 0x5c5c);
    q += 2;
    if (escaped == QUOTE || escaped == BACKSLASH) store<u8>(q++, BACKSLASH);
    store<u32>(q, load<u32>(p + 1));
    store<u8>(q + 4, load<u8>(p + 5));
    p += length;
    q += length - 1;
  }
  return refuse(END, MORE);
}

/** The container at `p` as a JSON string of its compact text, checked. A watched one is refused when it holds what columns are derived from. */
function copyNested(p: usize, watched: bool): usize {
  store<u8>(Q++, QUOTE);
  let stack: u64 = 0; // 1: object, 0: array; the innermost in the lowest bit
  let depth = 0;
  let c = load<u8>(p);
  for (;;) {
    // a value begins at p, with c
    if (c == QUOTE) {
      p = copyEscapedString(p);
      if (p == 0) return 0;
    } else if (c == OPEN_BRACE || c == OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return refuse(p, IRREGULAR);
      const isObject = c == OPEN_BRACE;
      stack = (stack << 1) | (isObject ? 1 : 0);
      store<u8>(Q++, c);
      p++;
      c = load<u8>(p);
      if (c <= 32) {
        p = skipBlanks(p);
        c = load<u8>(p);
      }
      if (c != (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
        if (!isObject) continue;
        if (watched && depth == 1 && isWatchedKey(p + 1)) return refuse(p + 8, IRREGULAR);
        p = copyKey(p, true);
        if (p == 0) return 0;
        c = load<u8>(p);
        continue;
      }
      // empty: falls through to the closing below
    } else {
      const start = p;
      p = endOfScalar(p);
      if (p == 0) return 0;
      copyShort(start, p - start);
    }
    // a value ended; p stands behind it
    for (;;) {
      c = load<u8>(p);
      if (c <= 32) {
        p = skipBlanks(p);
        c = load<u8>(p);
      }
      if (p >= END) return refuse(END, MORE);
      if (c == COMMA) break;
      if (c != ((stack & 1) != 0 ? CLOSE_BRACE : CLOSE_BRACKET)) return refuse(p, MALFORMED);
      store<u8>(Q++, c);
      p++;
      stack >>= 1;
      if (--depth == 0) {
        store<u8>(Q++, QUOTE);
        return p;
      }
    }
    store<u8>(Q++, COMMA);
    p++;
    if (load<u8>(p) <= 32) p = skipBlanks(p);
    if (stack & 1) {
      if (watched && depth == 1 && isWatchedKey(p + 1)) return refuse(p + 8, IRREGULAR);
      p = copyKey(p, true);
      if (p == 0) return 0;
    }
    c = load<u8>(p);
  }
  return 0;
}

/** The container at `p` as it is, without blanks, checked. */
function copyPlain(p: usize): usize {
  let stack: u64 = 0;
  let depth = 0;
  let c = load<u8>(p);
  for (;;) {
    if (c == QUOTE) {
      p = copyString(p);
      if (p == 0) return 0;
    } else if (c == OPEN_BRACE || c == OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return refuse(p, IRREGULAR);
      const isObject = c == OPEN_BRACE;
      stack = (stack << 1) | (isObject ? 1 : 0);
      store<u8>(Q++, c);
      p++;
      c = load<u8>(p);
      if (c <= 32) {
        p = skipBlanks(p);
        c = load<u8>(p);
      }
      if (c != (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
        if (!isObject) continue;
        p = copyKey(p, false);
        if (p == 0) return 0;
        c = load<u8>(p);
        continue;
      }
    } else {
      const start = p;
      p = endOfScalar(p);
      if (p == 0) return 0;
      copyShort(start, p - start);
    }
    for (;;) {
      c = load<u8>(p);
      if (c <= 32) {
        p = skipBlanks(p);
        c = load<u8>(p);
      }
      if (p >= END) return refuse(END, MORE);
      if (c == COMMA) break;
      if (c != ((stack & 1) != 0 ? CLOSE_BRACE : CLOSE_BRACKET)) return refuse(p, MALFORMED);
      store<u8>(Q++, c);
      p++;
      stack >>= 1;
      if (--depth == 0) return p;
    }
    store<u8>(Q++, COMMA);
    p++;
    if (load<u8>(p) <= 32) p = skipBlanks(p);
    if (stack & 1) {
      p = copyKey(p, false);
      if (p == 0) return 0;
    }
    c = load<u8>(p);
  }
  return 0;
}

/** A key and its colon; returns where the value begins. */
// @ts-ignore: decorator
@inline
function copyKey(p: usize, escaped: bool): usize {
  if (load<u8>(p) != QUOTE) return refuse(p, MALFORMED);
  p = escaped ? copyEscapedString(p) : copyString(p);
  if (p == 0) return 0;
  if (load<u8>(p) != COLON) {
    p = skipBlanks(p);
    if (load<u8>(p) != COLON) return refuse(p, MALFORMED);
  }
  store<u8>(Q++, COLON);
  p++;
  if (load<u8>(p) <= 32) p = skipBlanks(p);
  return p < END ? p : refuse(END, MORE);
}

// @ts-ignore: decorator
@inline
function copyShort(start: usize, length: usize): void {
  if (length <= 16) v128.store(Q, v128.load(start));
  else memory.copy(Q, start, length);
  Q += length;
}

/** Begins like a key that security group columns are derived from. Too many matches cost time, never a wrong row. */
// @ts-ignore: decorator
@inline
function isWatchedKey(key: usize): bool {
  const four = load<u32>(key);
  return (
    four == 0x72507069 || // ipPr|otocol
    four == 0x65507069 || // ipPe|rmissions
    four == 0x6d6f7266 || // from|Port
    four == 0x6f506f74 || // toPo|rt
    four == 0x72646963 || // cidr|Ip
    <u8>four == BACKSLASH
  );
}
