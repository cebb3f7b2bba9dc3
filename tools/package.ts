import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { parseCommand, refuseUsage } from '../cli/commandLine.ts';

const { values } = parseCommand({
  name: 'package',
  summary: 'Builds and zips what is deployed: host.json, package.json and the bundle.',
  options: { out: { type: 'string', value: 'FILE', help: 'the zip to write (default connector.zip)' } },
  notes: 'Deploy it with a zip deployment, or unpack it and run: func azure functionapp publish NAME --no-build',
});

const root = join(import.meta.dirname, '..');
const zipFile = resolve(values.out ?? join(root, 'connector.zip'));
if (!existsSync(dirname(zipFile))) {
  refuseUsage('package', `--out must be in a folder that exists; make "${dirname(zipFile)}" first`);
}

// Always built in one place: the source map names the sources by their way from there.
const built = spawnSync(process.execPath, [join(root, 'tools', 'build.ts')], { cwd: root, stdio: ['ignore', 2, 2] });
if (built.status !== 0) process.exit(1);

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
for (const file of readdirSync(join(root, 'dist', 'functions')).sort()) {
  files[`dist/functions/${file}`] = readFileSync(join(root, 'dist', 'functions', file));
}
// A fixed time makes the same sources give the same zip (ZIP knows no time before 1980, and no time zones).
const bytes = zipSync(files, { level: 9, mtime: new Date('1980-01-01T00:00:00') });
writeFileSync(zipFile, bytes);
console.error(`Wrote ${zipFile}: ${Object.keys(files).length} files, ${(bytes.length / 1e6).toFixed(2)} MB.`);
