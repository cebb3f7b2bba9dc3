import { describe, expect, it } from 'vitest';
import { openBody } from '../../../shared/cloudtrail/rows/body.ts';
import { rowsBy } from '../../../shared/compose/rowsBy.ts';

const log = Buffer.from('{"Records":[{"eventName":"A"},{"eventName":"B"}]}');

function countsBy(selectors: Parameters<typeof rowsBy>[0]) {
  const stream = rowsBy(selectors).openRows({ sourceObject: 'test', fallbackTime: '2026-11-01T00:00:00Z' });
  const body = openBody(100_000);
  expect([stream.feed(log, body), stream.end(body)]).toEqual(['fed', 'fed']);
  return stream.counts;
}

describe('rowsBy', () => {
  it('leaves nothing out without selectors, and has nothing to tell of them', () => {
    expect(rowsBy([]).selecting).toEqual({});
    expect(countsBy([])).toMatchObject({ records: 2, rows: 2, dropped: 0 });
  });

  it('leaves out what they drop, and tells their names and what they are', () => {
    const FieldSelectors = [{ Field: 'eventName', Equals: ['A'] }] as const;
    const selectors = [{ Name: 'a', Action: 'drop', FieldSelectors }] as const;
    expect(rowsBy(selectors).selecting).toEqual({
      selectors: { names: ['a'], hash: expect.stringMatching(/^.{16}$/) },
    });
    expect(countsBy(selectors)).toMatchObject({ records: 2, rows: 1, dropped: 1, droppedBy: [1] });
  });
});
