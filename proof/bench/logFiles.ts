import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One gzip log file of a set. */
export interface LogFile {
  readonly name: string;
  readonly path: string;
  /** All of it, for designs that know no other way. */
  whole(): Uint8Array;
  /** As an answer of S3 brings it: a small object in one piece, a larger one in many. */
  chunks(): AsyncIterable<Uint8Array>;
}

/**
 * The files of a folder, in memory before anything is measured, so that the disk is not; only very large ones are read as
 * they are wanted, since their memory would be measured.
 */
export function loadLogFiles(folder: string): LogFile[] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const path = join(folder, name);
      return statSync(path).size > mostLoadedBytes ? fileOnDisk(name, path) : fileInMemory(name, path);
    });
}

const mostLoadedBytes = 4 * 1024 * 1024;

/** What a stream of Node's brings at once. */
const chunkBytes = 64 * 1024;

/** Up to this size the connector's object store hands an object over in one piece. */
const onePieceBytes = 256 * 1024;

function fileOnDisk(name: string, path: string): LogFile {
  return { name, path, whole: () => readFileSync(path), chunks: () => createReadStream(path) };
}

function fileInMemory(name: string, path: string): LogFile {
  const bytes = readFileSync(path);
  return {
    name,
    path,
    whole: () => bytes,
    async *chunks() {
      const step = bytes.length <= onePieceBytes ? onePieceBytes : chunkBytes;
      for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
    },
  };
}
