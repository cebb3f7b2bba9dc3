/** A JSON value with its own text, without the white space between its tokens: what "not altered" is measured by. */
export interface RawValue {
  readonly text: string;
  readonly kind: 'object' | 'array' | 'string' | 'other';
  readonly members: readonly (readonly [key: string, rawKey: string, value: RawValue])[];
  readonly items: readonly RawValue[];
}

/** Reads JSON text without altering a token. @throws SyntaxError */
export function parseRaw(text: string): RawValue {
  JSON.parse(text); // what is no JSON is refused here, so that the reading below may trust its input
  return new Reader(text).value();
}

export function memberOf(value: RawValue | undefined, path: readonly string[]): RawValue | undefined {
  return path.reduce<RawValue | undefined>(
    (inside, key) => inside?.members.findLast(([name]) => name === key)?.[2],
    value,
  );
}

const token = /\s*("(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+)/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(first = this.#next()): RawValue {
    if (first === '{') return this.#object();
    if (first === '[') return this.#array();
    return { text: first, kind: first.startsWith('"') ? 'string' : 'other', members: [], items: [] };
  }

  #object(): RawValue {
    const members: (readonly [string, string, RawValue])[] = [];
    for (let key = this.#next(); key !== '}'; key = this.#next()) {
      const rawKey = key === ',' ? this.#next() : key;
      this.#next(); // the colon
      members.push([String(JSON.parse(rawKey)), rawKey, this.value()]);
    }
    const text = `{${members.map(([, rawKey, value]) => `${rawKey}:${value.text}`).join(',')}}`;
    return { text, kind: 'object', members, items: [] };
  }

  #array(): RawValue {
    const items: RawValue[] = [];
    for (let first = this.#next(); first !== ']'; first = this.#next()) {
      items.push(this.value(first === ',' ? this.#next() : first));
    }
    return { text: `[${items.map(({ text }) => text).join(',')}]`, kind: 'array', members: [], items };
  }

  #next(): string {
    token.lastIndex = this.#at;
    const found = token.exec(this.#text)?.[1];
    if (found === undefined) throw new SyntaxError(`no token at ${this.#at}`);
    this.#at = token.lastIndex;
    return found;
  }
}
