import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { countBody, type Design } from '../design.ts';
import { packFiles } from './packFiles.ts';

/**
 * What Node's zlib alone costs: every file inflated, then the very bodies that ours makes deflated, and nothing between.
 * No design on this zlib can be faster.
 */
export const limit: Design = {
  async prepare(level, paths) {
    const bodies: { readonly bytes: Uint8Array; readonly rows: number }[] = [];
    await packFiles(paths, {
      level: 1,
      onFile: () => undefined,
      onBody: ({ gzipped, rows }) => bodies.push({ bytes: gunzipSync(gzipped), rows }),
    });
    return async (tally) => {
      for (const path of paths) {
        const gzipped = readFileSync(path);
        // A sized output spares zlib the joining of small chunks.
        tally.bytesIn += gunzipSync(gzipped, { chunkSize: gzipped.readUInt32LE(gzipped.length - 4) + 1 }).length;
        tally.files += 1;
      }
      for (const { bytes, rows } of bodies) {
        countBody(tally, rows, bytes.length, gzipSync(bytes, { level, chunkSize: 256 * 1024 }).length);
      }
    };
  },
};
