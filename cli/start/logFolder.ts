import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, opendir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { createGunzip } from 'node:zlib';

/** A file of the user's that will be put into the embedded bucket. */
export interface LogFolderFile {
  readonly path: string;
  readonly key: string;
  readonly sizeBytes: number;
}

/** Why a file below the folder is not delivered. */
export interface LeftOutFile {
  readonly path: string;
  readonly reason: string;
}

/** How much of a file is looked at to tell a log file from other JSON. */
const sniffBytes = 64 * 1024;

/**
 * Walks a folder of CloudTrail files at any depth. One entry is held at a time, beside one short digest per file size
 * seen, so that a folder larger than memory is fine.
 */
export async function* readLogFolder(
  folder: string,
  now: number,
  leaveOut: (file: LeftOutFile) => void,
): AsyncGenerator<LogFolderFile> {
  const seen = new SeenFiles();
  for await (const path of walk(folder)) {
    const sizeBytes = await sizeOf(path);
    const key = objectKeyFor(relative(folder, path), now);
    const reason = (await reasonToLeaveOut(path, key)) ?? (await seen.twinOf(path, sizeBytes));
    if (reason) leaveOut({ path, reason });
    else yield { path, key, sizeBytes };
  }
}

/** The path below the folder from `AWSLogs/` on is the key; where there is none, a key that CloudTrail could have written. */
export function objectKeyFor(relativePath: string, now: number): string {
  const path = relativePath.split(sep).join('/');
  if (/(^|\/)AWSLogs\//.test(path)) return path;
  const name = /^(?<account>\d{12})_CloudTrail_(?<region>[a-z0-9-]+)_(?<day>\d{8})T\d{4}Z_\w+\.json(\.gz)?$/.exec(
    basename(path),
  );
  const { account = '000000000000', region = 'us-east-1', day = dayOf(now) } = name?.groups ?? {};
  const date = `${day.slice(0, 4)}/${day.slice(4, 6)}/${day.slice(6)}`;
  // Two files of one name in two folders must stay two objects.
  return `AWSLogs/${account}/CloudTrail/${region}/${date}/${name ? basename(path) : path.replaceAll('/', '_')}`;
}

function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
}

/** In the order of their names, so that two runs over one folder announce alike. */
async function* walk(folder: string): AsyncGenerator<string> {
  const entries = [];
  for await (const entry of await opendir(folder)) entries.push(entry);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile() && !entry.name.startsWith('.')) yield path;
  }
}

async function sizeOf(path: string): Promise<number> {
  const file = await open(path);
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function reasonToLeaveOut(path: string, key: string): Promise<string | undefined> {
  if (!/\.(json|gz)$/.test(path)) return 'not named .json.gz or .json';
  if (/\/CloudTrail-Digest\//.test(key)) return 'a digest file: it proves log files and holds no events';
  const { text, whole } = await sniff(path);
  if (text === undefined || !whole) return undefined; // damaged or long: the connector says what is wrong with it
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // the connector names the offset
  }
  if (typeof value !== 'object' || value === null) return 'JSON, but not a log file: no object';
  if ('digestStartTime' in value) return 'a digest file: it proves log files and holds no events';
  return 'Records' in value ? undefined : 'JSON, but not a log file: no "Records"';
}

/** The beginning as text, and whether that is all; no text when it cannot be decompressed. */
async function sniff(path: string): Promise<{ text?: string; whole: boolean }> {
  const file = createReadStream(path, { highWaterMark: 16 * 1024 });
  const parts: Buffer[] = [];
  let length = 0;
  try {
    const isGzip = await startsAsGzip(path);
    const bytes = isGzip ? file.pipe(createGunzip()) : file;
    if (isGzip) file.on('error', (error) => bytes.destroy(error));
    for await (const part of bytes as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length > sniffBytes) return { text: '', whole: false };
    }
    return {
      text: Buffer.concat(parts)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
      whole: true,
    };
  } catch {
    return { whole: true }; // not to be decompressed: the connector reports it as a failed object
  } finally {
    file.destroy();
  }
}

async function startsAsGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** Finds the same bytes under a second name; only files of one size are ever hashed. */
class SeenFiles {
  readonly #bySize = new Map<number, { first: string | undefined; digests: Map<string, string> }>();

  async twinOf(path: string, sizeBytes: number): Promise<string | undefined> {
    const sameSize = this.#bySize.get(sizeBytes);
    if (!sameSize) {
      this.#bySize.set(sizeBytes, { first: path, digests: new Map() });
      return undefined;
    }
    if (sameSize.first !== undefined) {
      sameSize.digests.set(await digestOf(sameSize.first), sameSize.first);
      sameSize.first = undefined;
    }
    const digest = await digestOf(path);
    const twin = sameSize.digests.get(digest);
    if (twin !== undefined) return `the same file as ${twin}`;
    sameSize.digests.set(digest, path);
    return undefined;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('base64');
}
