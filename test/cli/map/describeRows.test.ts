import { describe, expect, it } from 'vitest';
import { describeRows } from '../../../cli/map/describeRows.ts';

const whole = {
  records: 3,
  rows: 3,
  dropped: 0,
  droppedBy: [],
  stubs: 0,
  gathered: 0,
  rowBytes: 0,
  trailingBytes: 0,
  truncated: 0,
  repaired: 0,
};

describe('describeRows', () => {
  it('says nothing of rows that tell everything', () => {
    expect(describeRows(whole, [])).toEqual([]);
  });

  it('counts stubs, cuts and repairs, each with what to do', () => {
    const stubs = [
      { offset: 12, reason: 'record-too-deep' },
      { offset: 99, reason: 'record-too-large' },
      { offset: 120, reason: 'record-too-large' },
      { offset: 130, reason: 'further-records', records: 1000 },
    ] as const;
    const lines = describeRows({ ...whole, records: 1200, stubs: 1003, truncated: 2, repaired: 1 }, stubs);

    expect(lines.filter((line) => !line.startsWith(' '))).toEqual([
      '1,003 of 1,200 records understood only in part (record-too-deep at byte 12, record-too-large at byte 99, record-too-large at byte 120 and 1 more)',
      '2 of 1,200 rows cut: a value was longer than its column',
      '1 of 1,200 rows repaired: bytes that are no UTF-8 became U+FFFD',
    ]);
    expect(lines.filter((line) => line.startsWith('  What to do: '))).toHaveLength(3);
  });
});
