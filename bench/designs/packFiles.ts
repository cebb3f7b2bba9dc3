import { createReadStream, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describeObjectKey } from '../../shared/cloudtrail/objectKey.ts';
import { openWasmRowStream } from '../../shared/cloudtrail/wasmRowStream.ts';
import { acceptBatch } from '../../shared/pipeline/batch.ts';
import { compressBody } from '../../shared/pipeline/compressBody.ts';
import { decompress } from '../../shared/pipeline/decompress.ts';
import { ObjectRows } from '../../shared/pipeline/objectRows.ts';
import { Packer } from '../../shared/pipeline/packer.ts';
import type { Clock, UploadBody } from '../../shared/pipeline/ports.ts';
import { bodyLimit } from '../demands.ts';

export interface PackFilesParts {
  readonly level: number;
  readonly onFile: (inflatedBytes: number) => void;
  readonly onBody: (body: UploadBody) => void;
}

/** The product's own path from stored bytes to compressed bodies, several files at once; every body counts as accepted. */
export async function packFiles(paths: readonly string[], { level, onFile, onBody }: PackFilesParts): Promise<void> {
  const stop = new AbortController();
  const packer = new Packer({
    settings: { batchBytes: bodyLimit, gzipLevel: level, lingerMs: 1000 },
    clock,
    compress: compressBody,
    deliver: async (batch) => {
      onBody(batch.body);
      acceptBatch(batch);
    },
    bodiesInFlight: 8,
    isIdle: () => false,
    stop: stop.signal,
  });
  const queue = paths.values();
  const reader = async (): Promise<void> => {
    for (const path of queue) onFile(await packFile(path, packer, stop.signal));
  };
  await Promise.all(Array.from({ length: readers }, reader));
  packer.flush();
  await packer.settled(stop.signal);
  // Ends the timers of bodies that were waiting for company.
  stop.abort();
}

const readers = 4;
const openRows = openWasmRowStream();

async function packFile(path: string, packer: Packer, signal: AbortSignal): Promise<number> {
  const { sourceObject, deliveredAt } = describeObjectKey(basename(path));
  const stream = openRows({ sourceObject, fallbackTime: deliveredAt ?? '2026-11-01T00:00:00Z' });
  const rows = new ObjectRows();
  let inflated = 0;
  for await (const piece of decompress(storedBytes(path), { capBytes: 2 ** 31 })) {
    inflated += piece.length;
    await packer.write(piece, stream, rows, signal);
  }
  stream.end();
  if (stream.counts.records !== rows.written) {
    throw new Error(`${path}: ${stream.counts.records} records, ${rows.written} rows`);
  }
  return inflated;
}

/** Stands for an answer of S3: a small object comes in one piece, a large one in many. */
async function* storedBytes(path: string): AsyncGenerator<Uint8Array> {
  if (statSync(path).size <= 64 * 1024) yield readFileSync(path);
  else yield* createReadStream(path);
}

const clock: Clock = {
  now: () => Date.now(),
  // Never rejects: an aborted wait has simply ended.
  sleep: (ms, signal) =>
    setTimeout(ms, undefined, { ...(signal === undefined ? {} : { signal }) }).catch(() => undefined),
};
