import { accessSync, constants, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemReason } from '../../process/systemReason.ts';

/** A folder that holds this file is ours, and what a run needs the place of is removed there. */
const marker = '.cloudtrail-connector';
const markerText =
  'npm start of the CloudTrail connector works in this folder and empties it. Keep nothing of yours here.\n';

/** What runs left there before there was a marker. */
const oldRunNames = new Set(['ingestion-ca.pem', 'table.ndjson', 's3']);

/**
 * Makes the folder ours, or says in one sentence why it cannot be: nothing is ever removed from a folder that somebody
 * else keeps files in.
 */
export function claimWorkFolder(folder: string, { isDefault }: { readonly isDefault: boolean }): string | undefined {
  const other = isDefault ? '; name another folder with --work DIR' : '';
  try {
    mkdirSync(folder, { recursive: true });
    if (!statSync(folder).isDirectory()) return `--work must be a folder; "${folder}" is a file`;
    const names = readdirSync(folder);
    const isOurs = names.length === 0 || names.includes(marker) || (isDefault && isOld(folder, names));
    if (!isOurs) {
      return isDefault
        ? `the work folder "${folder}" holds files that no run made, and a run empties it; move them elsewhere, or name another folder with --work DIR`
        : `--work must be a new or an empty folder, since a run empties it; "${folder}" holds other files`;
    }
    accessSync(folder, constants.W_OK);
    if (!names.includes(marker)) writeFileSync(join(folder, marker), markerText);
    return undefined;
  } catch (error) {
    const isFile = ['EEXIST', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code));
    if (isFile) return `--work must be a folder; "${folder}" is a file, or lies below one`;
    return `${isDefault ? 'the work folder' : '--work must be a folder that can be written;'} "${folder}" cannot be written: ${systemReason(error)}${other}`;
  }
}

/** The project's own work folder is shared with other commands; of it, a run empties one folder. */
function isOld(folder: string, names: readonly string[]): boolean {
  return !names.includes('run') || readdirSync(join(folder, 'run')).every((name) => oldRunNames.has(name));
}
