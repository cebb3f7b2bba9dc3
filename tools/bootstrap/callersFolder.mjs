import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where the person stands who called: npm runs its scripts in the project's folder, whatever folder it was called in,
 * and relative paths are the caller's.
 */
export function callersFolder(root, environment, current = process.cwd()) {
  const { INIT_CWD: folder, npm_package_json: runBy } = environment;
  if (folder === undefined || runBy !== join(root, 'package.json') || current !== root) return current;
  return existsSync(folder) ? folder : current;
}
