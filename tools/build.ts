import { join, resolve } from 'node:path';
import { parseCommand } from '../cli/commandLine.ts';
import { bundle } from './build/bundle.ts';

const { values } = parseCommand({
  name: 'build',
  summary: 'Bundles the functions into dist/, as they are deployed, with a source map for debuggers.',
  options: { out: { type: 'string', value: 'DIR', help: 'write there instead of dist/' } },
});

const root = join(import.meta.dirname, '..');
const built = await bundle({ root, out: resolve(values.out ?? join(root, 'dist')), sourceMap: true });
if (built === undefined) process.exit(1);
const { bytes, file, functions } = built;
console.error(
  `Built ${file} (${(bytes / 1e6).toFixed(2)} MB) with ${functions.length} functions: ${functions.join(', ')}.`,
);
