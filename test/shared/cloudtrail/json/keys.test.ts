import { describe, expect, it } from 'vitest';
import { KeyTable } from '../../../../shared/cloudtrail/json/keys.ts';

const table = new KeyTable(new Map([['eventName', 1]]));

function find(key: string): number | undefined {
  const bytes = Buffer.from(`"${key}"`);
  return table.find(bytes, 1, bytes.length - 1);
}

function escaped(text: string): string {
  return [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

describe('KeyTable', () => {
  it.each(['eventName', escaped('eventName'), 'event\\u004eame', 'event\\u004Eame'])('finds %s', (key) => {
    expect(find(key)).toBe(1);
  });

  it.each([
    '',
    'eventNames',
    'eventN\\u0101me',
    'event\\nName',
    '\\"',
    escaped('eventNames'),
    `\\u0065${'x'.repeat(1000)}`,
  ])('does not find %s', (key) => {
    expect(find(key)).toBeUndefined();
  });

  it('takes no key that it could not decode', () => {
    expect(() => new KeyTable(new Map([['ü', 1]]))).toThrow(RangeError);
  });
});
