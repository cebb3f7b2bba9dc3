import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { plainLogFile } from '../../local/trail/plainLogFile.ts';
import { createRandom } from '../../local/trail/random.ts';

/** Fills a folder with so many log files of one record each, and answers the IDs of the records. */
export function writeTinyObjects(folder: string, seed: string, count: number, now: number): ReadonlySet<string> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const random = createRandom(`scale/${seed}`);
  const ids = new Set<string>();
  for (let index = 0; index < count; index++) {
    const id = random.uuid();
    const { key, gzip } = plainLogFile([id], now, random);
    writeFileSync(join(folder, basename(key)), gzip);
    ids.add(id);
  }
  return ids;
}
