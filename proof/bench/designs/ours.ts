import type { OpenRowStream } from '../../../shared/cloudtrail/rows/engine.ts';
import { countBody, type Design, repeated } from '../design.ts';
import { packFiles } from './packFiles.ts';

/** The connector's own path, with bodies counted instead of uploaded. */
export const ours: Design = oursWith();

/** The same, with rows made in another way. */
export function oursWith(openRows?: OpenRowStream): Design {
  return {
    async prepare({ files, level, passes }) {
      return (counts) =>
        packFiles(repeated(files, passes), {
          level,
          ...(openRows === undefined ? {} : { openRows }),
          onFile: (inflatedBytes) => {
            counts.files += 1;
            counts.bytesIn += inflatedBytes;
          },
          onBody: ({ rows, uncompressedBytes, gzipped }) => countBody(counts, rows, uncompressedBytes, gzipped.length),
        });
    },
  };
}
