import { describe, expect, test } from 'vitest';
import { checkCase } from '../../proof/fuzz/checkCase.ts';
import { checkMessage, drawMessage, seedMessages } from '../../proof/fuzz/checkMessage.ts';
import { loadCorpus } from '../../proof/fuzz/corpus.ts';
import { drawCase, seedTrees } from '../../proof/fuzz/drawCase.ts';
import { decodeCase, encodeCase, type FuzzCase } from '../../proof/fuzz/fuzzCase.ts';
import { minimise } from '../../proof/fuzz/minimise.ts';

describe('checkCase', () => {
  test('finds nothing in the cases that once failed', () => {
    const corpus = loadCorpus();
    const problems = [...corpus].flatMap(([name, input]) => {
      const problem = checkCase(input);
      return problem === undefined ? [] : [`${name}: ${problem}`];
    });
    expect(problems).toEqual([]);
  });

  test('finds nothing in a few hundred new ones', () => {
    const seeds = seedTrees('tests');
    const problems = Array.from({ length: 200 }, (_, number) => {
      const input = drawCase('tests', number, seeds, []);
      const problem = checkCase(input);
      return problem === undefined ? [] : [encodeCase(input, problem)];
    });
    expect(problems.flat()).toEqual([]);
  });
});

describe('checkMessage', () => {
  test('finds nothing in a few thousand odd messages', () => {
    const seeds = seedMessages();
    const problems = Array.from({ length: 1500 }, (_, number) => checkMessage(drawMessage('tests', number, seeds)));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });
});

describe('drawCase', () => {
  test('draws the same case for the same number', () => {
    const seeds = seedTrees('tests');
    expect(drawCase('a', 7, seeds, [])).toEqual(drawCase('a', 7, seeds, []));
    expect(drawCase('a', 7, seeds, [])).not.toEqual(drawCase('a', 8, seeds, []));
  });
});

describe('minimise', () => {
  test('keeps what makes a case fail, and little else', () => {
    const log = Buffer.from(`{"Records":[${'{"a":1},'.repeat(50)}{"needle":2}${',{"b":3}'.repeat(50)}]}`);
    const input: FuzzCase = { log, pieces: [3, 9, 27], limit: 3000, bounds: 'tight' };
    const smallest = minimise(input, (candidate) => Buffer.from(candidate.log).includes('needle'));
    expect(Buffer.from(smallest.log).toString()).toBe('needle');
    expect(smallest).toMatchObject({ pieces: [1 << 20], limit: 1_000_000, bounds: 'usual' });
  });
});

describe('encodeCase', () => {
  test('keeps every byte', () => {
    const input: FuzzCase = { log: Buffer.from([0, 0x22, 0x80, 0xff]), pieces: [1], limit: 3000, bounds: 'usual' };
    expect(decodeCase(encodeCase(input, 'why'))).toEqual(input);
  });
});
