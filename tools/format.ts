import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseCommand } from '../cli/commandLine.ts';

parseCommand({
  name: 'format',
  summary: 'Formats the code and applies the safe lint fixes.',
  options: {},
});

const root = join(import.meta.dirname, '..');
const biome = join(root, 'node_modules', '.bin', 'biome');
process.exit(spawnSync(biome, ['check', '--write', root], { stdio: 'inherit' }).status ?? 1);
