import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../functions/', import.meta.url);
const triggers = globSync('*.ts', { cwd: folder }).map((file) => ({
  file,
  text: readFileSync(new URL(file, folder), 'utf8'),
}));
const reachable = triggers.filter(({ text }) => text.includes('app.http('));

describe('a function that is reached by HTTP', () => {
  it.each(reachable)('asks for a key: $file', ({ text }) => {
    expect(text.match(/app\.http\(/g)).toHaveLength(1);
    expect(text).toMatch(/authLevel: 'function'/);
    expect(text).toMatch(/methods: \['GET'\]/);
  });

  it('is one of two', () => {
    expect(reachable.map(({ file }) => file).sort()).toEqual(['check.ts', 'health.ts']);
  });
});
