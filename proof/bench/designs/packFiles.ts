import { setTimeout } from 'node:timers/promises';
import { describeObjectKey } from '../../../shared/cloudtrail/announcing/objectKey.ts';
import type { OpenRowStream } from '../../../shared/cloudtrail/rows/engine.ts';
import { openWasmRowStream } from '../../../shared/cloudtrail/rows/wasm/wasmRowStream.ts';
import type { Compress } from '../../../shared/gzip/compressBody.ts';
import { compressBody } from '../../../shared/gzip/compressBody.ts';
import { decompress } from '../../../shared/gzip/decompress.ts';
import type { UploadBody } from '../../../shared/pipeline/ports/destination.ts';
import { ObjectRows } from '../../../shared/pipeline/rows/objectRows.ts';
import { Packer } from '../../../shared/pipeline/upload/packer.ts';
import type { Clock } from '../../../shared/words/clock.ts';
import { bodyLimit } from '../bodyLimit.ts';
import type { LogFile } from '../logFiles.ts';

export interface PackFilesParts {
  readonly level: number;
  readonly onFile: (inflatedBytes: number) => void;
  readonly onBody: (body: UploadBody) => void;
  /** Instead of the product's own; bodies come here in the order in which they were filled. */
  readonly compress?: Compress;
  /** Instead of rows of every record. */
  readonly openRows?: OpenRowStream;
}

/** The product's own path from stored bytes to compressed bodies, several files at once; every body counts as accepted. */
export async function packFiles(
  files: readonly LogFile[],
  { level, onFile, onBody, compress = compressBody, openRows = everyRow }: PackFilesParts,
): Promise<void> {
  const stop = new AbortController();
  const packer = new Packer({
    settings: { batchBytes: bodyLimit, gzipLevel: level, lingerMs: 1000 },
    clock,
    compress,
    upload: async function* ({ body }) {
      onBody(body);
      yield { from: 0, rows: body.rows, outcome: { kind: 'accepted' } };
    },
    bodiesInFlight: 8,
    isIdle: () => false,
    stop: stop.signal,
  });
  const queue = files.values();
  const reader = async (): Promise<void> => {
    for (const file of queue) onFile(await packFile(file, packer, openRows, stop.signal));
  };
  await Promise.all(Array.from({ length: readers }, reader));
  packer.flush();
  await packer.settled(stop.signal);
  // Ends the timers of bodies that were waiting for company.
  stop.abort();
}

const readers = 4;
const everyRow = openWasmRowStream();

async function packFile(file: LogFile, packer: Packer, openRows: OpenRowStream, signal: AbortSignal): Promise<number> {
  const { sourceObject, deliveredAt } = describeObjectKey(file.name);
  const stream = openRows({ sourceObject, fallbackTime: deliveredAt ?? '2026-11-01T00:00:00Z' });
  const rows = new ObjectRows();
  const admit = (bytes: number) => packer.admit(bytes, signal);
  let inflated = 0;
  for await (const piece of decompress(file.chunks(), { capBytes: 2 ** 31, admit })) {
    inflated += piece.length;
    await packer.write(piece, stream, rows, signal);
  }
  await packer.end(stream, rows, signal);
  if (stream.counts.records !== rows.written) {
    throw new Error(`${file.path}: ${stream.counts.records} records, ${rows.written} rows`);
  }
  return inflated;
}

const clock: Clock = {
  now: () => Date.now(),
  // Never rejects: an aborted wait has simply ended.
  sleep: (ms, signal) =>
    setTimeout(ms, undefined, { ...(signal === undefined ? {} : { signal }) }).catch(() => undefined),
};
