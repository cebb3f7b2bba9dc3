/** A deterministic source of choices: the same seed gives the same sequence on every machine. */
export interface Random {
  /** 0 <= x < 1. */
  next(): number;
  /** An integer, 0 <= n < limit. */
  below(limit: number): number;
  chance(probability: number): boolean;
  /** Every item equally likely. */
  pick<T>(items: readonly T[]): T;
  /** Early items more likely than late ones. */
  favour<T>(items: readonly T[]): T;
  hex(length: number): string;
  text(alphabet: string, length: number): string;
  /** A version 4 UUID. */
  uuid(): string;
  /** Standard normal deviate. */
  normal(): number;
  /** Another source, which depends on the seed and the label only, never on what was drawn before. */
  fork(label: string): Random;
}

/** Makes the source of a seed. */
export function createRandom(seed: string): Random {
  const draw = sfc32(seed);
  const next = () => draw() / 0x1_0000_0000;
  const below = (limit: number) => Math.floor(next() * limit);
  const hex = (length: number) => {
    let digits = '';
    while (digits.length < length) digits += draw().toString(16).padStart(8, '0');
    return digits.slice(0, length);
  };
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (items) => at(items, below(items.length)),
    favour: (items) => at(items, Math.floor(items.length * next() ** 2)),
    hex,
    text: (alphabet, length) => {
      let characters = '';
      for (let i = 0; i < length; i += 1) characters += alphabet[below(alphabet.length)];
      return characters;
    },
    uuid: () => {
      const digits = hex(32);
      const variant = at(['8', '9', 'a', 'b'], below(4));
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
    },
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    fork: (label) => createRandom(`${seed}/${label}`),
  };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError('nothing to choose from');
  return item;
}

/** Small fast counter generator (PractRand's sfc32), seeded with FNV-1a over the text. */
function sfc32(seed: string): () => number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < seed.length; i += 1) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
  let a = hash | 0;
  let b = Math.imul(hash ^ 0x9e3779b9, 0x85ebca6b);
  let c = seed.length;
  let counter = 1;
  const draw = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 15; i += 1) draw();
  return draw;
}
