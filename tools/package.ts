import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseCommand, refuseUsage } from '../cli/commandLine.ts';
import { archive } from './build/archive.ts';

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

const packed = await archive(root);
if (packed === undefined) process.exit(1);
put(packed.bytes);
console.error(`Wrote ${zipFile}: ${packed.files} files, ${(packed.bytes.length / 1e6).toFixed(2)} MB.`);

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
