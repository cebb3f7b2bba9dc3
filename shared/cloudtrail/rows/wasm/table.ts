import { columns } from '../../columns.ts';

/** Kinds of entries, as `wasm/rows.ts` knows them. */
const kinds = { text: 1, json: 1, boolean: 2, level: 3, datetime: 4, time: 5 } as const;

/** Sizes and offsets of the table's parts, as `wasm/rows.ts` reads them. */
const entryBytes = 128;
const entryKeyAt = 32;
const entryPrefixAt = 64;
const levelBytes = 512;
const levelSlotsAt = 256;

interface Entry {
  readonly key: string;
  readonly kind: number;
  readonly prefix: string;
  /** Index of the level below, or 0. */
  readonly level: number;
  readonly isWatched: boolean;
}

/** Where the parts lie in the module's memory. */
export interface TableLayout {
  readonly recordLevelAt: number;
  readonly entriesAt: number;
  readonly timePrefixAt: number;
  readonly unmappedPrefixAt: number;
  readonly endsAt: number;
  /** Known objects inside one another, the record included. */
  readonly depth: number;
}

/** Writes the column table in the form the module reads, from `at` on. */
export function writeTable(memory: Uint8Array, at: number): TableLayout {
  const levels = levelsOf([]);
  const recordLevelAt = at;
  const entriesAt = recordLevelAt + levels.length * levelBytes;
  let entryCount = 0;
  for (const [index, level] of levels.entries()) {
    const levelAt = recordLevelAt + index * levelBytes;
    const first = entryCount;
    for (const entry of level)
      writeEntry(memory, entriesAt + entryCount * entryBytes, entry, entryCount++, recordLevelAt);
    const { multiplier, slots } = placeKeys(level.map(({ key }) => key));
    writeNumber(memory, levelAt, multiplier);
    writeNumber(memory, levelAt + 4, entriesAt + first * entryBytes);
    for (const [slot, entry] of slots) memory[levelAt + levelSlotsAt + slot] = first + entry + 1;
  }
  const timePrefixAt = entriesAt + entryCount * entryBytes;
  const unmappedPrefixAt = timePrefixAt + 64;
  writePrefix(memory, timePrefixAt, ',"EventTime":');
  writePrefix(memory, unmappedPrefixAt, ',"UnmappedFields":');
  const depth = Math.max(...columns.map(({ source }) => source.length));
  return { recordLevelAt, entriesAt, timePrefixAt, unmappedPrefixAt, endsAt: unmappedPrefixAt + 64, depth };
}

/** The levels of the record, the record itself first: each the entries of one known object. */
function levelsOf(path: readonly string[], found: Entry[][] = []): readonly Entry[][] {
  const own: Entry[] = [];
  found.push(own);
  const inside = columns.filter(
    ({ name, kind, source }) =>
      kind !== 'derived' &&
      name !== 'EventTime' &&
      source.length > path.length &&
      path.every((key, depth) => source[depth] === key),
  );
  for (const key of new Set(inside.map(({ source }) => source[path.length] ?? ''))) {
    const column = inside.find(({ source }) => source.length === path.length + 1 && source[path.length] === key);
    if (column) {
      own.push({
        key,
        kind:
          column.name === 'TimeGenerated' ? kinds.time : kinds[column.kind as 'text' | 'json' | 'boolean' | 'datetime'],
        prefix: `,"${column.name}":`,
        level: 0,
        isWatched: columns.some(({ kind, source }) => kind === 'derived' && source[0] === key),
      });
    } else {
      own.push({ key, kind: kinds.level, prefix: '', level: found.length, isWatched: false });
      levelsOf([...path, key], found);
    }
  }
  return found;
}

function writeEntry(memory: Uint8Array, at: number, entry: Entry, bit: number, recordLevelAt: number): void {
  const key = Buffer.from(`"${entry.key}":`);
  const prefix = Buffer.from(entry.prefix);
  const keyLength = key.length - 3;
  // The module compares 32 bytes of key and copies 48 of prefix; a longer name needs a wider entry there.
  if (keyLength < 3 || key.length > 32 || prefix.length > 48 || bit > 63) {
    throw new RangeError(`the row module has no room for ${entry.key} -> ${entry.prefix}`);
  }
  memory.set([keyLength, entry.kind, prefix.length, entry.isWatched ? 1 : 0], at);
  writeNumber(memory, at + 4, entry.level === 0 ? 0 : recordLevelAt + entry.level * levelBytes);
  writeNumber(memory, at + 8, at);
  writeNumber(memory, at + 12, 2 ** key.length - 1);
  writeNumber(memory, at + 16, bit < 32 ? 2 ** bit : 0);
  writeNumber(memory, at + 20, bit < 32 ? 0 : 2 ** (bit - 32));
  memory.set(key, at + entryKeyAt);
  memory.set(prefix, at + entryPrefixAt);
}

function writeNumber(memory: Uint8Array, at: number, value: number): void {
  memory.set([value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24], at);
}

function writePrefix(memory: Uint8Array, at: number, text: string): void {
  memory[at] = text.length;
  memory.set(Buffer.from(text), at + 1);
}

/** A multiplier under which the hash of the module keeps these keys apart. */
function placeKeys(keys: readonly string[]): { multiplier: number; slots: ReadonlyMap<number, number> } {
  const hashed = keys.map((key) => {
    const quoted = Buffer.from(`"${key}"    `);
    return (quoted.readUInt32LE(1) + Math.imul(quoted.readUInt32LE(1 + key.length - 4), 31) + key.length) | 0;
  });
  for (let odd = 1; odd < 1 << 20; odd += 2) {
    const multiplier = Math.imul(odd, 0x9e3779b1) >>> 0;
    const slots = new Map(hashed.map((hash, index) => [Math.imul(hash, multiplier) >>> 25, index] as const));
    if (slots.size === keys.length) return { multiplier, slots };
  }
  throw new RangeError(`no multiplier keeps these keys apart: ${keys.join(', ')}`);
}
