import { columns } from '../../columns.ts';
import { derivedFromColumn, derivedKeys } from '../derived.ts';
import {
  eventIdColumn,
  eventTimeColumn,
  type Level,
  type Member,
  recordLevel,
  timeColumn,
  unmappedColumn,
} from '../levels.ts';

/** Kinds of entries, as the module knows them. */
const kinds = { text: 1, boolean: 2, object: 3, datetime: 4, time: 5, eventId: 6 } as const;

/** Sizes and offsets of the table's parts, as the module reads them. */
const entryBytes = 128;
const entryKeyAt = 32;
const entryPrefixAt = 64;
const levelBytes = 512;
const levelSlotsAt = 256;
const prefixBytes = 64;
const watchedKeys = 8;

/** Where the parts lie in the module's memory. */
export interface TableLayout {
  readonly recordLevelAt: number;
  readonly entriesAt: number;
  readonly timePrefixAt: number;
  readonly unmappedPrefixAt: number;
  readonly watchedAt: number;
  readonly endsAt: number;
  /** Known objects inside one another, the record included. */
  readonly depth: number;
}

/** Writes the column table in the form the module reads, from `at` on. @throws RangeError for what the module has no room for */
export function writeTable(memory: Uint8Array, at: number): TableLayout {
  const levels = levelsIn(recordLevel);
  const levelAt = (level: Level) => at + level.index * levelBytes;
  const entriesAt = at + levels.length * levelBytes;
  let entries = 0;
  for (const level of levels) {
    writeNumber(memory, levelAt(level), level.members.multiplier);
    writeNumber(memory, levelAt(level) + 4, entriesAt + entries * entryBytes);
    for (const [key, member] of level.members.members) {
      writeEntry(memory, entriesAt + entries * entryBytes, entries, key, member);
      if (member.level !== undefined) writeNumber(memory, entriesAt + entries * entryBytes + 4, levelAt(member.level));
      memory[levelAt(level) + levelSlotsAt + level.members.slotOf(key)] = ++entries;
    }
  }
  const timePrefixAt = entriesAt + entries * entryBytes;
  const unmappedPrefixAt = timePrefixAt + prefixBytes;
  const watchedAt = unmappedPrefixAt + prefixBytes;
  writePrefix(memory, timePrefixAt, prefixOf(eventTimeColumn));
  writePrefix(memory, unmappedPrefixAt, prefixOf(unmappedColumn));
  writeWatched(memory, watchedAt);
  const depth = Math.max(...levels.map((level) => level.depth));
  return {
    recordLevelAt: at,
    entriesAt,
    timePrefixAt,
    unmappedPrefixAt,
    watchedAt,
    endsAt: watchedAt + 4 * watchedKeys,
    depth,
  };
}

/** A level and all below it, by index. */
function levelsIn(level: Level): Level[] {
  const below = [...level.members.members.values()].flatMap((member) =>
    member.level === undefined ? [] : levelsIn(member.level),
  );
  return [level, ...below].sort((one, other) => one.index - other.index);
}

function writeEntry(memory: Uint8Array, at: number, bit: number, key: string, member: Member): void {
  const quoted = Buffer.from(`"${key}":`);
  const prefix = Buffer.from(member.level === undefined ? prefixOf(member.column) : '');
  const keyLength = quoted.length - 3;
  // The module compares 32 bytes of key and copies 48 of prefix; a longer name needs a wider entry there.
  if (keyLength < 3 || quoted.length > 32 || prefix.length > 48 || bit > 63) {
    throw new RangeError(`the row module has no room for ${key} -> ${prefix}`);
  }
  memory.set([keyLength, kindOf(member), prefix.length, member.column === derivedFromColumn ? 1 : 0], at);
  writeNumber(memory, at + 8, at);
  writeNumber(memory, at + 12, 2 ** quoted.length - 1);
  writeNumber(memory, at + 16, bit < 32 ? 2 ** bit : 0);
  writeNumber(memory, at + 20, bit < 32 ? 0 : 2 ** (bit - 32));
  memory.set(quoted, at + entryKeyAt);
  memory.set(prefix, at + entryPrefixAt);
}

function kindOf({ column, kind }: Member): number {
  if (column === timeColumn) return kinds.time;
  return column === eventIdColumn ? kinds.eventId : kinds[kind];
}

/** The first four bytes of each key worth a look, its closing quote included; free places repeat the last. */
function writeWatched(memory: Uint8Array, at: number): void {
  const starts = [...new Set(derivedKeys.map((key) => Buffer.from(`${key}"`).subarray(0, 4).toString('latin1')))];
  if (starts.length > watchedKeys || starts.some((start) => start.length < 4)) {
    throw new RangeError(`the row module has no room for the keys of derived columns: ${derivedKeys.join(', ')}`);
  }
  for (let index = 0; index < watchedKeys; index++) {
    memory.set(Buffer.from(starts[Math.min(index, starts.length - 1)] ?? '', 'latin1'), at + 4 * index);
  }
}

function prefixOf(column: number): string {
  return `,"${columns[column]?.name}":`;
}

function writePrefix(memory: Uint8Array, at: number, text: string): void {
  memory[at] = text.length;
  memory.set(Buffer.from(text), at + 1);
}

function writeNumber(memory: Uint8Array, at: number, value: number): void {
  memory.set([value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24], at);
}
