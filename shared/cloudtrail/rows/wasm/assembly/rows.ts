// AssemblyScript: CloudTrail records in linear memory -> rows in linear memory, in one pass over the bytes.
// Column names and CloudTrail's keys are not in here: the host writes them as a table (table.ts). It allocates nothing.
// Whatever is not plain it refuses, and the byte engine in TypeScript decides: a wrong row is impossible as long as this
// code is sure of every byte that it accepts. Behind the input stand zeros, a byte that JSON allows nowhere: so nothing
// here asks whether the input has ended, and an unfinished record is refused like any other.

import { mayBeDropped } from './anchors';

/** Writes the cells of the columns derived from the JSON object between two positions; answers their length, or -1. */
@external("env", "derive")
declare function derive(start: usize, end: usize, out: usize): i32;

/** Whether the record between two positions becomes a row; asked only when `configure` said so. */
@external("env", "keep")
declare function keep(start: usize, end: usize): bool;

// An entry of the table: one key of one level.
const ENTRY: usize = 128;
const ENTRY_KEY_LENGTH: usize = 0; // u8
const ENTRY_KIND: usize = 1; // u8
const ENTRY_PREFIX_LENGTH: usize = 2; // u8
const ENTRY_WATCHED: usize = 3; // u8: 1 when columns are derived from inside this value
const ENTRY_LEVEL: usize = 4; // u32: address of the level below, for KIND_LEVEL
const ENTRY_NEXT: usize = 8; // u32: the entry that followed this one the last time
const ENTRY_KEY_MASK: usize = 12; // u32: one bit for each byte of `"key":`
const ENTRY_BIT: usize = 16; // u64: its bit in `seen`
const ENTRY_KEY: usize = 32; // 32 bytes: `"key":`
const ENTRY_PREFIX: usize = 64; // 48 bytes: `,"Column":`
// A level: the keys of one object, found by a perfect hash.
const LEVEL_MULTIPLIER: usize = 0; // u32
const LEVEL_FIRST: usize = 4; // u32: the entry that came first the last time
const LEVEL_SLOTS: usize = 256; // 128 bytes: 0, or the entry's number + 1

const KIND_TEXT: u8 = 1;
const KIND_BOOLEAN: u8 = 2;
const KIND_LEVEL: u8 = 3;
const KIND_DATETIME: u8 = 4;
const KIND_TIME: u8 = 5; // the event's time: written to two columns, and needed
const KIND_EVENT_ID: u8 = 6; // as text; where it lies in the row is told

const MARK: usize = 16; // per row four u32, counted from `outputAt`: its end; where its event ID starts and ends; where its time starts

const LONGEST_KEY: usize = 29; // of a column; `"key":` is compared in 32 bytes

const NO_RECORD: i32 = 0;
const STOPPED: i32 = 1;
const FULL: i32 = 2;

const QUOTE: u8 = 34;
const COMMA: u8 = 44;
const COLON: u8 = 58;
const BACKSLASH: u8 = 92;
const OPEN_BRACKET: u8 = 91;
const CLOSE_BRACKET: u8 = 93;
const OPEN_BRACE: u8 = 123;
const CLOSE_BRACE: u8 = 125;

let entries: usize = 0;
let recordLevel: usize = 0;
let timePrefix: usize = 0; // the second column of the time: u8 length, then its prefix
let unmappedPrefix: usize = 0; // `,"UnmappedFields":`
let unmappedArea: usize = 0;
let marksArea: usize = 0;
let watchedKeys: usize = 0; // 8 u32: the first four bytes of the keys that columns may be derived from
let asksToKeep: bool = false;
let anchors: usize = 0; // texts that a record must hold to be asked about; see anchors.ts
let anchoredSelectors: u32 = 0; // 0 when every record is to be asked about
let columnCap: usize = 0;
let recordCap: usize = 0;
let depthCap: i32 = 0;
let head: usize = 0; // `{"SourceObject":"..."`
let headLength: usize = 0;

let Q: usize = 0; // where the row is written
let U: usize = 0; // where unmapped members are written
let seen: u64 = 0;
let seenTime: bool = false;
let timeStart: usize = 0;
let keyLength: usize = 0; // of the key last read
let sawDerived: bool = false; // a key that columns may be derived from
let idStart: usize = 0; // of the row's event ID, without quotes; 0 when it has none
let idEnd: usize = 0;

export let inputAt: usize = 0; // where the first record without a row begins, its comma included
export let outputAt: usize = 0; // end of the rows written
export let rowCount: u32 = 0;
export let sawNonAscii: bool = false; // in what was taken: the host checks that it is UTF-8

export function configure(
  recordLevelAt: usize,
  entriesAt: usize,
  timePrefixAt: usize,
  unmappedPrefixAt: usize,
  watchedAt: usize,
  unmappedAreaAt: usize,
  marksAt: usize,
  columnBytesCap: u32,
  recordBytesCap: u32,
  nestingCap: i32,
  asks: bool,
  anchorsAt: usize,
  anchorCount: u32,
): void {
  recordLevel = recordLevelAt;
  entries = entriesAt;
  timePrefix = timePrefixAt;
  unmappedPrefix = unmappedPrefixAt;
  watchedKeys = watchedAt;
  unmappedArea = unmappedAreaAt;
  marksArea = marksAt;
  asksToKeep = asks;
  anchors = anchorsAt;
  anchoredSelectors = anchorCount;
  columnCap = columnBytesCap;
  recordCap = recordBytesCap;
  depthCap = min(nestingCap, 60); // `copyContainer` has one bit of a u64 for each level
}

export function begin(headAt: usize, length: u32): void {
  head = headAt;
  headLength = length;
}

/**
 * Turns whole records into rows from `p` on, which stands between two records; `limit` is where the rows must end.
 * NO_RECORD: what follows at `inputAt` is no record. STOPPED: the record at `inputAt` is unfinished, or refused.
 * FULL: its row did not fit.
 */
export function process(p: usize, end: usize, out: usize, limit: usize, isFirst: bool): i32 {
  Q = out;
  outputAt = out;
  rowCount = 0;
  sawNonAscii = false;
  let afterRecord = !isFirst;
  for (;;) {
    inputAt = p;
    p = skipBlanks(p);
    if (p >= end) return STOPPED;
    if (afterRecord) {
      if (load<u8>(p) != COMMA) return NO_RECORD;
      p = skipBlanks(p + 1);
      if (p >= end) return STOPPED;
    }
    if (load<u8>(p) != OPEN_BRACE) return NO_RECORD;
    const next = writeRow(p);
    if (next == 0) return STOPPED;
    if (asksToKeep && isToBeJudged(p, next) && !keep(p, next)) {
      Q = outputAt;
    } else {
      if (Q > limit) return FULL;
      writeMark(marksArea + rowCount * MARK, out);
      outputAt = Q;
      rowCount++;
    }
    p = next;
    afterRecord = true;
  }
  return 0;
}

/** False for a record between two positions that is to be kept without being asked about. */
export function isToBeJudged(start: usize, end: usize): bool {
  return anchoredSelectors == 0 || mayBeDropped(anchors, anchoredSelectors, start, end);
}

// @ts-ignore: decorator
@inline
function writeMark(at: usize, out: usize): void {
  store<u32>(at, <u32>(Q - out));
  store<u32>(at, idEnd == 0 ? 0 : <u32>(idStart - out), 4);
  store<u32>(at, idEnd == 0 ? 0 : <u32>(idEnd - out), 8);
  store<u32>(at, <u32>(timeStart - out), 12);
}

/** The end of the element at `p` by brackets and quotes alone; 0 when it lies beyond the input. */
export function endOfElement(p: usize, end: usize): usize {
  let depth = 0;
  while (p < end) {
    const c = load<u8>(p++);
    if (c == QUOTE) {
      for (;;) {
        if (p >= end) return 0;
        const x = load<u8>(p++);
        if (x == BACKSLASH) p++;
        else if (x == QUOTE) break;
      }
    } else if (c == OPEN_BRACE || c == OPEN_BRACKET) depth++;
    else if (c == CLOSE_BRACE || c == CLOSE_BRACKET) {
      if (--depth <= 0) return p;
    }
  }
  return 0;
}

/** The row of the record at `p`; returns the byte after the record. Here and below, 0 means refused. */
function writeRow(p: usize): usize {
  copyBytes(head, headLength);
  U = unmappedArea;
  seen = 0;
  seenTime = false;
  idEnd = 0;
  const end = writeMembers(p, recordLevel);
  if (end == 0 || !seenTime || end - p > recordCap) return 0;
  const unmapped = U - unmappedArea;
  if (unmapped > 0) {
    if (unmapped >= columnCap) return 0;
    writePrefix(unmappedPrefix);
    store<u8>(Q++, OPEN_BRACE);
    copyBytes(unmappedArea, unmapped);
    store<u8>(Q - 1, CLOSE_BRACE); // over the last comma
  }
  store<u16>(Q, 0x2c7d); // },
  Q += 2;
  return end;
}

/** The members of the object at `p`; returns the byte after its closing brace. */
function writeMembers(p: usize, level: usize): usize {
  p = skipBlanks(p + 1);
  if (load<u8>(p) == CLOSE_BRACE) return p + 1;
  // Records of one file have the same keys in the same order, mostly: each entry remembers what followed it.
  let guess = level + LEVEL_FIRST;
  for (;;) {
    let entry = <usize>load<u32>(guess);
    const key = p;
    if (isKeyOf(p, entry)) {
      p += <usize>load<u8>(entry, ENTRY_KEY_LENGTH) + 3;
    } else {
      p = readKey(p);
      if (p == 0) return 0;
      entry = entryOf(key + 1, level);
      if (entry) store<u32>(guess, <u32>entry);
    }
    p = skipBlanks(p);
    if (entry) {
      p = writeCell(p, entry);
      guess = entry + ENTRY_NEXT;
    } else p = writeUnmapped(p, key);
    if (p == 0) return 0;
    p = skipBlanks(p);
    const c = load<u8>(p++);
    if (c == CLOSE_BRACE) return p;
    if (c != COMMA) return 0;
    p = skipBlanks(p);
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function isKeyOf(p: usize, entry: usize): bool {
  const low = i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(entry, ENTRY_KEY)));
  const high = i8x16.bitmask(i8x16.eq(v128.load(p, 16), v128.load(entry, ENTRY_KEY + 16)));
  const mask = load<u32>(entry, ENTRY_KEY_MASK);
  return ((<u32>low | (<u32>high << 16)) & mask) == mask;
}

/** Any key without escapes, and its colon: sets `keyLength`, returns the byte after the colon. */
function readKey(p: usize): usize {
  if (load<u8>(p) != QUOTE) return 0;
  const key = ++p;
  for (;;) {
    const stops = stopsAt(p);
    if (stops == 0) {
      p += 32;
      continue;
    }
    p += ctz(stops);
    const c = load<u8>(p++);
    if (c == QUOTE) break;
    if (c < 128) return 0;
    sawNonAscii = true;
  }
  keyLength = p - 1 - key;
  p = skipBlanks(p);
  return load<u8>(p) == COLON ? p + 1 : 0;
}

/** The entry of the key last read, which begins at `key`; or 0. */
function entryOf(key: usize, level: usize): usize {
  const length = keyLength;
  if (length > LONGEST_KEY) return 0;
  // The hash of KeyTable in json/keys.ts.
  const mixed =
    <u32>length +
    (<u32>load<u8>(key) << 5) +
    (<u32>load<u8>(key + (length >> 1)) << 10) +
    (<u32>load<u8>(key + length - 3) << 16) +
    (<u32>load<u8>(key + length - 1) << 22);
  const slot = load<u8>(level + <usize>((mixed * load<u32>(level, LEVEL_MULTIPLIER)) >>> 25), LEVEL_SLOTS);
  if (slot == 0) return 0;
  const entry = entries + <usize>(slot - 1) * ENTRY;
  if (<usize>load<u8>(entry, ENTRY_KEY_LENGTH) != length) return 0;
  const low = i8x16.bitmask(i8x16.eq(v128.load(key), v128.load(entry, ENTRY_KEY + 1)));
  const high = i8x16.bitmask(i8x16.eq(v128.load(key, 16), v128.load(entry, ENTRY_KEY + 17)));
  const mask = (<u32>1 << <u32>length) - 1;
  return ((<u32>low | (<u32>high << 16)) & mask) == mask ? entry : 0;
}

/** One column's cell, or the level below. */
function writeCell(p: usize, entry: usize): usize {
  const bit = load<u64>(entry, ENTRY_BIT);
  if (seen & bit) return 0; // a key twice
  seen |= bit;
  const c = load<u8>(p);
  if (c == 110) return endOfLiteral(p); // null
  const kind = load<u8>(entry, ENTRY_KIND);
  if (kind == KIND_LEVEL) return c == OPEN_BRACE ? writeLevel(p, entry) : 0;
  const start = p;
  v128.store(Q, v128.load(entry, ENTRY_PREFIX));
  v128.store(Q, v128.load(entry, ENTRY_PREFIX + 16), 16);
  v128.store(Q, v128.load(entry, ENTRY_PREFIX + 32), 32);
  Q += <usize>load<u8>(entry, ENTRY_PREFIX_LENGTH);
  if (kind == KIND_TEXT) p = copyText(p, c, entry);
  else if (kind == KIND_EVENT_ID) {
    idStart = Q + 1;
    p = copyText(p, c, entry);
    idEnd = Q - 1;
  } else if (kind == KIND_BOOLEAN) p = copyBoolean(p);
  else p = copyTime(p, kind == KIND_TIME);
  return p - start <= columnCap ? p : 0;
}

// @ts-ignore: decorator
@inline
function copyText(p: usize, c: u8, entry: usize): usize {
  if (c == QUOTE) return copyString(p);
  if (c == OPEN_BRACE || c == OPEN_BRACKET) {
    return copyNested(p, load<u8>(entry, ENTRY_WATCHED) != 0 && c == OPEN_BRACE);
  }
  return copyQuotedScalar(p);
}

/** Unmapped members of a level stay in an object of its name. */
function writeLevel(p: usize, entry: usize): usize {
  const before = U;
  v128.store(U, v128.load(entry, ENTRY_KEY)); // "key":
  v128.store(U, v128.load(entry, ENTRY_KEY + 16), 16);
  U += <usize>load<u8>(entry, ENTRY_KEY_LENGTH) + 3;
  store<u8>(U++, OPEN_BRACE);
  const start = U;
  p = writeMembers(p, <usize>load<u32>(entry, ENTRY_LEVEL));
  if (U == start) U = before;
  else {
    store<u8>(U - 1, CLOSE_BRACE); // over the last comma
    store<u8>(U++, COMMA);
  }
  return p;
}

/** A member that no column takes, with a comma behind it; nulls and empty containers are left out. */
function writeUnmapped(p: usize, key: usize): usize {
  const c = load<u8>(p);
  if (c == 110) return endOfLiteral(p);
  const rowAt = Q;
  const before = U;
  Q = U; // the copying functions write where the row is written
  copyBytes(key, keyLength + 2);
  store<u8>(Q++, COLON);
  const valueAt = Q;
  const isContainer = c == OPEN_BRACE || c == OPEN_BRACKET;
  if (c == QUOTE) p = copyString(p);
  else if (isContainer) p = copyPlain(p);
  else p = copyScalar(p);
  store<u8>(Q, COMMA);
  U = isContainer && Q - valueAt == 2 ? before : Q + 1;
  Q = rowAt;
  return p;
}

/** true or false, quoted or not. */
function copyBoolean(p: usize): usize {
  const isQuoted = load<u8>(p) == QUOTE;
  if (isQuoted) p++;
  const start = p;
  p = endOfLiteral(p);
  if (p == 0 || load<u8>(start) == 110) return 0;
  copyShort(start, p - start);
  if (!isQuoted) return p;
  return load<u8>(p) == QUOTE ? p + 1 : 0;
}

/** A time of this century as CloudTrail writes it, `"2026-11-01T00:05:00Z"` or `"20261101T000500Z"`, on a day that its month surely has. */
function copyTime(p: usize, isEventTime: bool): usize {
  let early = v128.load(p); // "2026-11-01T00:0
  let late = v128.load(p, 6); // 11-01T00:05:00Z"
  let length: usize = 22;
  if (load<u8>(p, 17) == QUOTE) {
    // The second way of writing: each byte is fetched from where it stands there, 16 being none.
    early = i8x16.swizzle(early, i8x16(0, 1, 2, 3, 4, 16, 5, 6, 16, 7, 8, 9, 10, 11, 16, 12));
    late = i8x16.swizzle(v128.load(p, 2), i8x16(3, 4, 16, 5, 6, 7, 8, 9, 16, 10, 11, 16, 12, 13, 14, 15));
    early = v128.or(early, i8x16(0, 0, 0, 0, 0, 45, 0, 0, 45, 0, 0, 0, 0, 0, 58, 0));
    late = v128.or(late, i8x16(0, 0, 45, 0, 0, 0, 0, 0, 58, 0, 0, 58, 0, 0, 0, 0));
    length = 18;
  }
  // Each byte lies in a range: minus the range's beginning, it is at most its length.
  const earlyFits = i8x16.le_u(
    i8x16.sub(early, i8x16(34, 48, 48, 48, 48, 45, 48, 48, 45, 48, 48, 84, 48, 48, 58, 48)),
    i8x16(0, 9, 9, 9, 9, 0, 1, 9, 0, 3, 9, 0, 2, 9, 0, 5),
  );
  const lateFits = i8x16.le_u(
    i8x16.sub(late, i8x16(48, 48, 45, 48, 48, 84, 48, 48, 58, 48, 48, 58, 48, 48, 90, 34)),
    i8x16(1, 9, 0, 3, 9, 0, 2, 9, 0, 5, 9, 0, 5, 9, 0, 0),
  );
  if (!i8x16.all_true(v128.and(earlyFits, lateFits))) return 0;
  v128.store(Q, early);
  v128.store(Q, late, 6);
  const month = twoDigits(Q + 6);
  const day = twoDigits(Q + 9);
  if (load<u16>(Q, 1) != 0x3032 || month < 1 || month > 12 || day < 1 || day > 31 || twoDigits(Q + 12) > 23) return 0;
  if (day > 28 && (month == 2 || (day > 30 && (month == 4 || month == 6 || month == 9 || month == 11)))) return 0;
  if (isEventTime) timeStart = Q + 1;
  Q += 22;
  if (isEventTime) {
    seenTime = true;
    writePrefix(timePrefix);
    v128.store(Q, early);
    v128.store(Q, late, 6);
    Q += 22;
  }
  return p + length;
}

// @ts-ignore: decorator
@inline
function twoDigits(p: usize): i32 {
  return <i32>load<u8>(p) * 10 + <i32>load<u8>(p, 1) - 528;
}

/** true, false, null: the byte after it. */
function endOfLiteral(p: usize): usize {
  const word = load<u32>(p);
  if (word == 0x65757274 || word == 0x6c6c756e) return p + 4;
  return word == 0x736c6166 && load<u8>(p, 4) == 101 ? p + 5 : 0;
}

/** A number or literal: the byte after it. */
function endOfScalar(p: usize): usize {
  let c = load<u8>(p);
  if (c > 57) return endOfLiteral(p);
  if (c == 45) c = load<u8>(++p);
  if (c == 48) p++;
  else if (isDigit(c)) p = endOfDigits(p);
  else return 0;
  c = load<u8>(p);
  if (c == 46) {
    if (!isDigit(load<u8>(++p))) return 0;
    p = endOfDigits(p);
    c = load<u8>(p);
  }
  if ((c | 32) == 101) {
    c = load<u8>(++p);
    if (c == 43 || c == 45) p++;
    if (!isDigit(load<u8>(p))) return 0;
    p = endOfDigits(p);
  }
  return p;
}

// @ts-ignore: decorator
@inline
function endOfDigits(p: usize): usize {
  do p++;
  while (isDigit(load<u8>(p)));
  return p;
}

// @ts-ignore: decorator
@inline
function isDigit(c: u8): bool {
  return c - 48 < 10;
}

function copyScalar(p: usize): usize {
  const start = p;
  p = endOfScalar(p);
  if (p) copyShort(start, p - start);
  return p;
}

function copyQuotedScalar(p: usize): usize {
  store<u8>(Q++, QUOTE);
  p = copyScalar(p);
  store<u8>(Q++, QUOTE);
  return p;
}

/** Of the 32 bytes at `p`, one bit for each that ends a run of plain string content: quote, backslash, control, not ASCII. */
// @ts-ignore: decorator
@inline
function stopsAt(p: usize): u32 {
  return stopsOf(v128.load(p)) | (stopsOf(v128.load(p, 16)) << 16);
}

// @ts-ignore: decorator
@inline
function stopsOf(v: v128): u32 {
  const quotes = i8x16.eq(v, i8x16.splat(34));
  const backslashes = i8x16.eq(v, i8x16.splat(92));
  // As signed numbers, bytes beyond ASCII are below 32 like the control characters.
  const others = i8x16.lt_s(v, i8x16.splat(32));
  return <u32>i8x16.bitmask(v128.or(v128.or(quotes, backslashes), others));
}

/** The string at `p`, as it is written. */
function copyString(p: usize): usize {
  let q = Q;
  store<u8>(q++, QUOTE);
  p++;
  for (;;) {
    const low = v128.load(p);
    const high = v128.load(p, 16);
    v128.store(q, low);
    v128.store(q, high, 16);
    const stops = stopsOf(low) | (stopsOf(high) << 16);
    if (stops == 0) {
      p += 32;
      q += 32;
      continue;
    }
    p += ctz(stops);
    q += ctz(stops);
    const c = load<u8>(p);
    if (c == QUOTE) {
      Q = q + 1;
      return p + 1;
    }
    let length: usize = 1;
    if (c == BACKSLASH) {
      length = escapeLength(p);
      if (length == 0) return 0;
      store<u64>(q, load<u64>(p));
    } else if (c >= 128) length = copyNonAscii(p, q);
    else return 0;
    p += length;
    q += length;
  }
  return 0;
}

/** The bytes from `p` on that are not ASCII, at most 16: their number. */
// @ts-ignore: decorator
@inline
function copyNonAscii(p: usize, q: usize): usize {
  const v = v128.load(p);
  v128.store(q, v);
  sawNonAscii = true;
  return ctz(~i8x16.bitmask(v));
}

/** The escape at `p`: its length with the backslash, or 0. */
function escapeLength(p: usize): usize {
  const c = load<u8>(p, 1);
  // Half a character: the byte engine sees whether the other half follows.
  if (c == 117 && (load<u8>(p, 2) | 32) == 100 && load<u8>(p, 3) > 55) return 0;
  if (c == 117) return isHex(p + 2) && isHex(p + 3) && isHex(p + 4) && isHex(p + 5) ? 6 : 0;
  return c == QUOTE || c == BACKSLASH || c == 47 || c == 98 || c == 102 || c == 110 || c == 114 || c == 116 ? 2 : 0;
}

// @ts-ignore: decorator
@inline
function isHex(p: usize): bool {
  const c = load<u8>(p);
  return c - 48 < 10 || (c | 32) - 97 < 6;
}

/** The container at `p` as a JSON string of its compact text. Of a watched one, cells of other columns may follow. */
function copyNested(p: usize, isWatched: bool): usize {
  const start = p;
  sawDerived = false;
  store<u8>(Q++, QUOTE);
  p = copyContainer(p, true, isWatched);
  store<u8>(Q++, QUOTE);
  if (p != 0 && sawDerived) {
    const length = derive(start, p, Q);
    if (length < 0) return 0;
    Q += length;
  }
  return p;
}

/** The container at `p` without blanks. */
function copyPlain(p: usize): usize {
  return copyContainer(p, false, false);
}

/** The container at `p` without blanks and checked; `isEscaped` as the content of a JSON string. */
// @ts-ignore: decorator
@inline
function copyContainer(p: usize, isEscaped: bool, isWatched: bool): usize {
  let q = Q;
  let containers: u64 = 0; // 1: object, 0: array; the innermost in the lowest bit
  let depth = 0;
  let isKey = false;
  let c = load<u8>(p);
  for (;;) {
    if (c == QUOTE) {
      if (isEscaped) store<u8>(q++, BACKSLASH);
      store<u8>(q++, QUOTE);
      p++;
      if (isWatched && isKey && depth == 1 && mayBeDerived(p)) sawDerived = true;
      for (;;) {
        const low = v128.load(p);
        const high = v128.load(p, 16);
        v128.store(q, low);
        v128.store(q, high, 16);
        const stops = stopsOf(low) | (stopsOf(high) << 16);
        if (stops == 0) {
          p += 32;
          q += 32;
          continue;
        }
        p += ctz(stops);
        q += ctz(stops);
        c = load<u8>(p);
        if (c == QUOTE) break;
        let length: usize = 1;
        if (c == BACKSLASH) {
          length = escapeLength(p);
          if (length == 0) return 0;
          if (isWatched && isKey) sawDerived = true;
          if (isEscaped) {
            store<u8>(q++, BACKSLASH);
            const escaped = load<u8>(p, 1);
            if (escaped == QUOTE || escaped == BACKSLASH) {
              store<u16>(q, 0x5c5c);
              store<u8>(q, escaped, 2);
              p += 2;
              q += 3;
              continue;
            }
          }
          store<u64>(q, load<u64>(p));
        } else if (c >= 128) length = copyNonAscii(p, q);
        else return 0;
        p += length;
        q += length;
      }
      p++;
      if (isEscaped) store<u8>(q++, BACKSLASH);
      store<u8>(q++, QUOTE);
      if (isKey) {
        p = skipBlanks(p);
        if (load<u8>(p) != COLON) return 0;
        store<u8>(q++, COLON);
        p = skipBlanks(p + 1);
        c = load<u8>(p);
        isKey = false;
        continue;
      }
    } else if (isKey) {
      return 0;
    } else if (c == OPEN_BRACE || c == OPEN_BRACKET) {
      if (++depth > depthCap) return 0;
      isKey = c == OPEN_BRACE;
      containers = (containers << 1) | (isKey ? 1 : 0);
      store<u8>(q++, c);
      p = skipBlanks(p + 1);
      c = load<u8>(p);
      if (c != (isKey ? CLOSE_BRACE : CLOSE_BRACKET)) continue;
    } else {
      const start = p;
      p = endOfScalar(p);
      if (p == 0) return 0;
      Q = q;
      copyShort(start, p - start);
      q = Q;
    }
    // A value has ended, or an empty container is about to.
    for (;;) {
      p = skipBlanks(p);
      c = load<u8>(p++);
      store<u8>(q++, c);
      if (c == COMMA) break;
      if (c != ((containers & 1) != 0 ? CLOSE_BRACE : CLOSE_BRACKET)) return 0;
      containers >>= 1;
      if (--depth == 0) {
        Q = q;
        return p;
      }
    }
    p = skipBlanks(p);
    isKey = (containers & 1) != 0;
    c = load<u8>(p);
  }
  return 0;
}

/** By the first four letters; other keys that begin alike only cost time. */
// @ts-ignore: decorator
@inline
function mayBeDerived(key: usize): bool {
  const four = i32x4.splat(load<u32>(key));
  return v128.any_true(
    v128.or(i32x4.eq(four, v128.load(watchedKeys)), i32x4.eq(four, v128.load(watchedKeys, 16))),
  );
}

// @ts-ignore: decorator
@inline
function skipBlanks(p: usize): usize {
  while (load<u8>(p) <= 32 && isBlank(load<u8>(p))) p++;
  return p;
}

// @ts-ignore: decorator
@inline
function isBlank(c: u8): bool {
  return c == 32 || c == 10 || c == 13 || c == 9;
}

/** Writes the prefix at `at`: u8 length, then the text. */
function writePrefix(at: usize): void {
  copyBytes(at + 1, <usize>load<u8>(at));
}

/** For lengths that are mostly small: a call of `memory.copy` costs more than a few vectors. Writes up to 15 bytes more. */
function copyBytes(from: usize, length: usize): void {
  for (let done: usize = 0; done < length; done += 16) v128.store(Q + done, v128.load(from + done));
  Q += length;
}

// @ts-ignore: decorator
@inline
function copyShort(from: usize, length: usize): void {
  v128.store(Q, v128.load(from));
  if (length > 16) copyBytes(from, length);
  else Q += length;
}
