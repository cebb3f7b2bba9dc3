import { gunzipSync } from 'node:zlib';
import { describeObjectKey } from '../../../shared/cloudtrail/announcing/objectKey.ts';
import type { RowBody } from '../../../shared/cloudtrail/rows/engine.ts';
import { openWasmRowStream } from '../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { bodyLimit } from '../bodyLimit.ts';
import { countBody, type Design, emptyTally, type Tally } from '../design.ts';
import type { LogFile } from '../logFiles.ts';

/** The row engine alone: inflated content becomes rows in bodies, warmed up by a part of the set. */
export const rows: Design = {
  async prepare({ files }) {
    const contents = files.map((file) => ({ file, json: gunzipSync(file.whole()) }));
    const openRows = openWasmRowStream();
    const bytes = Buffer.allocUnsafeSlow(bodyLimit);
    bytes[0] = 0x5b;
    const body: RowBody = { bytes, length: 1, rows: 0, limit: bodyLimit };
    const close = (tally: Tally): void => {
      countBody(tally, body.rows, body.length, 0);
      body.length = 1;
      body.rows = 0;
    };
    const write = (tally: Tally, file: LogFile, json: Uint8Array): void => {
      const { sourceObject } = describeObjectKey(file.name);
      const stream = openRows({ sourceObject, fallbackTime: '2026-11-01T00:00:00Z' });
      for (let at = 0; at < json.length; at += pieceBytes) {
        let result = stream.feed(json.subarray(at, at + pieceBytes), body);
        while (result === 'body-full') {
          close(tally);
          result = stream.resume(body);
        }
      }
      stream.end();
      tally.files += 1;
      tally.bytesIn += json.length;
    };
    return warmed(contents, async (tally, part) => {
      for (const { file, json } of part) write(tally, file, json);
      close(tally);
    });
  },
};

/** Pieces as they come from zlib. */
const pieceBytes = 256 * 1024;

/** Runs over a tenth of the contents before anything is measured, since compiling is not what is compared. */
export async function warmed<T>(
  contents: readonly T[],
  run: (tally: Tally, part: readonly T[]) => Promise<void>,
): Promise<(tally: Tally) => Promise<void>> {
  await run(emptyTally(), contents.slice(0, Math.ceil(contents.length / 10)));
  return (tally) => run(tally, contents);
}
