import { describe, expect, it } from 'vitest';
import { importsOf, testsOf } from '../../../proof/mutation/importGraph.ts';

describe('importsOf', () => {
  it('follows values and not types, within the project', () => {
    const source = [
      "import { a } from './a.ts';",
      "import type { B } from './b.ts';",
      "import { type C, c } from '../c.ts';",
      "import { type D } from './d.ts';",
      "export { e } from './e.ts';",
      "export type { F } from './f.ts';",
      "import 'node:fs';",
    ].join('\n');
    expect(importsOf('shared/x/y.ts', source)).toEqual(['shared/x/a.ts', 'shared/c.ts', 'shared/x/e.ts']);
  });
});

describe('testsOf', () => {
  it('names the tests that run a file: its own first, then by distance, drawn cases last', () => {
    const graph = new Map([
      ['test/shared/far.test.ts', ['shared/b.ts']],
      ['test/shared/near.test.ts', ['shared/a.ts']],
      ['test/shared/a.test.ts', ['shared/b.ts']],
      ['test/shared/near.property.test.ts', ['shared/a.ts']],
      ['test/shared/other.test.ts', []],
      ['shared/b.ts', ['shared/a.ts']],
    ]);
    const tests = [...graph.keys()].filter((file) => file.startsWith('test/'));
    expect(testsOf('shared/a.ts', tests, graph)).toEqual([
      'test/shared/a.test.ts',
      'test/shared/near.test.ts',
      'test/shared/far.test.ts',
      'test/shared/near.property.test.ts',
    ]);
  });
});
