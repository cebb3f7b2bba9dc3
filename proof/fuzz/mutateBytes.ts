import type { Random } from '../../local/trail/random.ts';

const pieces = [
  ...[
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ' ',
    '\n',
    '\0',
    '\x1f',
    '\x7f',
    '-',
    '.',
    'e',
    'u',
    '\\u',
    '\\u12',
    '\\x',
    '""',
  ],
  ...[
    'null',
    'nul',
    'true',
    'tru',
    'fals',
    '01',
    '1.',
    '1e',
    '+1',
    'NaN',
    '\ufeff',
    '{}',
    '[]',
    '{"Records":[',
    ']}',
    '{"Records":[]}',
  ],
].map((text) => Buffer.from(text));

/** Invalid UTF-8: a lone continuation, an overlong slash, a cut character, a surrogate, beyond Unicode, no UTF-8 at all. */
const brokenUtf8 = [[0x80], [0xc0, 0xaf], [0xe6, 0x97], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff]].map(
  (bytes) => Buffer.from(bytes),
);

/** Damages bytes in a few places. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  for (let left = 1 + random.below(random.pick([1, 3, 8])); left > 0; left--)
    bytes = random.pick(changes)(bytes, random);
  return bytes;
}

type Change = (bytes: Buffer, random: Random) => Buffer;

const changes: readonly Change[] = [
  (bytes, random) => splice(bytes, random.below(bytes.length), 1, Buffer.from([random.below(256)])),
  (bytes, random) => splice(bytes, random.below(bytes.length), 1, Buffer.alloc(0)),
  (bytes, random) => splice(bytes, random.below(bytes.length), random.below(2), random.pick(pieces)),
  (bytes, random) => splice(bytes, random.below(bytes.length), random.below(2), random.pick(pieces)),
  (bytes, random) => splice(bytes, random.below(bytes.length), random.below(3), random.pick(brokenUtf8)),
  (bytes, random) => splice(bytes, insideString(bytes, random), 0, random.pick(brokenUtf8)),
  (bytes, random) => splice(bytes, insideString(bytes, random), 0, random.pick(pieces)),
  (bytes, random) => splice(bytes, random.below(bytes.length), random.below(200), Buffer.alloc(0)),
  (bytes, random) => {
    const from = random.below(bytes.length);
    return splice(bytes, random.below(bytes.length), 0, bytes.subarray(from, from + random.below(300)));
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => flip(bytes, random.below(bytes.length), random.below(8)),
];

function splice(bytes: Buffer, at: number, remove: number, insert: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
}

/** After the quote that opens some string, or closes one. */
function insideString(bytes: Buffer, random: Random): number {
  return bytes.indexOf(0x22, random.below(bytes.length)) + 1;
}

function flip(bytes: Buffer, at: number, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  if (at < flipped.length) flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at);
  return flipped;
}
