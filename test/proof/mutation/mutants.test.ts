import { describe, expect, it } from 'vitest';
import { mutantsOf } from '../../../proof/mutation/mutants.ts';

/** Each mutant's whole source. */
function mutated(source: string): readonly string[] {
  return mutantsOf('x.ts', source).map(
    ({ start, end, replacement }) => source.slice(0, start) + replacement + source.slice(end),
  );
}

describe('mutantsOf', () => {
  it.each([
    ['if (a) b = c;', ['if (true) b = c;', 'if (false) b = c;', 'if (a) ;']],
    ['while (a) {}', ['while (false) {}']],
    ['x = a < b;', [';', 'x = a <= b;']],
    ['const x = a ?? b;', ['const x = a && b;']],
    ['const x = (a as number) + b;', ['const x = (a as number) - b;']],
    ['const x = !a;', ['const x = (a);']],
    ['const x = [true, 7];', ['const x = [false, 7];', 'const x = [true, (7 + 1)];']],
    ['await act(a);', [';']],
    ['void act(a);', [';']],
    ['const f = () => { return [a]; };', ['const f = () => { return []; };']],
  ])('changes %s', (source, expected) => {
    expect(mutated(source)).toEqual(expected);
  });

  it.each([
    "import { a } from './a.ts';",
    'type A = 1 | true;',
    'interface A { a: 2 }',
    'const x: 3 = y;',
    "const x = 'a' + b;",
    'const x = { 4: y };',
    'throw a;',
  ])('leaves alone: %s', (source) => {
    expect(mutated(source)).toEqual([]);
  });

  it('tells the line', () => {
    expect(mutantsOf('x.ts', 'const a = b;\nconst c = !d;')).toMatchObject([{ file: 'x.ts', line: 2, original: '!d' }]);
  });

  it('refuses what is no source', () => {
    expect(() => mutantsOf('x.ts', 'const = ;')).toThrow('x.ts cannot be parsed');
  });
});
