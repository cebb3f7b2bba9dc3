import { countBody, type Design, repeated } from '../design.ts';
import { packFiles } from './packFiles.ts';

/** The connector's own path, with bodies counted instead of uploaded. */
export const ours: Design = {
  async prepare({ files, level, passes }) {
    return (tally) =>
      packFiles(repeated(files, passes), {
        level,
        onFile: (inflatedBytes) => {
          tally.files += 1;
          tally.bytesIn += inflatedBytes;
        },
        onBody: ({ rows, uncompressedBytes, gzipped }) => countBody(tally, rows, uncompressedBytes, gzipped.length),
      });
  },
};
