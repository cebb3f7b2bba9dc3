import { countBody, type Design } from '../design.ts';
import { packFiles } from './packFiles.ts';

/** The connector's own path, with bodies counted instead of uploaded. */
export const ours: Design = {
  async prepare({ files, level }) {
    return (tally) =>
      packFiles(files, {
        level,
        onFile: (inflatedBytes) => {
          tally.files += 1;
          tally.bytesIn += inflatedBytes;
        },
        onBody: ({ rows, uncompressedBytes, gzipped }) => countBody(tally, rows, uncompressedBytes, gzipped.length),
      });
  },
};
