import { describe, expect, it } from 'vitest';
import { fieldMatches, matches } from '../../../../shared/cloudtrail/selectors/match.ts';

const cut = 'a'.repeat(1_024);

describe('fieldMatches', () => {
  it.each([
    [['a'], { Equals: ['b', 'a'] }, 'yes'],
    [['a'], { Equals: ['b'] }, 'no'],
    [['abc'], { StartsWith: ['ab'] }, 'yes'],
    [['abc'], { EndsWith: ['bc'] }, 'yes'],
    [['abc'], { Equals: ['x'], EndsWith: ['c'] }, 'yes'],
    [['abc'], { NotEquals: ['abc'] }, 'no'],
    [['abc'], { NotStartsWith: ['x'], NotEndsWith: ['c'] }, 'no'],
    [['abc'], { StartsWith: ['a'], NotEquals: ['x'] }, 'yes'],
    [['abc'], { StartsWith: ['a'], NotEquals: ['abc'] }, 'no'],
    [[], { Equals: ['a'] }, 'no'],
    [[], { NotEquals: ['a'] }, 'yes'],
    [['x', 'a'], { Equals: ['a'] }, 'yes'],
    [['x', 'a'], { NotEquals: ['a'] }, 'no'],
    ['unclear', { NotEquals: ['a'] }, 'unclear'],
    [[cut], { StartsWith: ['a'] }, 'yes'],
    [[cut], { Equals: ['a'] }, 'no'],
    [[cut], { Equals: [`${cut}b`] }, 'unclear'],
    [[cut], { EndsWith: ['b'] }, 'unclear'],
    [[cut], { NotEndsWith: ['b'] }, 'unclear'],
  ] as const)('of %j and %j is %s', (values, field, answer) => {
    expect(fieldMatches(values, field)).toBe(answer);
  });
});

describe('matches', () => {
  const FieldSelectors = [
    { Field: 'eventName', StartsWith: ['Get'] },
    { Field: 'resources.ARN', EndsWith: ['/x'] },
  ] as const;

  it.each([
    [{ eventName: 'GetObject', resources: [{ ARN: 'b/x' }] }, 'yes'],
    [{ eventName: 'GetObject', resources: [{ ARN: 'b/y' }] }, 'no'],
    [{ eventName: 'GetObject', resources: { omitted: true } }, 'unclear'],
    [{ eventName: 'PutObject', resources: { omitted: true } }, 'no'],
  ])('needs every field: %j is %s', (record, answer) => {
    expect(matches(record, { FieldSelectors })).toBe(answer);
  });
});
