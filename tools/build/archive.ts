import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { bundle } from './bundle.ts';

interface Archive {
  /** The zip: the same sources and packages give the same bytes. */
  readonly bytes: Uint8Array;
  readonly files: number;
  /** What was bundled, see {@link bundle}. */
  readonly packages: readonly string[];
}

/** What is deployed: host.json, package.json, the licence and the bundle. Undefined when esbuild has said what is wrong. */
export async function archive(root: string): Promise<Archive | undefined> {
  const dist = mkdtempSync(join(tmpdir(), 'connector-package-'));
  try {
    const bundled = await bundle({ root, out: dist, sourceMap: false });
    if (bundled === undefined) return undefined;
    const files = contents(root, dist);
    // A fixed time makes the same sources give the same zip (ZIP knows no time before 1980, and no time zones).
    const bytes = zipSync(files, { level: 9, mtime: new Date('1980-01-01T00:00:00') });
    return { bytes, files: Object.keys(files).length, packages: bundled.packages };
  } finally {
    rmSync(dist, { recursive: true, force: true });
  }
}

function contents(root: string, dist: string): Zippable {
  const { name, version, description, license, type, main } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  // Without scripts and dependencies: the bundle needs none, and a platform build must not try to install them.
  const packageJson = { name, version, description, license, type, main, engines: { node: '>=22' } };
  const files: Zippable = {
    'host.json': readFileSync(join(root, 'host.json')),
    'package.json': Buffer.from(`${JSON.stringify(packageJson, null, 2)}\n`),
    LICENSE: readFileSync(join(root, 'LICENSE')),
  };
  for (const folder of readdirSync(dist).sort()) {
    for (const file of readdirSync(join(dist, folder)).sort()) {
      files[`dist/${folder}/${file}`] = readFileSync(join(dist, folder, file));
    }
  }
  return files;
}
