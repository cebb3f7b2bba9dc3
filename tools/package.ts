import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { parseCommand, refuseUsage } from '../cli/commandLine.ts';
import { bundle } from './build/bundle.ts';

const { values } = parseCommand({
  name: 'package',
  summary: 'Builds and zips what is deployed: host.json, package.json and the bundle.',
  options: { out: { type: 'string', value: 'FILE', help: 'the zip to write (default connector.zip)' } },
  notes: [
    'Deploy it:',
    '  az functionapp deployment source config-zip -g GROUP -n NAME --src connector.zip',
    'or unpack it, and in its folder:',
    '  func azure functionapp publish NAME --no-build --javascript',
  ].join('\n'),
});

const root = join(import.meta.dirname, '..');
const zipFile = resolve(values.out ?? join(root, 'connector.zip'));
if (!existsSync(dirname(zipFile))) {
  refuseUsage('package', `--out must be in a folder that exists; make "${dirname(zipFile)}" first`);
}
if (existsSync(zipFile) && !statSync(zipFile).isFile()) {
  refuseUsage('package', `--out must be a file; "${zipFile}" is a folder or a device`);
}

const dist = mkdtempSync(join(tmpdir(), 'connector-package-'));
try {
  if ((await bundle({ root, out: dist, sourceMap: false })) === undefined) process.exit(1);
  const files = contents();
  // A fixed time makes the same sources give the same zip (ZIP knows no time before 1980, and no time zones).
  const bytes = zipSync(files, { level: 9, mtime: new Date('1980-01-01T00:00:00') });
  put(bytes);
  console.error(`Wrote ${zipFile}: ${Object.keys(files).length} files, ${(bytes.length / 1e6).toFixed(2)} MB.`);
} finally {
  rmSync(dist, { recursive: true, force: true });
}

function contents(): Zippable {
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

/** Whole or not at all: half a zip would be deployed by somebody. */
function put(bytes: Uint8Array): void {
  const half = `${zipFile}.new`;
  try {
    writeFileSync(half, bytes);
    renameSync(half, zipFile);
  } catch (error) {
    rmSync(half, { force: true });
    throw error;
  }
}
