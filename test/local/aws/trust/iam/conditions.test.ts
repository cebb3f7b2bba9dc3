import { describe, expect, it } from 'vitest';
import { readCondition } from '../../../../../local/aws/trust/iam/conditions.ts';

function test(operator: string, wanted: string[], value: string | string[] | undefined): boolean | string {
  const read = readCondition(operator, 'aws:Key', wanted);
  return 'problem' in read ? read.problem : read.test(value === undefined ? {} : { 'aws:key': value });
}

describe('readCondition', () => {
  it.each([
    ['StringEquals', ['a', 'b'], 'b', true],
    ['StringEquals', ['a'], 'A', false],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringNotEquals', ['a'], 'c', true],
    ['StringEqualsIgnoreCase', ['a'], 'A', true],
    ['StringNotEqualsIgnoreCase', ['a'], 'A', false],
    ['StringLike', ['Micro*_?'], 'MicrosoftSentinel_1', true],
    ['StringLike', ['a.c'], 'abc', false],
    ['StringNotLike', ['a*'], 'abc', false],
    ['ArnLike', ['arn:aws:s3:*:*:logs'], 'arn:aws:s3:::logs', true],
    ['ArnLike', ['arn:aws:*:logs'], 'arn:aws:s3:::logs', false],
    ['ArnEquals', ['arn:aws:iam::1:role/a*'], 'arn:aws:iam::1:role/ab/c:d', true],
    ['ArnNotLike', ['arn:aws:iam::1:role/a'], 'arn:aws:iam::1:role/b', true],
    ['ArnNotEquals', ['arn:aws:iam::1:role/a'], 'arn:aws:iam::1:role/a', false],
    ['Bool', ['false'], 'true', false],
    ['Bool', ['True'], 'true', true],
    ['NumericLessThanEquals', ['3600'], '3600', true],
    ['NumericLessThan', ['3600'], '3600', false],
    ['NumericGreaterThan', ['1'], '2', true],
    ['NumericGreaterThanEquals', ['3'], '2', false],
    ['NumericEquals', ['1.0'], '1', true],
    ['NumericNotEquals', ['1'], '1', false],
    ['DateGreaterThan', ['2026-01-01T00:00:00Z'], '2026-06-01T00:00:00Z', true],
    ['DateGreaterThanEquals', ['2026-01-01'], '2025-06-01', false],
    ['DateLessThan', ['1767225600'], '2025-12-31T23:59:59Z', true],
    ['DateLessThanEquals', ['2026-01-01'], '2026-01-02', false],
    ['DateEquals', ['2026-01-01'], '2026-01-01T00:00:00Z', true],
    ['DateNotEquals', ['2026-01-01'], '2026-01-02', true],
    ['IpAddress', ['10.0.0.0/8'], '10.1.2.3', true],
    ['IpAddress', ['2001:db8::/32'], '2001:db8::1', true],
    ['NotIpAddress', ['10.1.2.3'], '10.1.2.3', false],
  ] as const)('%s %j of %s is %s', (operator, wanted, value, expected) => {
    expect(test(operator, [...wanted], value)).toBe(expected);
  });

  it('fails on an absent key, unless the operator is negated or says IfExists', () => {
    expect(test('StringEquals', ['a'], undefined)).toBe(false);
    expect(test('StringNotEquals', ['a'], undefined)).toBe(true);
    expect(test('StringEqualsIfExists', ['a'], undefined)).toBe(true);
    expect(test('StringEqualsIfExists', ['a'], 'b')).toBe(false);
  });

  it('tests presence with Null', () => {
    expect(test('Null', ['true'], undefined)).toBe(true);
    expect(test('Null', ['false'], undefined)).toBe(false);
    expect(test('Null', ['false'], 'x')).toBe(true);
    expect(test('Null', ['maybe'], 'x')).toContain('must be "true" or "false"');
  });

  it('quantifies over several values', () => {
    expect(test('ForAnyValue:StringEquals', ['a'], ['x', 'a'])).toBe(true);
    expect(test('ForAllValues:StringEquals', ['a'], ['x', 'a'])).toBe(false);
    expect(test('ForAllValues:StringEquals', ['a'], undefined)).toBe(true);
    expect(test('ForAnyValue:StringNotEquals', ['a'], undefined)).toBe(false);
    expect(test('StringNotEquals', ['a'], ['x', 'a'])).toBe(false);
  });

  it('reports operators and values it cannot evaluate', () => {
    expect(test('BinaryEquals', ['a'], 'a')).toBe('condition operator "BinaryEquals" is not known');
    expect(test('NumericEquals', ['many'], '1')).toContain('"many" is not a value that can be compared');
    expect(test('IpAddress', ['everywhere'], '1')).toContain('is not an address range');
    expect(test('StringEquals', ['$' + '{aws:username}'], 'a')).toContain('policy variable');
  });
});
