import { describe, expect, it } from 'vitest';
import { folded } from '../../../../shared/pipeline/status/fold.ts';
import { bucketMs, historyBuckets } from '../../../../shared/pipeline/status/history.ts';
import { hour, idle, minute, noon, slice, statusAfter } from './support.ts';

describe('the status of a source', () => {
  it('remembers when something was accepted and arrived last, through slices that find nothing', () => {
    const status = statusAfter([noon, slice()], [noon + hour, idle()]);
    expect(status).toMatchObject({ firstAt: noon, endedAt: noon + hour, acceptedAt: noon, arrivedAt: noon });
  });

  it('tells of the newest slice, whatever the order in which several instances write, and counts all', () => {
    const status = statusAfter([noon + minute, slice({ rowsAccepted: 7 })], [noon, slice({ rowsAccepted: 5 })]);
    expect(status.endedAt).toBe(noon + minute);
    expect(status.summary.rowsAccepted).toBe(7);
    expect(status.acceptedAt).toBe(noon + minute);
    expect(status.history).toEqual([expect.objectContaining({ from: noon, slices: 2, rows: 12 })]);
  });

  it('keeps a day of five-minute buckets, and no more', () => {
    const slices = Array.from(
      { length: historyBuckets + 40 },
      (_, index) => [noon + index * bucketMs, slice()] as const,
    );
    const { history } = statusAfter(...slices);
    expect(history).toHaveLength(historyBuckets);
    expect(history.at(-1)?.from).toBe(noon + (historyBuckets + 39) * bucketMs);
    expect(statusAfter([noon, slice()], [noon + 72 * hour, slice()]).history).toHaveLength(1);
  });

  it('takes the worst of a bucket for lag and backlog', () => {
    const [bucket] = statusAfter(
      [noon, slice({ lagP95Ms: 8_000, longestDeliveryLagMs: 5_000, waiting: 3, inFlight: 1 })],
      [noon + minute, slice({ lagP95Ms: 7_000, longestDeliveryLagMs: 9_000, waiting: 2, inFlight: 0 })],
      [noon + 2 * minute, idle()],
    ).history;
    expect(bucket).toMatchObject({ lagMs: 8_000, deliveryLagMs: 9_000, backlog: 4, slices: 3 });
  });

  it('remembers each failure once, latest first, and stays small whatever failures say', () => {
    const failure = {
      code: 'queue-denied',
      owner: 'pipeline',
      message: '"'.repeat(100_000),
      remedy: 'Allow it.',
    } as const;
    let status = statusAfter([noon, slice({ ended: 'circuit-open', failure })]);
    const heldBack = Array.from({ length: 500 }, (_, index) => ({
      ...{ circuit: `bucket/trail-${index}/object-denied`, since: '2026-11-30T11:00:00Z' },
      ...{ code: 'object-denied' as const, message: '"'.repeat(5_000), objects: 3 },
    }));
    status = folded(status, slice({ failure, heldBack }), noon + minute, '1.2.3');
    expect(status.failures.map(({ code, times }) => [code, times]).sort()).toEqual([
      ['object-denied', 1],
      ['queue-denied', 2],
    ]);
    expect(status.failures.find(({ code }) => code === 'queue-denied')).toMatchObject({
      ...{ firstAt: noon, lastAt: noon + minute, remedy: 'Allow it.' },
    });
    expect(JSON.stringify(status.summary).length).toBeLessThan(32_000);
    expect(JSON.stringify(status.failures).length).toBeLessThan(32_000);
  });
});
