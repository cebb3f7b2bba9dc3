import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
// Plain JavaScript, of which the compiler knows nothing.
const { isSuitable } = (await import(join(root, 'tools', 'bootstrap', 'suitableNode.mjs'))) as {
  isSuitable(version: string): boolean;
};
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('isSuitable', () => {
  it.each(['v22.19.0', 'v22.23.3', 'v24.0.0', 'v24.21.0', 'v26.1.0'])('takes %s as it is', (version) => {
    expect(isSuitable(version)).toBe(true);
  });
  it.each(['v20.20.2', 'v22.18.0', 'v23.11.0', 'v18.0.0'])('does not run on %s', (version) => {
    expect(isSuitable(version)).toBe(false);
  });
});

describe('what is said of Node', () => {
  const statement =
    'Node 20 or newer on PATH is enough: the scripts run on it where it is 22.19 or newer, and otherwise fetch Node 24 once (190 MB).';

  it.each(['README.md', 'CONTRIBUTING.md'])('is the same in %s', (file) => {
    expect(read(file).replace(/\s+/g, ' ')).toContain(statement);
  });

  it('holds in package.json, .nvmrc and the pinned package', () => {
    expect(JSON.parse(read('package.json')).engines).toEqual({ node: '>=20' });
    expect(read('.nvmrc').trim()).toBe('24');
    const pinned: string[] = Object.values(JSON.parse(read('tools/node/package.json')).optionalDependencies);
    expect(pinned.every((version) => version.startsWith('24.'))).toBe(true);
  });
});
