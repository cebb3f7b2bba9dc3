import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { objectLink } from '../../../../../shared/compose/check/links/object.ts';
import type { SourceLook } from '../../../../../shared/compose/check/sourceLook.ts';

async function look(bytes: Uint8Array, pieceSize: number) {
  let isClosed = false;
  const close = () => {
    isClosed = true;
  };
  let read = 0;
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceSize) {
      read = at + pieceSize;
      yield bytes.subarray(at, read);
    }
  }
  const logFile = {
    title: 's3://bucket/key',
    open: async () => ({ chunks: pieces(), sizeBytes: bytes.length, close }),
  };
  const link = objectLink({ name: (one: string) => one, found: { logFile } } as unknown as SourceLook);
  const finding = await link.run(new AbortController().signal);
  return { finding, isClosed, read };
}

describe('objectLink', () => {
  it.each([1, 2, 3, 1000])(
    'knows gzip in pieces of %i bytes, and reads no more of the file than it must',
    async (size) => {
      const { finding, isClosed, read } = await look(gzipSync('{"Records":[]}'), size);
      expect(finding).toMatchObject({ status: 'ok' });
      expect(isClosed).toBe(true);
      expect(read).toBe(Math.max(2, size));
    },
  );

  it.each(['', '{', '{"Records":[]}'])('refuses the file %j, which is not compressed', async (text) => {
    const { finding, isClosed } = await look(Buffer.from(text), 1);
    expect(finding).toMatchObject({ status: 'failure', cause: 'gzip-invalid' });
    expect(isClosed).toBe(true);
  });
});
