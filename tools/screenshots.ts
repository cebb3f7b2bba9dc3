import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCommand } from '../cli/commandLine.ts';
import { faultsOf } from './browser/faults.ts';
import { lookAtPage, type View } from './browser/lookAtPage.ts';

const { values } = parseCommand({
  name: 'screenshots',
  summary: 'Looks at the health page with a real browser, and makes its pictures in docs/images/.',
  options: { check: { type: 'boolean', help: 'make no pictures; say whether the page is shown as it should be' } },
});

const root = join(import.meta.dirname, '..');
const browser = join(import.meta.dirname, 'browser');
const images = join(root, 'docs', 'images');
/** A README is read over slow lines, too. */
const mostBytes = 300_000;

if (!existsSync(join(browser, 'node_modules'))) {
  console.error('Installing the browser (108 MB, once) ...');
  const flags = ['ci', '--ignore-scripts', '--loglevel=error'];
  const { status } = spawnSync('npm', flags, { cwd: browser, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}
await mkdir(images, { recursive: true });
const pictures = [
  { name: 'health-green', sample: 'green', width: 1100, dark: false },
  { name: 'health-red', sample: 'red', width: 1100, dark: true },
] as const;
const phones = (['green', 'red'] as const).flatMap((sample) =>
  [true, false].map((dark): View => ({ name: `${sample} on a phone`, sample, width: 360, dark })),
);
const files = values.check ? [] : pictures.map(({ name }) => join(images, `${name}.png`));
const seen = await lookAtPage([
  ...pictures.map((view, index): View => ({ ...view, ...(files[index] === undefined ? {} : { out: files[index] }) })),
  ...phones,
]);
const large = files.filter((file) => statSync(file).size > mostBytes).map((file) => `${file} is larger than 300 kB`);
const faults = [...seen.flatMap(faultsOf), ...large];
for (const fault of faults) console.error(fault);
for (const file of files) console.error(`Wrote ${file} (${Math.round(statSync(file).size / 1000)} kB).`);
console.error(faults.length === 0 ? `OK: ${seen.length} views, each as it should be.` : `${faults.length} faults.`);
process.exitCode = faults.length === 0 ? 0 : 1;
