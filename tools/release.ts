import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseCommand, refuseUsage } from '../cli/commandLine.ts';
import { archive } from './build/archive.ts';
import { billOfMaterials, type LockFile } from './release/billOfMaterials.ts';

const { values } = parseCommand({
  name: 'release',
  summary: 'Makes the files of a release: package, templates, bill of materials (CycloneDX) and checksums.',
  options: {
    'dry-run': {
      type: 'boolean',
      help: 'make the files; publishing them is the work of .github/workflows/release.yml alone',
    },
    out: { type: 'string', value: 'DIR', help: 'where to write them (default dist/release)' },
  },
  notes:
    'The same sources and packages give the same bytes. Compare with a published release: sha256sum --check SHA256SUMS',
});
if (values['dry-run'] !== true) {
  refuseUsage('release', 'only the workflow publishes; say --dry-run to make the files here');
}

const root = join(import.meta.dirname, '..');
const out = resolve(values.out ?? join(root, 'dist', 'release'));
const packed = await archive(root);
if (packed === undefined) process.exit(1);

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile;
const files = new Map<string, Uint8Array>([
  ['connector.zip', packed.bytes],
  ['connector.cdx.json', Buffer.from(`${JSON.stringify(billOfMaterials(lock, packed.packages), null, 2)}\n`)],
]);
for (const [source, name] of [
  ['infra/azure/connector.json', 'azure-connector.json'],
  ['infra/azure/createUiDefinition.json', 'azure-createUiDefinition.json'],
  ['infra/azure/entra-application.sh', 'azure-entra-application.sh'],
  ['infra/aws/connector.yaml', 'aws-connector.yaml'],
  ['infra/aws/hub.yaml', 'aws-hub.yaml'],
] as const) {
  files.set(name, readFileSync(join(root, source)));
}
const sums = [...files]
  .sort(([one], [other]) => (one < other ? -1 : 1))
  .map(([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`);
files.set('SHA256SUMS', Buffer.from(sums.join('')));

mkdirSync(out, { recursive: true });
for (const [name, bytes] of files) writeFileSync(join(out, name), bytes);
process.stdout.write(sums.join(''));
console.error(
  `Wrote ${files.size} files of version ${lock.version} to ${basename(out)}, ${packed.packages.length} packages are bundled.`,
);
