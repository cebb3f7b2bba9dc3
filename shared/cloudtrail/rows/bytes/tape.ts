import { columns } from '../../columns.ts';
import {
  closeBrace,
  closeBracket,
  colonEnd,
  comma,
  openBrace,
  openBracket,
  quote,
  skipBlanks,
  stringEnd,
  valueEnd,
} from '../../json/bytes.ts';
import { stringOf } from '../../json/text.ts';
import { deriveCells, derivedFromColumn } from '../derived.ts';
import { derivedMembers, knownLevels, type Level, type Member, recordLevel } from '../levels.ts';
import { isPlainTime, readTime } from '../time.ts';

/** What an entry of the list of unmapped members is. */
export const unmappedMember = 1;
/** A known object begins; its key is what the entry holds. */
export const unmappedOpen = 2;
export const unmappedClose = 3;
const unmappedErased = 0;

const derivedColumns = columns.flatMap((column, index) => (column.kind === 'derived' ? [index] : []));

const noNesting = new Uint8Array(0);

/** Nothing is remembered in it between two calls, so all tapes of a depth share one. */
const scratches = new Map<number, readonly Uint8Array[]>();

function scratchOf(depthCap: number): readonly Uint8Array[] {
  const known = scratches.get(depthCap);
  if (known !== undefined) return known;
  const nesting = new Uint8Array(depthCap);
  const scratch = Array.from({ length: 8 }, (_, depth) => nesting.subarray(depth));
  scratches.set(depthCap, scratch);
  return scratch;
}

/**
 * Reads one record in one pass: validates it, and notes where the value of every column lies and which members no
 * column takes. Nothing is copied. Of equal keys the last counts, as in every JSON reader; the earlier ones stay
 * members that no column takes, so that nothing is lost.
 */
export class RecordTape {
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the record starts in `bytes`. */
  start = 0;
  /** Per column, where its value starts, or -1. Strings include their quotes. */
  readonly starts: Int32Array = new Int32Array(columns.length);
  readonly ends: Int32Array = new Int32Array(columns.length);
  /** Three numbers per entry: what it is, where it starts, where it ends. A member starts at its key's quote. */
  unmapped: Int32Array = new Int32Array(3 * 64);
  unmappedLength = 0;
  /** Upper bound of the text of all unmapped members. */
  unmappedBytes = 0;
  /** The longest value of a column, as it stands in the source. */
  longestValue = 0;
  readonly #keyStarts = new Int32Array(columns.length);
  /** Per known object, four numbers about the one last read: key, end, first and last entry; key -1 when there is none. */
  readonly #objects = new Int32Array(4 * knownLevels);
  /** Per depth of a known object, scratch for `containerEnd` with as many levels as are still allowed there. */
  readonly #nesting: readonly Uint8Array[];

  constructor(depthCap: number) {
    this.#nesting = scratchOf(depthCap);
  }

  /** `at` is the record's opening brace. Answers the position after it; -1 when it is invalid, too deep or unfinished. */
  read(bytes: Uint8Array, at: number): number {
    this.bytes = bytes;
    this.start = at;
    this.starts.fill(-1);
    this.#objects.fill(-1);
    this.unmappedLength = 0;
    this.unmappedBytes = 0;
    this.longestValue = 0;
    return this.#object(at, recordLevel);
  }

  #object(at: number, level: Level): number {
    const bytes = this.bytes;
    at++;
    let byte = bytes[at] ?? 0;
    if (byte <= 0x20) {
      at = skipBlanks(bytes, at);
      byte = bytes[at] ?? 0;
    }
    if (byte === closeBrace) return at + 1;
    for (;;) {
      if (byte !== quote) return -1;
      const key = at;
      at = stringEnd(bytes, at + 1);
      if (at < 0) return -1;
      const member = level.members.find(bytes, key + 1, at - 1);
      const keyEnd = at;
      at = colonEnd(bytes, at);
      if (at < 0) return -1;
      if (member === undefined) {
        const start = at;
        at = this.#value(at, level.depth);
        if (at < 0) return -1;
        this.#leave(key, start, at);
      } else if (member.level === undefined) {
        at = this.#column(member, key, at, level.depth);
      } else {
        at = this.#knownObject(member.level, key, keyEnd, at, level.depth);
      }
      if (at < 0) return -1;
      byte = bytes[at] ?? 0;
      if (byte <= 0x20) {
        at = skipBlanks(bytes, at);
        byte = bytes[at] ?? 0;
      }
      at++;
      if (byte === closeBrace) return at;
      if (byte !== comma) return -1;
      byte = bytes[at] ?? 0;
      if (byte <= 0x20) {
        at = skipBlanks(bytes, at);
        byte = bytes[at] ?? 0;
      }
    }
  }

  #value(at: number, depth: number): number {
    return valueEnd(this.bytes, at, this.#nesting[depth] ?? noNesting);
  }

  #column(member: Member, key: number, start: number, depth: number): number {
    const column = member.column;
    if ((this.starts[column] ?? 0) >= 0) this.#evictColumn(column);
    const isLookedInto = column === derivedFromColumn && this.bytes[start] === openBrace;
    const end = isLookedInto ? this.#derivedFrom(start, depth + 1) : this.#value(start, depth);
    if (end < 0 || this.bytes[start] === 0x6e) return end;
    if (member.kind === 'boolean' && booleanAt(this.bytes, start, end) === undefined) {
      this.#leave(key, start, end);
    } else if (member.kind === 'datetime' && !isTimeAt(this.bytes, start, end)) {
      this.#leave(key, start, end);
    } else {
      this.#keyStarts[column] = key;
      this.#set(column, start, end);
    }
    return end;
  }

  #knownObject(level: Level, key: number, keyEnd: number, start: number, depth: number): number {
    const state = 4 * level.index;
    if ((this.#objects[state] ?? -1) >= 0) this.#evictObject(level);
    if (this.bytes[start] !== openBrace) {
      const end = this.#value(start, depth);
      if (end >= 0) this.#leave(key, start, end);
      return end;
    }
    for (const inside of level.inside) this.#objects[4 * inside] = -1;
    const first = this.unmappedLength;
    this.#addEntry(unmappedOpen, key, keyEnd);
    const end = this.#object(start, level);
    if (this.unmappedLength === first + 3) this.unmappedLength = first;
    else this.#addEntry(unmappedClose, 0, 0);
    this.#objects[state] = key;
    this.#objects[state + 1] = end;
    this.#objects[state + 2] = first;
    this.#objects[state + 3] = this.unmappedLength;
    return end;
  }

  #set(column: number, start: number, end: number): void {
    this.starts[column] = start;
    this.ends[column] = end;
    if (end - start > this.longestValue) this.longestValue = end - start;
  }

  /** The object from which other columns are derived: looked into again only when it has a member worth it, which is rare. */
  #derivedFrom(start: number, depth: number): number {
    const bytes = this.bytes;
    let isWorthIt = false;
    let at = skipBlanks(bytes, start + 1);
    if (bytes[at] === closeBrace) return at + 1;
    for (;;) {
      if (bytes[at] !== quote) return -1;
      const key = at;
      at = stringEnd(bytes, at + 1);
      if (at < 0) return -1;
      isWorthIt ||= derivedMembers.find(bytes, key + 1, at - 1) === true;
      at = colonEnd(bytes, at);
      if (at < 0) return -1;
      at = this.#value(at, depth);
      if (at < 0) return -1;
      if ((bytes[at] ?? 0) <= 0x20) at = skipBlanks(bytes, at);
      const byte = bytes[at++] ?? 0;
      if (byte === closeBrace) break;
      if (byte !== comma) return -1;
      if ((bytes[at] ?? 0) <= 0x20) at = skipBlanks(bytes, at);
    }
    if (isWorthIt) {
      const nesting = this.#nesting[depth] ?? noNesting;
      for (const cell of deriveCells(bytes, start, nesting)) this.#set(cell.column, cell.start, cell.end);
    }
    return at;
  }

  /** Notes a member that no column takes; null, `{}` and `[]` say nothing and are left out. */
  #leave(key: number, start: number, end: number): void {
    const first = this.bytes[start] ?? 0;
    if (first === 0x6e) return;
    if (first === openBrace || first === openBracket) {
      const next = this.bytes[skipBlanks(this.bytes, start + 1)];
      if (next === (first === openBrace ? closeBrace : closeBracket)) return;
    }
    this.#addEntry(unmappedMember, key, end);
  }

  #addEntry(what: number, start: number, end: number): void {
    const at = this.unmappedLength;
    if (at === this.unmapped.length) {
      const larger = new Int32Array(2 * at);
      larger.set(this.unmapped);
      this.unmapped = larger;
    }
    this.unmapped[at] = what;
    this.unmapped[at + 1] = start;
    this.unmapped[at + 2] = end;
    this.unmappedLength = at + 3;
    this.unmappedBytes += end - start + 4;
  }

  #evictColumn(column: number): void {
    const key = this.#keyStarts[column] ?? 0;
    this.#leave(key, this.starts[column] ?? 0, this.ends[column] ?? 0);
    this.starts[column] = -1;
    if (column === derivedFromColumn) {
      for (const each of derivedColumns) this.starts[each] = -1;
    }
  }

  /** A second object under the same key: what was read of the first becomes one unmapped member. */
  #evictObject(level: Level): void {
    const state = 4 * level.index;
    const [key = 0, end = 0, first = 0, last = 0] = this.#objects.subarray(state, state + 4);
    for (const column of level.columns) this.starts[column] = -1;
    for (let entry = first; entry < last; entry += 3) this.unmapped[entry] = unmappedErased;
    this.#objects[state] = -1;
    this.#leave(key, colonEnd(this.bytes, stringEnd(this.bytes, key + 1)), end);
  }
}

/** A boolean, also as the text `true`, `True`, `false` or `False`; undefined for anything else. */
export function booleanAt(bytes: Uint8Array, start: number, end: number): boolean | undefined {
  const first = bytes[start] ?? 0;
  if (first === 0x74) return true;
  if (first === 0x66) return false;
  if (first !== quote || end - start > 64) return undefined;
  const text = stringOf(bytes, start, end);
  if (text === 'true' || text === 'True') return true;
  return text === 'false' || text === 'False' ? false : undefined;
}

function isTimeAt(bytes: Uint8Array, start: number, end: number): boolean {
  if (isPlainTime(bytes, start, end)) return true;
  return bytes[start] === quote && end - start < 256 && readTime(stringOf(bytes, start, end)) !== undefined;
}
