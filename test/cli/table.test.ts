import { describe, expect, it } from 'vitest';
import { table } from '../../cli/table.ts';

describe('table', () => {
  it('sets words to the left and numbers, where they are known, to the right', () => {
    const lines = table(
      ['', 'objects/s', 'stall ms', 'limit'],
      [
        ['ours', '1,570', '7', 'cpu'],
        ['python', '98', '', ''],
      ],
    );
    expect(lines).toEqual([
      '          objects/s  stall ms  limit',
      '  ours        1,570         7  cpu',
      '  python         98',
    ]);
  });
});
