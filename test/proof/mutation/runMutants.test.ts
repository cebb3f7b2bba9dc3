import { describe, expect, it } from 'vitest';
import { runMutants } from '../../../proof/mutation/runMutants.ts';
import { scoreOf } from '../../../proof/mutation/score.ts';

const file = 'shared/pipeline/upload/shares.ts';

describe('runMutants', () => {
  it('tells which mutants the tests notice, and which none of them meets', async () => {
    const harmless = { file, line: 1, start: 0, end: 0, original: '', replacement: '/* nothing */' };
    const fatal = { ...harmless, replacement: 'throw new Error();' };
    const untested = { ...harmless, file: 'shared/nowhere.ts' };
    const verdicts = await runMutants({
      mutants: [fatal, harmless, untested],
      testsOf: (of) => (of === file ? ['test/shared/pipeline/upload/shares.test.ts'] : []),
      processes: 1,
      until: Number.POSITIVE_INFINITY,
    });
    expect(verdicts.map(({ fate }) => fate)).toEqual(['killed', 'survived', 'untested']);
    expect(scoreOf(verdicts)).toMatchObject({
      score: 33.3,
      folders: { 'shared/pipeline/upload': { mutants: 2, score: 50 } },
      alive: [{ place: 'shared/nowhere.ts:1' }, { place: `${file}:1` }],
    });
  });
});
