import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzip, gzipSync } from 'node:zlib';
import { type Counts, countBody, type Design, repeated } from '../design.ts';
import { packFiles } from './packFiles.ts';

/**
 * What Node's zlib alone costs: every file inflated, then the very bodies that ours makes deflated with the same options, and
 * nothing between. No design on this zlib can be faster.
 */
export const limit: Design = {
  async prepare({ files, level, cores, passes }) {
    const bodies: Body[] = [];
    await packFiles(files, {
      level: 1,
      onFile: () => undefined,
      onBody: ({ gzipped, rows }) => bodies.push({ bytes: gunzipSync(gzipped), rows }),
    });
    const deflation = { level, memLevel: 9, chunkSize: 256 * 1024 };
    const stored = repeated(files, passes).map((file) => file.whole());
    const filled = repeated(bodies, passes);
    return async (counts) => {
      if (cores === 1) {
        for (const bytes of stored) countFile(counts, gunzipSync(bytes, inflation(bytes)));
        for (const body of filled) count(counts, body, gzipSync(body.bytes, deflation));
      } else {
        await fourAtOnce(stored, async (bytes) => countFile(counts, await gunzipAside(bytes, inflation(bytes))));
        await fourAtOnce(filled, async (body) => count(counts, body, await gzipAside(body.bytes, deflation)));
      }
    };
  },
};

interface Body {
  readonly bytes: Uint8Array;
  readonly rows: number;
}

const gunzipAside = promisify(gunzip);
const gzipAside = promisify(gzip);

/** Output of the right size spares zlib the joining of small chunks; a gzip file ends with the length of its content. */
function inflation(stored: Uint8Array) {
  return { chunkSize: new DataView(stored.buffer, stored.byteOffset).getUint32(stored.length - 4, true) + 1 };
}

function countFile(counts: Counts, content: Uint8Array): void {
  counts.files += 1;
  counts.bytesIn += content.length;
}

function count(counts: Counts, { bytes, rows }: Body, gzipped: Uint8Array): void {
  countBody(counts, rows, bytes.length, gzipped.length);
}

/** Keeps every thread of Node's pool busy. */
async function fourAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const takeNext = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all([takeNext(), takeNext(), takeNext(), takeNext()]);
}
