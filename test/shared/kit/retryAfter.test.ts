import { describe, expect, it } from 'vitest';
import { readRetryAfter } from '../../../shared/kit/retryAfter.ts';

const now = Date.parse('2026-11-01T00:00:00Z');

describe('readRetryAfter', () => {
  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': 'Sun, 01 Nov 2026 00:00:09 GMT' }, 9_000],
    [{ 'retry-after': 'Sat, 31 Oct 2026 23:00:00 GMT' }, 0],
    [{ 'retry-after': '30', 'retry-after-ms': '250' }, 250],
    [{ 'x-ms-retry-after-ms': '1500' }, 1_500],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': '-5' }, 0],
    [{}, undefined],
  ])('reads %j as %s ms', (headers: Record<string, string>, expected) => {
    expect(readRetryAfter((name) => headers[name], now)).toBe(expected);
  });
});
