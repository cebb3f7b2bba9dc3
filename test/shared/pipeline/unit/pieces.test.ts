import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { piecesOf } from '../../../../shared/pipeline/unit/pieces.ts';
import { failure } from '../fakes.ts';
import { chunksOf } from './support.ts';

const log = '{"Records":[{"eventVersion":"1.11","eventSource":"s3.amazonaws.com"}]}';

const options = {
  capBytes: 1_000,
  admit: async () => () => undefined,
};

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += Buffer.from(piece).toString();
  return text;
}

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}

describe('piecesOf', () => {
  it('gives plain content as it is stored', async () => {
    const stored = chunksOf(bytes('one'), bytes('two'));
    expect(await textOf(piecesOf({ encoding: 'plain' }, stored, options))).toBe('onetwo');
  });

  it('gives what gzip holds', async () => {
    expect(await textOf(piecesOf({ encoding: 'gzip' }, chunksOf(gzipSync(log)), options))).toBe(log);
  });

  it.each<['gzip' | 'plain', Uint8Array]>([
    ['plain', bytes('x'.repeat(1_001))],
    ['gzip', gzipSync('{'.padEnd(1_001))],
  ])('refuses %s content of more than the cap, as its own failure', async (encoding, stored) => {
    await expect(textOf(piecesOf({ encoding }, chunksOf(stored), options))).rejects.toMatchObject({
      ...{ code: 'object-too-large', belongsTo: 'object', remedy: expect.stringMatching(/cap/i) },
    });
  });

  it('takes plain content of exactly the cap', async () => {
    const pieces = piecesOf({ encoding: 'plain' }, chunksOf(bytes('x'.repeat(600)), bytes('x'.repeat(400))), options);
    expect(await textOf(pieces)).toHaveLength(1_000);
  });

  it.each<['gzip' | 'plain', (text: string) => Uint8Array]>([
    ['plain', bytes],
    ['gzip', gzipSync],
  ])('has %s content under a strange name show that it is a log', async (encoding, store) => {
    const about = { encoding, strange: 'AWSLogs/else/' };
    expect(await textOf(piecesOf(about, chunksOf(store(log)), options))).toBe(log);
    await expect(textOf(piecesOf(about, chunksOf(store('{"a":1}')), options))).rejects.toMatchObject({
      ...{ code: 'no-records', message: expect.stringContaining('AWSLogs/else/') },
    });
  });

  it('passes a broken connection on as it is', async () => {
    const cut = failure('object-cut');
    const pieces = piecesOf({ encoding: 'plain', strange: 'x' }, chunksOf(bytes('{'), cut), options);
    await expect(textOf(pieces)).rejects.toBe(cut);
  });
});
