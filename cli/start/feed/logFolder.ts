import { type Dirent, readFileSync, statSync } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { headBytes, reasonNoLogFile } from './logFileLook.ts';
import { ObjectKeys, reasonToSkip } from './objectKeys.ts';
import { SeenFiles } from './seenFiles.ts';

/** A file of the user's that will be put into the embedded bucket. */
export interface LogFolderFile {
  readonly path: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** Everything in it, when that is little. */
  readonly content?: Buffer;
}

/** Why a file below the folder is not delivered. */
export interface LeftOutFile {
  readonly path: string;
  readonly reason: string;
  /** True when it may hold records that are missing now: it could not be read. */
  readonly isFailure: boolean;
}

export interface LogFolderOptions {
  /** Milliseconds since the epoch; dates the keys of files whose name tells no day. */
  readonly now: number;
  /** Folders and files that are not the user's own, such as what this run writes. */
  readonly except?: readonly string[];
  readonly leaveOut: (file: LeftOutFile) => void;
}

/** Up to this size a file is read once and as a whole, in this process: cheaper than handing it around. */
const smallBytes = 1024 * 1024;

/**
 * Walks a folder of CloudTrail files at any depth, in the order of names, so that two runs announce alike. Held are the
 * file at hand and some words about each file before it, so that a folder larger than memory is fine.
 */
export async function* readLogFolder(folder: string, options: LogFolderOptions): AsyncGenerator<LogFolderFile> {
  const { leaveOut } = options;
  const keys = new ObjectKeys(options.now);
  const seen = new SeenFiles();
  for await (const path of walk(folder, new Set(options.except), new Set(), leaveOut)) {
    try {
      const relativePath = relative(folder, path);
      const reason = isNamedLikeALog(path) ? reasonToSkip(relativePath) : 'not named .json.gz or .json';
      const file = reason ?? (await readFile(path, seen));
      if (typeof file === 'string') leaveOut({ path, reason: file, isFailure: false });
      else yield { ...file, key: keys.keyFor(relativePath) };
    } catch (error) {
      leaveOut({ path, reason: `it cannot be read: ${messageOf(error)}`, isFailure: true });
    }
  }
}

function isNamedLikeALog(path: string): boolean {
  return /\.(json|gz)$/i.test(path);
}

/** What an error of the file system says, without the path that is told beside it. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, \w+ '.*$/s, '');
}

/** Regular files below a folder. Links are followed; a folder is entered once, so that links in a circle end. */
async function* walk(
  folder: string,
  except: ReadonlySet<string>,
  entered: Set<string>,
  leaveOut: (file: LeftOutFile) => void,
): AsyncGenerator<string> {
  const entries = await entriesOf(folder, entered, leaveOut);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (except.has(path)) continue;
    // Hidden files are the system's own, unless they look like log files: then their absence must be told.
    const isHidden = entry.name.startsWith('.');
    if (isHidden && !isNamedLikeALog(path)) continue;
    const kind = await kindOf(path, entry, leaveOut);
    if (kind === 'folder') yield* walk(path, except, entered, leaveOut);
    else if (kind === 'file' && isHidden) leaveOut({ path, reason: 'a hidden file', isFailure: false });
    else if (kind === 'file') yield path;
    else if (kind === 'other') leaveOut({ path, reason: 'not a regular file', isFailure: false });
  }
}

async function entriesOf(
  folder: string,
  entered: Set<string>,
  leaveOut: (file: LeftOutFile) => void,
): Promise<readonly Dirent[]> {
  try {
    const place = await realpath(folder);
    if (entered.has(place)) {
      leaveOut({ path: folder, reason: 'a link to a folder that is read already', isFailure: false });
      return [];
    }
    entered.add(place);
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    leaveOut({ path: folder, reason: `the folder cannot be read: ${messageOf(error)}`, isFailure: true });
    return [];
  }
}

async function kindOf(
  path: string,
  entry: Dirent,
  leaveOut: (file: LeftOutFile) => void,
): Promise<'folder' | 'file' | 'other' | undefined> {
  try {
    const found = entry.isSymbolicLink() ? await stat(path) : entry;
    if (found.isDirectory()) return 'folder';
    return found.isFile() ? 'file' : 'other';
  } catch (error) {
    leaveOut({ path, reason: `a link that leads nowhere: ${messageOf(error)}`, isFailure: isNamedLikeALog(path) });
    return undefined;
  }
}

/** The file, or why it is left out. */
async function readFile(path: string, seen: SeenFiles): Promise<Omit<LogFolderFile, 'key'> | string> {
  const { size: sizeBytes } = statSync(path);
  if (sizeBytes <= smallBytes) {
    const content = readFileSync(path);
    const reason = await reasonNoLogFile(path, content.subarray(0, headBytes), content);
    if (reason !== undefined) return reason;
    const twin = seen.twinOfContent(path, content);
    return twin === undefined ? { path, sizeBytes: content.length, content } : `the same file as ${twin}`;
  }
  const reason = await reasonNoLogFile(path, await headOf(path));
  if (reason !== undefined) return reason;
  const twin = await seen.twinOfFile(path, sizeBytes);
  return twin === undefined ? { path, sizeBytes } : `the same file as ${twin}`;
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
