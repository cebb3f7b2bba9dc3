import { columns } from '../../columns.ts';
import { openBrace } from '../../json/bytes.ts';
import { JsonTokens } from '../../json/tokens.ts';
import { type Level, type Member, recordLevel } from '../levels.ts';
import { KeptValue } from './keptValue.ts';

/** Of what a skim keeps: enough for every column of an ordinary record, whatever the size of the one being skimmed. */
const keptBytesCap = 512 * 1024;

/** Members that no column takes may fill no more than this, so that room stays for those that one does. */
const unmappedBytesCap = 128 * 1024;

/** A value is not shortened below this. */
const leastValueBytes = 512;

const keyBytesCap = 1024;

/**
 * Reads through one record that is too large or too deep to be held, in pieces, and keeps a reduced record: members
 * that have a column and members that have none, each whole or shortened to its beginning and end. Memory is bounded.
 */
export class StubSkim {
  /** Columns whose value was cut. */
  readonly shortened = new Set<string>();
  /** Members for which there was no room at all. */
  lostMembers = 0;
  isObject = false;
  readonly #tokens = new JsonTokens();
  readonly #valueBytesCap: number;
  readonly #value: KeptValue;
  readonly #depthCap: number;
  #kept = Buffer.allocUnsafe(4096);
  #keptLength = 0;
  /** Known objects that are open; the innermost last. */
  readonly #levels: Level[] = [];
  #phase: 'key' | 'value' | 'inside-value' | 'after-value' = 'value';
  #key = Buffer.alloc(keyBytesCap);
  #keyLength = 0;
  #member: Member | undefined;
  #memberMark = 0;
  #isTooDeep = false;
  #needsComma = false;

  constructor(valueBytesCap: number, depthCap: number) {
    this.#valueBytesCap = valueBytesCap;
    this.#value = new KeptValue(valueBytesCap);
    this.#depthCap = depthCap;
  }

  get done(): boolean {
    return this.#tokens.done;
  }

  get isInvalid(): boolean {
    return this.#tokens.token === 'invalid';
  }

  /** The reduced record, or the reduced value when the record is no object. */
  get reduced(): Uint8Array {
    // A number does not say by itself that it has ended.
    if (this.#phase === 'inside-value' && this.#levels.length === 0) this.#endValue();
    return this.#kept.subarray(0, this.#keptLength);
  }

  /** Takes bytes until the record or the piece ends, or a byte is invalid; answers the position reached. */
  take(piece: Uint8Array, at: number, end: number): number {
    while (at < end && !this.#tokens.done) {
      if (this.#phase === 'inside-value') {
        at = this.#insideValue(piece, at, end);
      } else {
        at = this.#tokens.advance(piece, at, end);
        if (this.#tokens.token !== 'invalid') this.#part(piece, this.#tokens.tokenStart, at);
      }
      if (this.#tokens.token === 'invalid') break;
    }
    return at;
  }

  /** Tokens without blanks between them are kept together, up to the one at which something is left out: a value may consist of millions. */
  #insideValue(piece: Uint8Array, at: number, end: number): number {
    const tokens = this.#tokens;
    const outside = this.#levels.length;
    let from = at;
    while (at < end) {
      const before = at;
      at = tokens.advance(piece, at, end);
      if (tokens.token === 'invalid') return at;
      if (tokens.tokenStart > before) {
        this.#value.add(piece.subarray(from, before));
        from = tokens.tokenStart;
      }
      if (tokens.depth > this.#depthCap) this.#isTooDeep = true;
      if (tokens.depth === outside && (tokens.token === 'scalar' || tokens.token === 'close')) {
        this.#value.add(piece.subarray(from, at));
        this.#endValue();
        return at;
      }
      if (at - from > this.#value.room) {
        this.#value.add(piece.subarray(from, at));
        from = at;
      }
    }
    this.#value.add(piece.subarray(from, at));
    return at;
  }

  /** One token, or what of it lies in this piece. */
  #part(piece: Uint8Array, start: number, end: number): void {
    if (start === end && this.#tokens.token === 'partial') return;
    switch (this.#phase) {
      case 'key':
        this.#keyPart(piece, start, end);
        break;
      case 'value':
        this.#beginValue(piece, start, end);
        break;
      case 'after-value':
        if (this.#tokens.token === 'close') this.#closeObject();
        else this.#phase = 'key';
        break;
    }
  }

  #keyPart(piece: Uint8Array, start: number, end: number): void {
    const token = this.#tokens.token;
    if (token === 'close') {
      this.#closeObject();
    } else if (token === 'colon') {
      const isWhole = this.#keyLength <= keyBytesCap;
      const level = this.#levels.at(-1) ?? recordLevel;
      this.#member = isWhole ? level.members.find(this.#key, 1, this.#keyLength - 1) : undefined;
      this.#phase = 'value';
    } else {
      if (this.#keyLength + end - start <= keyBytesCap) this.#key.set(piece.subarray(start, end), this.#keyLength);
      this.#keyLength += end - start;
    }
  }

  #beginValue(piece: Uint8Array, start: number, end: number): void {
    this.#memberMark = this.#keptLength;
    this.#isTooDeep = false;
    if (this.#levels.length > 0) {
      if (this.#needsComma) this.#keep(',');
      this.#keep(this.#key.subarray(0, Math.min(this.#keyLength, keyBytesCap)));
      this.#keep(':');
    }
    const level = this.#levels.length === 0 ? recordLevel : this.#member?.level;
    const hasRoom = this.#keyLength <= keyBytesCap && this.#keptLength <= keptBytesCap;
    if (level !== undefined && piece[start] === openBrace && hasRoom) {
      this.isObject = true;
      this.#levels.push(level);
      this.#keep('{');
      this.#needsComma = false;
      this.#expect('key');
    } else {
      this.#phase = 'inside-value';
      this.#value.reset();
      this.#valuePart(piece, start, end);
    }
  }

  #valuePart(piece: Uint8Array, start: number, end: number): void {
    const tokens = this.#tokens;
    this.#isTooDeep ||= tokens.depth > this.#depthCap;
    this.#value.add(piece.subarray(start, end));
    if (tokens.depth === this.#levels.length && (tokens.token === 'scalar' || tokens.token === 'close'))
      this.#endValue();
  }

  #endValue(): void {
    const isMapped = (this.#member?.column ?? -1) >= 0;
    const mostBytes = isMapped ? keptBytesCap : unmappedBytesCap;
    // A part of what is left: the first values, however large, leave room for all others.
    const share = Math.max(leastValueBytes, (mostBytes - this.#keptLength) >> 3);
    const { json, isCut } = this.#value.finish(Math.min(this.#valueBytesCap, share), this.#isTooDeep);
    this.#keep(json);
    if (this.#levels.length > 0 && (this.#keptLength > mostBytes || this.#keyLength > keyBytesCap)) {
      this.#keptLength = this.#memberMark;
      this.lostMembers++;
    } else {
      if (isCut) this.shortened.add(columns[this.#member?.column ?? -1]?.name ?? 'UnmappedFields');
      this.#needsComma = true;
    }
    this.#expect('after-value');
  }

  #closeObject(): void {
    this.#keep('}');
    this.#levels.pop();
    this.#needsComma = true;
    this.#expect('after-value');
  }

  #expect(phase: 'key' | 'after-value'): void {
    this.#phase = phase;
    this.#keyLength = 0;
    this.#member = undefined;
  }

  #keep(part: Uint8Array | string): void {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    if (this.#keptLength + bytes.length > this.#kept.length) {
      const larger = Buffer.allocUnsafe(2 * (this.#keptLength + bytes.length));
      this.#kept.copy(larger, 0, 0, this.#keptLength);
      this.#kept = larger;
    }
    this.#kept.set(bytes, this.#keptLength);
    this.#keptLength += bytes.length;
  }
}
