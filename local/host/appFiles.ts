import { glob, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** An app on disk: the folder of its host.json, and the files that register its functions. */
export interface AppFiles {
  readonly directory: string;
  readonly entryFiles: readonly string[];
}

/**
 * Finds an app's entry files: those `entry` names, else those the `main` pattern of its package.json names.
 * `app` is the app's folder, or one entry file somewhere under it.
 */
export async function findAppFiles(app: string, entry?: string): Promise<AppFiles> {
  const path = resolve(app);
  if ((await stat(path)).isFile()) return { directory: await folderOfHostJson(dirname(path)), entryFiles: [path] };
  const pattern = entry ?? (await mainOf(path));
  const entryFiles: string[] = [];
  for await (const file of glob(pattern, { cwd: path })) entryFiles.push(join(path, file));
  if (entryFiles.length === 0) throw new Error(`no entry file matches ${pattern} in ${path}`);
  return { directory: path, entryFiles: entryFiles.sort() };
}

async function mainOf(directory: string): Promise<string> {
  const { main } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as { main?: unknown };
  if (typeof main !== 'string') throw new Error(`package.json in ${directory} has no "main" to find the functions by`);
  return main;
}

async function folderOfHostJson(start: string): Promise<string> {
  for (let directory = start; ; directory = dirname(directory)) {
    const isThere = await stat(join(directory, 'host.json')).then(
      () => true,
      () => false,
    );
    if (isThere) return directory;
    if (directory === dirname(directory)) throw new Error(`there is no host.json at or above ${start}`);
  }
}
