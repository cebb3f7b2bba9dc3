import { gzipSync } from 'node:zlib';
import type { Batch } from '../../../../shared/pipeline/upload/batch.ts';

/** A closed batch of rows of these texts. */
export function batchOf(texts: readonly string[], objectStarts: readonly number[] = []): Batch {
  const text = `[${texts.join(',')}]`;
  let end = 1;
  return {
    body: { gzipped: gzipSync(text, { level: 1 }), rows: texts.length, uncompressedBytes: Buffer.byteLength(text) },
    rowEnds: Int32Array.from(texts, (row) => {
      end += Buffer.byteLength(row) + 1;
      return end;
    }),
    eventSeconds: Uint32Array.from(texts, (row) => row.length),
    objectStarts,
    from: 0,
  };
}
