import { randomBytes } from 'node:crypto';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decompress } from '../../../shared/gzip/decompress.ts';
import type { GzipOddity } from '../../../shared/gzip/gunzip.ts';
import { ConnectorError } from '../../../shared/words/errors.ts';

const cap = 64 * 1024 * 1024;
const small = Buffer.from(JSON.stringify({ Records: Array.from({ length: 2000 }, (_, index) => ({ index })) }));
/** Barely compressible, so that its gzip is beyond what is inflated in one go. */
const large = Buffer.from(
  JSON.stringify({ Records: Array.from({ length: 200 }, () => randomBytes(2000).toString('base64')) }),
);

const objects: readonly (readonly [string, Buffer])[] = [
  ['small', small],
  ['large', large],
];

interface Read {
  readonly content: Buffer;
  readonly pieces: number;
  readonly error: unknown;
  readonly oddities: readonly GzipOddity[];
}

async function read(bytes: Uint8Array, { step = 10_000, capBytes = cap } = {}): Promise<Read> {
  const pieces: Buffer[] = [];
  let error: unknown;
  const oddities: GzipOddity[] = [];
  const onOddity = (oddity: GzipOddity) => void oddities.push(oddity);
  try {
    for await (const piece of decompress(chunksOf(bytes, step), { capBytes, onOddity }))
      pieces.push(Buffer.from(piece));
  } catch (caught) {
    error = caught;
  }
  return { content: Buffer.concat(pieces), pieces: pieces.length, error, oddities };
}

async function* chunksOf(bytes: Uint8Array, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

function isSame(read: Read, content: Buffer): boolean {
  return read.content.equals(content);
}

describe.each(objects)('decompress, of a %s object', (_, content) => {
  const gz = gzipSync(content);

  test.each([1_000_000, 16_384, 997])('gives the content of gzip in chunks of %i', async (step) => {
    const result = await read(gz, { step });
    expect(result.error).toBeUndefined();
    expect(isSame(result, content)).toBe(true);
  });

  test('passes on what is not gzip', async () => {
    const result = await read(content);
    expect(result.error).toBeUndefined();
    expect(isSame(result, content)).toBe(true);
  });

  test('gives every member of several, padded with zeros or not', async () => {
    const zeros = Buffer.alloc(20_001);
    const result = await read(Buffer.concat([gz, gz, zeros, gz, zeros]));
    expect(result.error).toBeUndefined();
    expect(isSame(result, Buffer.concat([content, content, content]))).toBe(true);
    expect(result.oddities).toEqual(['second-member']);
  });

  test('takes a header with every optional field', async () => {
    const extra = Buffer.concat([
      Buffer.from([3, 0]),
      Buffer.from('abc'),
      Buffer.from('name\0comment\0'),
      Buffer.from([1, 2]),
    ]);
    const header = Buffer.concat([gz.subarray(0, 3), Buffer.from([2 | 4 | 8 | 16]), gz.subarray(4, 10), extra]);
    const result = await read(Buffer.concat([header, gz.subarray(10)]));
    expect(result.error).toBeUndefined();
    expect(isSame(result, content)).toBe(true);
  });

  test('gives everything before garbage behind the compressed data, and tells of it', async () => {
    for (const garbage of [
      Buffer.from('garbage'),
      Buffer.concat([Buffer.alloc(10), Buffer.from('x')]),
      Buffer.from([0x1f, 0x8b, 9]),
      Buffer.from([0x1f, 0]),
    ]) {
      const result = await read(Buffer.concat([gz, garbage]));
      expect(isSame(result, content)).toBe(true);
      expect(result.error).toBeUndefined();
      expect(result.oddities).toEqual(['trailing-bytes']);
    }
  });

  test('says that a member which follows is damaged', async () => {
    for (const damaged of [gz.subarray(0, 20), Buffer.from([0x1f]), Buffer.from([0x1f, 0x8b, 8])]) {
      const result = await read(Buffer.concat([gz, damaged]));
      expect(result.content.subarray(0, content.length).equals(content)).toBe(true);
      expect(result.error).toMatchObject({ code: 'gzip-truncated' });
    }
  });

  test('reads gzip inside gzip, and tells of it', async () => {
    for (const step of [1_000_000, 997]) {
      const result = await read(gzipSync(gz), { step });
      expect(result.error).toBeUndefined();
      expect(isSame(result, content)).toBe(true);
      expect(result.oddities).toEqual(['gzip-in-gzip']);
    }
    const three = await read(gzipSync(gzipSync(gz)));
    expect(three.error).toMatchObject({ code: 'gzip-invalid', message: expect.stringContaining('gzip inside gzip') });
    expect(three.content.length).toBe(0);
  });

  test('gives everything before a wrong trailer', async () => {
    for (const at of [gz.length - 1, gz.length - 8]) {
      const wrong = Buffer.from(gz);
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      const result = await read(wrong);
      expect(isSame(result, content)).toBe(true);
      expect(result.error).toMatchObject({ code: 'gzip-invalid' });
    }
  });

  test('gives what was inflated before the end of a truncated object', async () => {
    for (const missing of [1, 8, 9]) {
      const result = await read(gz.subarray(0, gz.length - missing));
      expect(content.subarray(0, result.content.length).equals(result.content)).toBe(true);
      expect(content.length - result.content.length).toBeLessThan(4096);
      expect(result.error).toMatchObject({ code: 'gzip-truncated', at: { offset: result.content.length } });
    }
    const half = await read(gz.subarray(0, gz.length >> 1));
    expect(half.content.length).toBeGreaterThan(content.length / 3);
    expect(half.error).toMatchObject({ code: 'gzip-truncated' });
  });

  test('gives what was inflated before damaged data', async () => {
    const damaged = Buffer.from(gz);
    damaged.fill(0xff, gz.length >> 1, (gz.length >> 1) + 200);
    const result = await read(damaged);
    expect(result.content.length).toBeGreaterThan(0);
    expect(result.error).toMatchObject({ code: 'gzip-invalid' });
  });

  test('refuses more than the cap, after the bytes up to it', async () => {
    for (const bytes of [gz, content]) {
      expect((await read(bytes, { capBytes: content.length })).error).toBeUndefined();
      const result = await read(bytes, { capBytes: content.length - 1 });
      expect(isSame(result, content.subarray(0, -1))).toBe(true);
      expect(result.error).toMatchObject({ code: 'object-too-large', at: { offset: content.length - 1 } });
    }
  });
});

describe('decompress', () => {
  test.each([
    [[], 'object-empty'],
    [[0x1f], 'gzip-truncated'],
    [[0x1f, 0x8b, 8, 0, 0, 0], 'gzip-truncated'],
    [[0x1f, 0x8b, 9, 0, 0, 0, 0, 0, 0, 0], 'gzip-invalid'],
    [[0x1f, 0x00], 'gzip-invalid'],
    [[0x1f, 0x8b, 8, 0x80, 0, 0, 0, 0, 0, 0], 'gzip-invalid'],
  ])('refuses the bytes %j as %s', async (bytes, code) => {
    const { error, content } = await read(Buffer.from(bytes), { step: 1 });
    expect(error).toBeInstanceOf(ConnectorError);
    expect(error).toMatchObject({ code });
    expect(content.length).toBe(0);
  });

  test.each([
    ['Zstandard', zstdCompressSync('{"Records":[]}')],
    ['zlib data', deflateSync('{"Records":[]}')],
    ['a zip archive', Buffer.from('PK\x03\x04')],
    ['bzip2', Buffer.from('BZh91AY')],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
    ['UTF-16 text', Buffer.from('\ufeff{"Records":[]}', 'utf16le')],
    ['UTF-16 text', Buffer.from('{"Records":[]}', 'utf16le')],
    ['UTF-16 text', Buffer.from('{"Records":[]}', 'utf16le').swap16()],
    ['HTML', Buffer.from('\n<!DOCTYPE html><html>')],
    ['XML', Buffer.from('<?xml version="1.0"?><Error/>')],
    ['plain text', Buffer.from('eventTime,eventName\n2026-11-01,PutObject\n')],
  ])('names %s by its first bytes, also inside gzip', async (name, bytes) => {
    for (const [object, what] of [
      [bytes, 'the object is'],
      [gzipSync(bytes), 'the gzip object holds'],
    ] as const) {
      const { error, content } = await read(object);
      expect(error).toMatchObject({ code: 'json-invalid', message: expect.stringContaining(`${what} ${name}`) });
      expect(content.length).toBe(0);
    }
  });

  test('inflates no more of a step than is asked for', async () => {
    // A trailer that says little: what the content really is comes out in steps.
    const bomb = gzipSync(Buffer.alloc(15_000_000, 0x20));
    bomb.writeUInt32LE(100, bomb.length - 4);
    const pieces = decompress(chunksOf(bomb, 1 << 20), { capBytes: cap });
    const before = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < 20; index++) {
      expect((await pieces.next()).value?.length).toBeLessThanOrEqual(262_144);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4_000_000);
    }
    await pieces.return();
  });

  test('refuses more than a thousand members', async () => {
    const member = gzipSync(`{"Records":[]}${' '.repeat(1100)}`, { level: 0 });
    const whole = await read(Buffer.concat(Array.from({ length: 1000 }, () => member)));
    expect(whole.error).toBeUndefined();
    const more = await read(Buffer.concat(Array.from({ length: 1001 }, () => member)));
    expect(more.error).toMatchObject({ code: 'gzip-invalid', message: expect.stringContaining('1000 gzip members') });
    expect(more.content.length).toBe(1_114_000);
  });

  test('ends with compressed data of nothing that do not end', async () => {
    const emptyBlock = Buffer.from([0, 0, 0, 0xff, 0xff]);
    const blocks = Buffer.concat([gzipSync('').subarray(0, 10), ...Array.from({ length: 400_000 }, () => emptyBlock)]);
    expect((await read(blocks, { capBytes: 500_000 })).error).toMatchObject({ code: 'object-too-large' });
  });

  test('refuses a header without end', async () => {
    const header = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 0]);
    expect((await read(Buffer.concat([header, Buffer.alloc(300_000, 0x61)]))).error).toMatchObject({
      code: 'gzip-invalid',
    });
    expect((await read(Buffer.concat([header, Buffer.alloc(1000, 0x61)]))).error).toMatchObject({
      code: 'gzip-truncated',
    });
  });

  test('inflates a bomb in steps and stops at the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000, 0x20));
    const result = await read(bomb, { capBytes: 40_000_000 });
    expect(result.content.length).toBe(40_000_000);
    expect(result.error).toMatchObject({ code: 'object-too-large' });
    expect(result.pieces).toBeGreaterThan(100);
  });

  test('passes the failure of the source on as it is', async () => {
    const failure = new ConnectorError('object-cut', 'the connection broke');
    const source = (async function* () {
      yield gzipSync(randomBytes(3_000_000)).subarray(0, 2_000_000);
      throw failure;
    })();
    const pieces: Uint8Array[] = [];
    const reading = async () => {
      for await (const piece of decompress(source, { capBytes: cap })) pieces.push(piece);
    };
    await expect(reading()).rejects.toBe(failure);
    expect(pieces.length).toBeGreaterThan(0);
  });

  test('closes the source when the reader stops', async () => {
    let isClosed = false;
    const source = (async function* () {
      try {
        for (;;) yield large;
      } finally {
        isClosed = true;
      }
    })();
    for await (const piece of decompress(source, { capBytes: cap })) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(isClosed).toBe(true);
  });
});
