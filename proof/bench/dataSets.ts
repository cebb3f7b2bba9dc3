import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateTrail } from '../../local/trail/generateTrail.ts';
import { writeRepeatedTrailFile } from './repeatedTrailFile.ts';

export const setNames = ['mid', 'tiny', 'large', 'end-to-end'] as const;
export type SetName = (typeof setNames)[number];

/** A folder of log files: either many of a number of records, or one of a size, which repeats the records of a block. */
type Recipe =
  | { readonly files: number; readonly records: number; readonly about: string }
  | { readonly bytes: number; readonly blockBytes: number; readonly about: string };

/** A set as generated; `records` and `bytes` (uncompressed) are what every design must have read. */
export interface DataSet {
  readonly name: string;
  readonly about: string;
  readonly folder: string;
  readonly files: number;
  readonly records: number;
  readonly bytes: number;
  readonly gzippedBytes: number;
}

const blockBytes = 25_000_000;

/** The sets of a full run, and small ones for a quick run that only shows that everything works. */
export const recipes = {
  mid: { files: 50, records: 100_000, about: 'busy accounts: thousands of records a file' },
  tiny: { files: 20_000, records: 60_000, about: 'quiet accounts: 3 records a file' },
  large50: { bytes: 50_000_000, blockBytes, about: "one file of 50 MB, CloudTrail's largest" },
  large200: { bytes: 200_000_000, blockBytes, about: 'one file of 200 MB' },
  large1000: { bytes: 1_000_000_000, blockBytes, about: 'one file of 1 GB' },
  quickMid: { files: 4, records: 8000, about: 'as mid, a twelfth' },
  quickTiny: { files: 2000, records: 6000, about: 'as tiny, a tenth' },
  quickLarge50: { bytes: 2_000_000, blockBytes: 1_000_000, about: 'one file of 2 MB' },
  quickLarge200: { bytes: 20_000_000, blockBytes: 1_000_000, about: 'one file of 20 MB' },
  quickLarge1000: { bytes: 40_000_000, blockBytes: 1_000_000, about: 'one file of 40 MB' },
} as const satisfies Record<string, Recipe>;

export type RecipeName = keyof typeof recipes;

/** Generates a set below `root`, or finds it there: the folder's name carries a hash of the recipe and of the generator's source. */
export async function prepareDataSet(root: string, name: RecipeName): Promise<DataSet> {
  const recipe: Recipe = recipes[name];
  const folder = join(root, `${name}-${fingerprint(recipe)}`);
  const description = `${folder}.json`;
  if (existsSync(description)) return { ...JSON.parse(readFileSync(description, 'utf8')), folder };
  mkdirSync(root, { recursive: true });
  removeOlder(root, name);
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh);
  const counts = 'bytes' in recipe ? await writeOne(fresh, recipe) : writeMany(fresh, recipe);
  renameSync(fresh, folder);
  const set = { name, about: recipe.about, ...counts };
  writeFileSync(description, JSON.stringify(set));
  return { ...set, folder };
}

type Counts = Pick<DataSet, 'files' | 'records' | 'bytes' | 'gzippedBytes'>;

async function writeOne(
  folder: string,
  recipe: { readonly bytes: number; readonly blockBytes: number },
): Promise<Counts> {
  const path = join(folder, '111122223333_CloudTrail_us-east-1_20261101T0000Z_a.json.gz');
  return { files: 1, ...(await writeRepeatedTrailFile(path, { seed, ...recipe })) };
}

function writeMany(folder: string, recipe: { readonly files: number; readonly records: number }): Counts {
  const counts = { files: 0, records: 0, bytes: 0, gzippedBytes: 0 };
  for (const file of generateTrail({
    seed,
    files: recipe.files,
    records: recipe.records,
    now: Date.UTC(2026, 10, 1),
  })) {
    const gzipped = file.gzip();
    writeFileSync(join(folder, file.key.slice(file.key.lastIndexOf('/') + 1)), gzipped);
    counts.files += 1;
    counts.records += file.records;
    // The length of the uncompressed content ends every gzip file.
    counts.bytes += Buffer.from(gzipped).readUInt32LE(gzipped.length - 4);
    counts.gzippedBytes += gzipped.length;
  }
  return counts;
}

const seed = 'bench';

function fingerprint(recipe: Recipe): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe));
  const source = join(import.meta.dirname, '../../local/trail');
  for (const path of globSync('**/*.ts', { cwd: source }).sort()) hash.update(readFileSync(join(source, path)));
  return hash.digest('hex').slice(0, 12);
}

function removeOlder(root: string, name: string): void {
  for (const entry of readdirSync(root)) {
    if (entry.startsWith(`${name}-`)) rmSync(join(root, entry), { recursive: true });
  }
}
