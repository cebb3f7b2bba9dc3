import {
  backslash,
  closeBrace,
  closeBracket,
  colon,
  comma,
  endsPlainRun,
  isBlank,
  isDigit,
  isEscapeLetter,
  isHexDigit,
  openBrace,
  openBracket,
  quote,
} from './bytes.ts';

/** What ended at the position `advance` answered. */
export type Token = 'partial' | 'invalid' | 'open' | 'close' | 'comma' | 'colon' | 'key' | 'scalar';

/** What may come next. */
type Expectation = 'value' | 'value-or-close' | 'key' | 'key-or-close' | 'colon' | 'comma-or-close' | 'nothing';

/** Where inside a token the last piece ended. */
type Inside =
  | 'none'
  | 'string'
  | 'escape'
  | 'hex'
  | 'literal'
  | 'minus'
  | 'zero'
  | 'integer'
  | 'point'
  | 'fraction'
  | 'exponent'
  | 'exponent-sign'
  | 'exponent-digits';

/**
 * Reads one JSON value token by token from pieces of any size, strictly (RFC 8259) and without recursion. Memory does
 * not depend on the value's length, and is one bit per level of nesting.
 */
export class JsonTokens {
  /** Start in the last piece of the token, or of the part of it that lies there. */
  tokenStart = 0;
  /** Containers open after the last token. */
  depth = 0;
  token: Token = 'partial';
  #expected: Expectation = 'value';
  #inside: Inside = 'none';
  #stringIsKey = false;
  #hexDigitsLeft = 0;
  #literal = '';
  #literalAt = 0;
  /** One bit per open container, 1 for an object. */
  #nesting: Uint8Array = new Uint8Array(64);

  /** Begins another value. */
  reset(): void {
    this.depth = 0;
    this.token = 'partial';
    this.#expected = 'value';
    this.#inside = 'none';
  }

  /** True when the value has ended. */
  get done(): boolean {
    return this.#expected === 'nothing';
  }

  /**
   * Takes bytes up to the end of the next token, sets `token` and answers the position after it; with 'partial' the
   * piece ended first, with 'invalid' the answer is the position of the byte that cannot stand there. Not to be called once `done`.
   */
  advance(piece: Uint8Array, at: number, end: number): number {
    if (this.#inside === 'none') {
      while (at < end && isBlank(piece[at] ?? 0)) at++;
      this.tokenStart = at;
      if (at === end) return this.#partial(at);
      return this.#begin(piece[at] ?? 0, piece, at, end);
    }
    this.tokenStart = at;
    return this.#continue(piece, at, end);
  }

  #begin(byte: number, piece: Uint8Array, at: number, end: number): number {
    switch (this.#expected) {
      case 'value':
        return this.#beginValue(byte, piece, at, end);
      case 'value-or-close':
        return byte === closeBracket ? this.#close(byte, at) : this.#beginValue(byte, piece, at, end);
      case 'key-or-close':
        if (byte === closeBrace) return this.#close(byte, at);
        return this.#beginKey(byte, piece, at, end);
      case 'key':
        return this.#beginKey(byte, piece, at, end);
      case 'colon':
        if (byte !== colon) return this.#invalid(at);
        this.#expected = 'value';
        this.token = 'colon';
        return at + 1;
      case 'comma-or-close':
        if (byte !== comma) return this.#close(byte, at);
        this.#expected = this.#inObject() ? 'key' : 'value';
        this.token = 'comma';
        return at + 1;
      case 'nothing':
        return this.#invalid(at);
    }
  }

  #beginKey(byte: number, piece: Uint8Array, at: number, end: number): number {
    if (byte !== quote) return this.#invalid(at);
    this.#inside = 'string';
    this.#stringIsKey = true;
    return this.#continue(piece, at + 1, end);
  }

  #beginValue(byte: number, piece: Uint8Array, at: number, end: number): number {
    if (byte === openBrace || byte === openBracket) {
      this.#push(byte === openBrace);
      this.#expected = byte === openBrace ? 'key-or-close' : 'value-or-close';
      this.token = 'open';
      return at + 1;
    }
    if (byte === quote) {
      this.#inside = 'string';
      this.#stringIsKey = false;
      return this.#continue(piece, at + 1, end);
    }
    const literal = byte === 0x74 ? 'true' : byte === 0x66 ? 'false' : byte === 0x6e ? 'null' : '';
    if (literal !== '') {
      this.#inside = 'literal';
      this.#literal = literal;
      this.#literalAt = 1;
    } else if (byte === 0x2d) {
      this.#inside = 'minus';
    } else if (isDigit(byte)) {
      this.#inside = byte === 0x30 ? 'zero' : 'integer';
    } else {
      return this.#invalid(at);
    }
    return this.#continue(piece, at + 1, end);
  }

  #continue(piece: Uint8Array, at: number, end: number): number {
    switch (this.#inside) {
      case 'string':
      case 'escape':
      case 'hex':
        return this.#continueString(piece, at, end);
      case 'literal':
        return this.#continueLiteral(piece, at, end);
      default:
        return this.#continueNumber(piece, at, end);
    }
  }

  #continueString(piece: Uint8Array, at: number, end: number): number {
    for (; at < end; at++) {
      const byte = piece[at] ?? 0;
      if (this.#inside === 'string') {
        if (endsPlainRun[byte] === 0) continue;
        if (byte === quote) return this.#endScalar(at + 1, this.#stringIsKey);
        if (byte !== backslash) return this.#invalid(at);
        this.#inside = 'escape';
      } else if (this.#inside === 'escape') {
        if (isEscapeLetter[byte] === 0) return this.#invalid(at);
        this.#inside = byte === 0x75 ? 'hex' : 'string';
        this.#hexDigitsLeft = 4;
      } else {
        if (isHexDigit[byte] === 0) return this.#invalid(at);
        if (--this.#hexDigitsLeft === 0) this.#inside = 'string';
      }
    }
    return this.#partial(at);
  }

  #continueLiteral(piece: Uint8Array, at: number, end: number): number {
    for (; at < end; at++) {
      if (piece[at] !== this.#literal.charCodeAt(this.#literalAt)) return this.#invalid(at);
      if (++this.#literalAt === this.#literal.length) return this.#endScalar(at + 1, false);
    }
    return this.#partial(at);
  }

  #continueNumber(piece: Uint8Array, at: number, end: number): number {
    for (; at < end; at++) {
      const next = afterNumberByte(this.#inside, piece[at] ?? 0);
      if (next === 'end') return this.#endScalar(at, false);
      if (next === 'invalid') return this.#invalid(at);
      this.#inside = next;
    }
    return this.#partial(at);
  }

  #endScalar(at: number, isKey: boolean): number {
    this.#inside = 'none';
    this.token = isKey ? 'key' : 'scalar';
    this.#expected = isKey ? 'colon' : this.#afterValue();
    return at;
  }

  #close(byte: number, at: number): number {
    if (byte !== (this.#inObject() ? closeBrace : closeBracket)) return this.#invalid(at);
    this.depth--;
    this.token = 'close';
    this.#expected = this.#afterValue();
    return at + 1;
  }

  #afterValue(): Expectation {
    return this.depth === 0 ? 'nothing' : 'comma-or-close';
  }

  #push(isObject: boolean): void {
    const index = this.depth >> 3;
    if (index === this.#nesting.length) {
      const larger = new Uint8Array(index * 2);
      larger.set(this.#nesting);
      this.#nesting = larger;
    }
    const bit = 1 << (this.depth & 7);
    const byte = this.#nesting[index] ?? 0;
    this.#nesting[index] = isObject ? byte | bit : byte & ~bit;
    this.depth++;
  }

  #inObject(): boolean {
    const innermost = this.depth - 1;
    return (((this.#nesting[innermost >> 3] ?? 0) >> (innermost & 7)) & 1) === 1;
  }

  #partial(at: number): number {
    this.token = 'partial';
    return at;
  }

  #invalid(at: number): number {
    this.token = 'invalid';
    return at;
  }
}

/** The grammar of numbers, one byte at a time: a number ends at the first byte that cannot continue it. */
function afterNumberByte(inside: Inside, byte: number): Inside | 'end' | 'invalid' {
  const digit = isDigit(byte);
  const startsExponent = byte === 0x65 || byte === 0x45;
  switch (inside) {
    case 'minus':
      return digit ? (byte === 0x30 ? 'zero' : 'integer') : 'invalid';
    case 'zero':
      return byte === 0x2e ? 'point' : startsExponent ? 'exponent' : 'end';
    case 'integer':
      return digit ? 'integer' : byte === 0x2e ? 'point' : startsExponent ? 'exponent' : 'end';
    case 'point':
      return digit ? 'fraction' : 'invalid';
    case 'fraction':
      return digit ? 'fraction' : startsExponent ? 'exponent' : 'end';
    case 'exponent':
      return digit ? 'exponent-digits' : byte === 0x2b || byte === 0x2d ? 'exponent-sign' : 'invalid';
    case 'exponent-sign':
      return digit ? 'exponent-digits' : 'invalid';
    default:
      return digit ? 'exponent-digits' : 'end';
  }
}
