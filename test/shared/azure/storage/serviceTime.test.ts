import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { ServiceTime } from '../../../../shared/azure/storage/serviceTime.ts';

const now = Date.parse('2026-11-01T00:00:00Z');

async function afterAnswer(date: string | undefined): Promise<ServiceTime> {
  const time = new ServiceTime({ now: () => now });
  const request = createPipelineRequest({ url: 'https://example.table.core.windows.net' });
  const headers = createHttpHeaders(date === undefined ? {} : { date });
  await time.policy.sendRequest(request, async () => ({ status: 204, headers, request }));
  return time;
}

describe('ServiceTime', () => {
  it('is our own clock’s before the first answer, and while both agree within seconds', async () => {
    expect(new ServiceTime({ now: () => now }).now()).toBe(now);
    expect((await afterAnswer('Sun, 01 Nov 2026 00:00:04 GMT')).now()).toBe(now);
    expect((await afterAnswer('Sat, 31 Oct 2026 23:59:56 GMT')).differenceMs).toBe(0);
  });

  it('is the service’s where the clocks differ, half a second on average behind its date', async () => {
    const time = await afterAnswer('Sun, 01 Nov 2026 04:00:00 GMT');
    expect([time.now(), time.differenceMs]).toEqual([now + 14_400_500, 14_400_500]);
    expect((await afterAnswer('Sat, 31 Oct 2026 20:00:00 GMT')).differenceMs).toBe(-14_399_500);
  });

  it.each([undefined, '', 'today'])('learns nothing of an answer dated %j', async (date) => {
    expect((await afterAnswer(date)).differenceMs).toBe(0);
  });
});
