import { gunzipSync } from 'node:zlib';
import { describeObjectKey } from '../../../shared/cloudtrail/announcing/objectKey.ts';
import { emptied, openBody } from '../../../shared/cloudtrail/rows/body.ts';
import { feedEnd, feedPiece } from '../../../shared/cloudtrail/rows/feed.ts';
import { openWasmRowStream } from '../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import { bodyLimit } from '../bodyLimit.ts';
import { type Counts, countBody, type Design, noCounts } from '../design.ts';
import type { LogFile } from '../logFiles.ts';

/** The row engine alone: inflated content becomes rows in bodies, warmed up by a part of the set. */
export const rows: Design = {
  async prepare({ files }) {
    const contents = files.map((file) => ({ file, json: gunzipSync(file.whole()) }));
    const openRows = openWasmRowStream();
    const body = openBody(bodyLimit, Buffer.allocUnsafeSlow(bodyLimit));
    const open = () => body;
    const close = (counts: Counts): void => {
      countBody(counts, body.rows, body.length, 0);
      emptied(body);
    };
    const write = (counts: Counts, file: LogFile, json: Uint8Array): void => {
      const { sourceObject } = describeObjectKey(file.name);
      const stream = openRows({ sourceObject, fallbackTime: '2026-11-01T00:00:00Z' });
      for (let at = 0; at < json.length; at += pieceBytes) {
        for (const _ of feedPiece(stream, json.subarray(at, at + pieceBytes), open)) close(counts);
      }
      for (const _ of feedEnd(stream, open)) close(counts);
      counts.files += 1;
      counts.bytesIn += json.length;
    };
    return warmed(contents, async (counts, part) => {
      for (const { file, json } of part) write(counts, file, json);
      close(counts);
    });
  },
};

/** Pieces as they come from zlib. */
const pieceBytes = 256 * 1024;

/** Runs over a tenth of the contents before anything is measured, since compiling is not what is compared. */
export async function warmed<T>(
  contents: readonly T[],
  run: (counts: Counts, part: readonly T[]) => Promise<void>,
): Promise<(counts: Counts) => Promise<void>> {
  await run(noCounts(), contents.slice(0, Math.ceil(contents.length / 10)));
  return (counts) => run(counts, contents);
}
