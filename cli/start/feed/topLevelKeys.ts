const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** Longer keys are none of those that are asked for. */
const longestKey = 64;

/** The keys of a JSON object's own members, found in a stream of bytes without holding it; white space and nesting do not matter. */
export class TopLevelKeys {
  readonly #keys = new Set<string>();
  #depth = 0;
  #hasOpened = false;
  #hasMore = false;
  #isInString = false;
  #isEscaped = false;
  #string: number[] = [];

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** True when what was read is one object or array from its opening to its end. */
  get isWhole(): boolean {
    return this.#hasOpened && this.#depth === 0 && !this.#isInString && !this.#hasMore;
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.#isInString) this.#inString(byte);
      else if (byte > 0x20) this.#outside(byte);
    }
  }

  #inString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) {
      this.#isInString = false;
      return;
    }
    if (this.#depth === 1 && this.#string.length <= longestKey) this.#string.push(byte);
  }

  #outside(byte: number): void {
    switch (byte) {
      case quote:
        this.#isInString = true;
        this.#string = [];
        return;
      case colon:
        if (this.#depth === 1 && this.#string.length <= longestKey) {
          this.#keys.add(Buffer.from(this.#string).toString());
        }
        return;
      case 0x7b: // {
      case 0x5b: // [
        this.#hasMore ||= this.#hasOpened && this.#depth === 0;
        this.#hasOpened = true;
        this.#depth++;
        return;
      case 0x7d: // }
      case 0x5d: // ]
        this.#depth--;
        return;
    }
  }
}
