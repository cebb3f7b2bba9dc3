import { describe, expect, it } from 'vitest';
import { readSelectors } from '../../../shared/settings/selectors.ts';

const fields = [{ Field: 'eventSource', Equals: ['kms.amazonaws.com'] }];
const one = { Name: 'KMS', Action: 'drop', FieldSelectors: fields };

function problems(value: unknown): readonly string[] {
  const reading = readSelectors(typeof value === 'string' ? value : JSON.stringify(value), 'SELECTORS');
  return reading.ok ? [] : reading.problems;
}

describe('readSelectors', () => {
  it('reads what it is told', () => {
    const selectors = [one, { ...one, Name: 'keep', Action: 'keep' }];
    expect(readSelectors(JSON.stringify(selectors), 'SELECTORS')).toEqual({ ok: true, selectors });
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '[', /^SELECTORS must be JSON: /],
    ['no list', {}, /^SELECTORS must be a list of selectors$/],
    ['no object', [7], /^SELECTORS\[0\] must be an object of Name, Action and FieldSelectors$/],
    ['no name', [{ ...one, Name: undefined }], /^SELECTORS\[0\]\.Name is missing$/],
    ['an odd name', [{ ...one, Name: 'a"b' }], /^SELECTORS\[0\]\.Name must be 1 to 100 letters/],
    ['one name twice', [one, one], /^SELECTORS must not use one Name twice$/],
    ['another action', [{ ...one, Action: 'Drop' }], /^SELECTORS\[0\]\.Action must be keep or drop$/],
    ['no fields', [{ ...one, FieldSelectors: [] }], /^SELECTORS\[0\]\.FieldSelectors must not be empty/],
    [
      'another field',
      [{ ...one, FieldSelectors: [{ Field: 'event', Equals: ['a'] }] }],
      /\.Field must be one of eventC/,
    ],
    ['another key', [{ ...one, FieldSelectors: [{ ...fields[0], Equal: ['a'] }] }], /\[0\]\.Equal is not known here$/],
    ['no operator', [{ ...one, FieldSelectors: [{ Field: 'eventName' }] }], /must have Equals, .* or NotEndsWith$/],
    ['no value', [{ ...one, FieldSelectors: [{ Field: 'eventName', Equals: [] }] }], /\.Equals must hold at least one/],
    [
      'an empty one',
      [{ ...one, FieldSelectors: [{ Field: 'eventName', StartsWith: [''] }] }],
      /\[0\] must not be empty$/,
    ],
    ['too many', Array.from({ length: 51 }, (_, n) => ({ ...one, Name: `${n}` })), /^SELECTORS must hold at most 50/],
  ])('refuses %s and says where', (_what, value, problem) => {
    expect(problems(value)).toEqual([expect.stringMatching(problem)]);
  });

  it('tells every problem at once, without the secrets of others', () => {
    expect(
      problems([
        { ...one, Action: 'a' },
        { ...one, Name: 'b', FieldSelectors: 7 },
      ]),
    ).toHaveLength(2);
    const many = Array.from({ length: 501 }, (_, n) => `v${n}`);
    expect(problems([{ ...one, FieldSelectors: [{ Field: 'eventName', Equals: many }] }])).toEqual([
      'SELECTORS must hold at most 500 values',
    ]);
  });
});
