import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { movableClock, startAzure } from '../support.ts';

const clock = movableClock();
const { ingestion, post } = await startAzure(clock, {
  mode: 'count',
  rate: { bytesPerMinute: 60_000, requestsPerMinute: 600, burstSeconds: 1 },
});
const body = (rows: number) =>
  JSON.stringify(Array.from({ length: rows }, () => ({ TimeGenerated: '2026-11-20T12:00:00Z', EventName: 'A' })));

describe('startIngestion in mode count', () => {
  it('checks and counts without keeping, and throttles a rule above its rate', async () => {
    expect((await post(body(10))).status).toBe(204);
    const throttled = await post(body(10));
    expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '1']);
    clock.move(1000);
    expect((await post(body(10))).status).toBe(204);
    expect(ingestion.stats(5)).toMatchObject({
      requests: 3,
      accepted: 2,
      rows: 20,
      refused: { 429: 1 },
      eventNames: [{ name: 'A', rows: 20 }],
    });
    expect(existsSync(ingestion.tableFile)).toBe(false);
  });
});
