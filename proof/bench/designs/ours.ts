import { countBody, type Design, repeated } from '../design.ts';
import { packFiles } from './packFiles.ts';

/** The connector's own path, with bodies counted instead of uploaded. */
export const ours: Design = {
  async prepare({ files, level, passes }) {
    return (counts) =>
      packFiles(repeated(files, passes), {
        level,
        onFile: (inflatedBytes) => {
          counts.files += 1;
          counts.bytesIn += inflatedBytes;
        },
        onBody: ({ rows, uncompressedBytes, gzipped }) => countBody(counts, rows, uncompressedBytes, gzipped.length),
      });
  },
};
