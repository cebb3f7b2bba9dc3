import { gunzipSync } from 'node:zlib';
import { bodyLimit } from '../bodyLimit.ts';
import { countBody, type Design } from '../design.ts';
import { plainRow } from './plainRow.ts';
import { warmed } from './rows.ts';

/** What the row engine stands for, as one would write it: parse a file, map its records, stringify each row once, into bodies. */
export const plainRows: Design = {
  async prepare({ files }) {
    const contents = files.map((file) => ({ sourceObject: file.name.slice(-39, -8), json: gunzipSync(file.whole()) }));
    const body = Buffer.allocUnsafeSlow(bodyLimit);
    body[0] = 0x5b;
    return warmed(contents, async (counts, part) => {
      let length = 1;
      let rows = 0;
      const close = (): void => {
        countBody(counts, rows, length, 0);
        length = 1;
        rows = 0;
      };
      for (const { sourceObject, json } of part) {
        for (const record of JSON.parse(json.toString()).Records) {
          const row = `${JSON.stringify(plainRow(record, sourceObject))},`;
          if (length + Buffer.byteLength(row) > bodyLimit) close();
          length += body.write(row, length);
          rows += 1;
        }
        counts.files += 1;
        counts.bytesIn += json.length;
      }
      close();
    });
  },
};
