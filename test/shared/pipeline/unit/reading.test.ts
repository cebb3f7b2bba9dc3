import { describe, expect, it } from 'vitest';
import type { EngineCounts, RowStream } from '../../../../shared/cloudtrail/rows/engine.ts';
import { RowRanges } from '../../../../shared/kit/ranges.ts';
import { Reading } from '../../../../shared/pipeline/unit/reading.ts';
import { lineRows } from '../fakes.ts';

/** A stream that has counted so much. */
function streamOf(counts: Partial<EngineCounts>): RowStream {
  const stream = lineRows({ sourceObject: 'a', fallbackTime: '2026-11-01T00:00:00Z' });
  return { ...stream, counts: { ...stream.counts, ...counts } };
}

describe('Reading', () => {
  it('counts nothing before it has begun', () => {
    const { records, dropped, suppressed, left, written, rowsAgain } = new Reading();
    expect([records, dropped, suppressed, left, written, rowsAgain]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('counts an attempt as it is now, all that is not accepted as left', () => {
    const reading = new Reading();
    const counts = { records: 3, dropped: 1, rows: 2 };
    reading.begin({ ...streamOf({}), counts: Object.assign(streamOf({}).counts, counts) }, new RowRanges());
    reading.rows.write(2);
    reading.rows.settle(0, 1, { kind: 'accepted' });
    expect(reading).toMatchObject({ records: 3, dropped: 1, suppressed: 0, left: 1, written: 2 });
  });

  it('adds attempts up, and counts what a later one leaves out as suppressed, so that nothing is left', () => {
    const reading = new Reading();
    reading.begin(streamOf({ records: 4, rows: 4 }), new RowRanges());
    reading.rows.write(4);
    reading.end();
    reading.begin(streamOf({ records: 10, rows: 10 }), RowRanges.first(4));
    reading.rows.write(6);
    reading.end();
    reading.rows.settle(0, 10, { kind: 'accepted' });
    expect(reading).toMatchObject({ records: 14, suppressed: 4, written: 10, left: 0 });
  });

  it('suppresses no more than an attempt came to', () => {
    const reading = new Reading();
    reading.begin(streamOf({ records: 2, rows: 2 }), RowRanges.first(7));
    expect(reading.suppressed).toBe(2);
  });

  it('takes what is told of the whole content from the attempt that read it to its end', () => {
    const reading = new Reading();
    reading.begin(streamOf({ records: 4, stubs: 1 }), new RowRanges());
    reading.end();
    const whole = streamOf({ records: 10, dropped: 2, stubs: 1, truncated: 3, repaired: 4 });
    reading.begin(whole, new RowRanges());
    reading.complete(whole);
    reading.end();
    expect(reading).toMatchObject({ last: { records: 10, dropped: 2 }, stubs: 1, truncated: 3, repaired: 4 });
  });

  it('says that accepted rows are sent again, but for those written down, until the outcome is recorded', () => {
    const reading = new Reading();
    reading.rows.write(5);
    reading.rows.settle(0, 5, { kind: 'accepted' });
    expect(reading.rowsAgain).toBe(5);
    reading.kept = 3;
    expect(reading.rowsAgain).toBe(2);
    reading.recorded(0);
    expect(reading.rowsAgain).toBe(0);
  });
});
