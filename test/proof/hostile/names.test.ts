import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostileNames } from '../../../proof/hostile/names.ts';

it('names in the documentation every case that the command measures, in its order', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/performance.md'), 'utf8');
  const table = /<!-- hostile: begin -->\n([\s\S]*)<!-- hostile: end -->/.exec(text)?.[1] ?? '';
  const named = table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => row.split('|')[1]?.trim());
  expect(named, 'run: npm run hostile -- --write').toEqual(hostileNames);
});
