import { expect, it } from 'vitest';
import { anchorBytes } from '../../../../../shared/cloudtrail/rows/wasm/anchors.ts';

it('anchorBytes writes characters, then selectors, groups and texts with their sizes', () => {
  const text = (value: string) => Buffer.from(value);
  const bytes = Buffer.from(anchorBytes([[[text('abcde'), text('é')]], []]));
  const numbers = (at: number, count: number) =>
    Array.from({ length: count }, (_, n) => bytes.readUInt32LE(at + 4 * n));
  // a to e are 97 to 101, and é is two bytes that are not ASCII.
  expect([...bytes.subarray(0, 16)]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0b111110, 0, 0, 0]);
  const group = 8 + 12 + 8;
  expect(numbers(16, 5)).toEqual([8 + group, 1, group, 2, 5]);
  expect(bytes.subarray(36, 41).toString()).toBe('abcde');
  expect(numbers(44, 1)).toEqual([2]);
  expect(numbers(16 + 8 + group, 2)).toEqual([8, 0]);
  expect(bytes).toHaveLength(16 + 8 + group + 8);
});
