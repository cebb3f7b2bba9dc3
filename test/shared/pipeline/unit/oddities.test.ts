import { expect, test } from 'vitest';
import { odditiesOf } from '../../../../shared/pipeline/unit/oddities.ts';

const plain = { trailingBytes: 0, rowBytes: 1_000_000 };

test('tells nothing of a file as CloudTrail writes it', () => {
  expect(odditiesOf(new Set(), plain, 100_000, 200)).toEqual([]);
});

test('tells what the file was wrapped in, and what stood behind it', () => {
  expect(odditiesOf(new Set(['gzip-in-gzip', 'second-member']), { ...plain, trailingBytes: 7 }, 100_000, 200)).toEqual([
    { oddity: 'gzip-in-gzip' },
    { oddity: 'second-member' },
    { oddity: 'trailing-bytes', bytes: 7 },
  ]);
});

test('warns of rows many times longer than their file, from 10 MB on', () => {
  expect(odditiesOf(new Set(), { ...plain, rowBytes: 624_000_000 }, 11_000, 200)).toEqual([
    { oddity: 'expanded', bytes: 624_000_000 },
  ]);
  expect(odditiesOf(new Set(), { ...plain, rowBytes: 10_000_000 }, 100, 200)).toEqual([]);
  expect(odditiesOf(new Set(), { ...plain, rowBytes: 20_000_001 }, 100_000, 200)).toHaveLength(1);
  expect(odditiesOf(new Set(), { ...plain, rowBytes: 20_000_000 }, 100_000, 200)).toEqual([]);
});
