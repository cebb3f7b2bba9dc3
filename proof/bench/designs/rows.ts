import { gunzipSync } from 'node:zlib';
import { describeObjectKey } from '../../../shared/cloudtrail/announcing/objectKey.ts';
import { emptied, openBody } from '../../../shared/cloudtrail/rows/body.ts';
import { feedEnd, feedPiece } from '../../../shared/cloudtrail/rows/feed.ts';
import { openWasmRowStream } from '../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { bodyLimit } from '../bodyLimit.ts';
import { countBody, type Design, emptyTally, type Tally } from '../design.ts';
import type { LogFile } from '../logFiles.ts';

/** The row engine alone: inflated content becomes rows in bodies, warmed up by a part of the set. */
export const rows: Design = {
  async prepare({ files }) {
    const contents = files.map((file) => ({ file, json: gunzipSync(file.whole()) }));
    const openRows = openWasmRowStream();
    const body = openBody(bodyLimit, Buffer.allocUnsafeSlow(bodyLimit));
    const open = () => body;
    const close = (tally: Tally): void => {
      countBody(tally, body.rows, body.length, 0);
      emptied(body);
    };
    const write = (tally: Tally, file: LogFile, json: Uint8Array): void => {
      const { sourceObject } = describeObjectKey(file.name);
      const stream = openRows({ sourceObject, fallbackTime: '2026-11-01T00:00:00Z' });
      for (let at = 0; at < json.length; at += pieceBytes) {
        for (const _ of feedPiece(stream, json.subarray(at, at + pieceBytes), open)) close(tally);
      }
      for (const _ of feedEnd(stream, open)) close(tally);
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
