import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../proof/bench/arguments.ts';

describe('readArguments', () => {
  it('runs everything when nothing is said', () => {
    expect(readArguments([])).toEqual({
      json: false,
      quick: false,
      sets: ['mid', 'tiny', 'large', 'end-to-end'],
      rounds: 3,
    });
  });

  it('takes sets once each, rounds and switches', () => {
    const words = ['--set', 'tiny', '--set=mid', '--set', 'tiny', '--rounds', '2', '--json', '--quick'];
    expect(readArguments(words)).toEqual({ json: true, quick: true, sets: ['tiny', 'mid'], rounds: 2 });
  });

  it('runs a quick run once', () => {
    expect(readArguments(['--quick']).rounds).toBe(1);
  });
});

describe('the command line of the benchmark', () => {
  it('offers help', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--rounds N') });
  });

  it.each([
    [['--fast'], /--fast/],
    [['mid'], /mid/],
    [['--set', 'big'], /--set must be one of mid, tiny, large, end-to-end; got "big"/],
    [['--rounds', '51'], /--rounds must be a whole number from 1 to 50; got "51"/],
  ])('refuses %j with exit code 2', (words, problem) => {
    expect(run(...words)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(problem) });
  });
});

function run(...words: string[]) {
  const bench = join(import.meta.dirname, '../../../proof/bench.ts');
  return spawnSync(process.execPath, [bench, ...words], { encoding: 'utf8' });
}
