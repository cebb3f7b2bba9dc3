import { backslash, hexAt } from './bytes.ts';

interface Entry<Value> {
  readonly key: Uint8Array;
  readonly value: Value;
}

const slotBits = 7;

/** Of one byte of a key: `\u0061`. */
const longestEscape = 6;

/** What follows a backslash, and what it means. */
const escapes: Uint8Array = new Uint8Array(256);
for (const [letter, meaning] of Object.entries({
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
})) {
  escapes[letter.charCodeAt(0)] = meaning.charCodeAt(0);
}

/**
 * Finds what belongs to a key by the bytes of the key as they stand in the source. The hash has no collisions among
 * its own keys, so one comparison decides; a key written with escapes is decoded first. The row module finds keys by
 * the same hash, in a copy of these slots.
 */
export class KeyTable<Value> {
  readonly #byName: ReadonlyMap<string, Value>;
  readonly #slots: readonly (Entry<Value> | undefined)[];
  /** Makes the hash free of collisions among these keys. */
  readonly multiplier: number;
  /** A key with escapes, decoded: as long as the longest of the table. */
  readonly #decoded: Uint8Array;

  constructor(members: ReadonlyMap<string, Value>) {
    this.#byName = members;
    const entries = [...members].map(([key, value]) => ({ key: Buffer.from(key), value }));
    if (entries.some(({ key }) => key.some((byte) => byte >= 0x80))) {
      throw new RangeError(`keys of a table are ASCII; got ${[...members.keys()]}`);
    }
    this.#decoded = new Uint8Array(Math.max(0, ...entries.map(({ key }) => key.length)));
    for (let multiplier = 0x9e3779b1; ; multiplier += 2) {
      const slots = placeAll(entries, multiplier);
      if (slots !== undefined) {
        this.#slots = slots;
        this.multiplier = multiplier;
        return;
      }
      if (multiplier > 0x9e3979b1) throw new RangeError(`no hash keeps these keys apart: ${[...members.keys()]}`);
    }
  }

  /** Keys and what belongs to them, in the order they were given. */
  get members(): ReadonlyMap<string, Value> {
    return this.#byName;
  }

  /** Which of 128 slots a key of this table lies in. */
  slotOf(key: string): number {
    const bytes = Buffer.from(key);
    return hash(bytes, 0, bytes.length, this.multiplier);
  }

  /** `start` and `end` are those of the key without its quotes. */
  find(bytes: Uint8Array, start: number, end: number): Value | undefined {
    const length = end - start;
    const entry = this.#slots[hash(bytes, start, length, this.multiplier)];
    if (entry !== undefined && isSame(entry.key, bytes, start, length)) return entry.value;
    if (length > longestEscape * this.#decoded.length) return undefined;
    for (let at = start; at < end; at++) {
      if (bytes[at] === backslash) return this.#findEscaped(bytes, start, end);
    }
    return undefined;
  }

  /** Decodes by hand, and no further than the longest key goes: a file may consist of such keys. */
  #findEscaped(bytes: Uint8Array, start: number, end: number): Value | undefined {
    const decoded = this.#decoded;
    let length = 0;
    for (let at = start; at < end; length++) {
      if (length === decoded.length) return undefined;
      let unit = bytes[at++] ?? 0;
      if (unit === backslash) {
        const letter = bytes[at++] ?? 0;
        unit = escapes[letter] ?? 0;
        if (letter === 0x75) {
          unit = hexAt(bytes, at, 4);
          at += 4;
        }
      }
      if (unit >= 0x80) return undefined;
      decoded[length] = unit;
    }
    const entry = this.#slots[hash(decoded, 0, length, this.multiplier)];
    return entry !== undefined && isSame(entry.key, decoded, 0, length) ? entry.value : undefined;
  }
}

function placeAll<Value>(
  entries: readonly Entry<Value>[],
  multiplier: number,
): (Entry<Value> | undefined)[] | undefined {
  const slots = new Array<Entry<Value> | undefined>(1 << slotBits).fill(undefined);
  for (const entry of entries) {
    const slot = hash(entry.key, 0, entry.key.length, multiplier);
    if (slots[slot] !== undefined) return undefined;
    slots[slot] = entry;
  }
  return slots;
}

/** Of the length and four bytes: CloudTrail has three keys of nine letters that start `event` and end in `e`. */
function hash(bytes: Uint8Array, start: number, length: number, multiplier: number): number {
  const first = bytes[start] ?? 0;
  const middle = bytes[start + (length >> 1)] ?? 0;
  const nearEnd = bytes[start + length - 3] ?? 0;
  const last = bytes[start + length - 1] ?? 0;
  return (
    Math.imul(length + (first << 5) + (middle << 10) + (nearEnd << 16) + (last << 22), multiplier) >>> (32 - slotBits)
  );
}

function isSame(key: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (key.length !== length) return false;
  for (let at = 0; at < length; at++) {
    if (key[at] !== bytes[start + at]) return false;
  }
  return true;
}
