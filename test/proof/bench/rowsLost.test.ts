import { describe, expect, it } from 'vitest';
import { rowsLost } from '../../../proof/bench/endToEnd/rowsLost.ts';

describe('rowsLost', () => {
  const before = { messagesDeleted: 5, rows: 1000 };
  const set = { files: 50, records: 150 };

  it.each([
    [
      'nothing when each record of a deleted message is a row',
      { deleted: 4, rows: 12, accepted: 12, identityHolds: true },
      0,
    ],
    [
      'nothing when rows of messages that went back are there, too',
      { deleted: 4, rows: 15, accepted: 15, identityHolds: true },
      0,
    ],
    [
      'records of a deleted message that no row stands for',
      { deleted: 5, rows: 12, accepted: 12, identityHolds: true },
      3,
    ],
    ['rows that only the connector knows', { deleted: 4, rows: 12, accepted: 14, identityHolds: true }, 2],
    ['one row when accounts do not add up', { deleted: 4, rows: 12, accepted: 12, identityHolds: false }, 1],
  ])('counts %s', (_what, { deleted, rows, accepted, identityHolds }, lost) => {
    const after = { messagesDeleted: before.messagesDeleted + deleted, rows: before.rows + rows };
    expect(rowsLost({ before, after, set, connector: { rowsAccepted: accepted, identityHolds } })).toBe(lost);
  });
});
