import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startClouds } from '../../../local/clouds.ts';
import { largeFiles } from '../../../proof/memory/cases.ts';
import { drainLimited, mostOvertaken } from '../../../proof/memory/drainLimited.ts';
import { systemClock } from '../../../shared/kit/systemClock.ts';

describe('mostOvertaken', () => {
  it.each([
    [[0, 1, 2, 3], 0],
    [[1, 0, 3, 2], 1],
    [[3, 1, 2, 0], 3],
  ])('of %o is %i', (deleted, most) => {
    expect(mostOvertaken(deleted)).toBe(most);
  });
});

describe('drainLimited', () => {
  it('says how much memory an instance took, and that nothing was lost', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'memory-test-'));
    const clouds = await startClouds({
      folder: join(folder, 'clouds'),
      clock: systemClock,
      mode: 'count',
      rate: 'unlimited',
    });
    try {
      const { messageIds, records } = await largeFiles(clouds, {
        count: 2,
        bytes: 200_000,
        shape: 'EventBridge',
        folder,
      });
      const environment = { PATH: process.env['PATH'] };
      const settings = { LONG_POLL_SECONDS: '1', LINGER_MS: '20' };
      const drained = await drainLimited({
        clouds,
        messageIds,
        environment,
        settings,
        limitBytes: undefined,
        boundMs: 300_000,
      });

      expect(drained).toMatchObject({ crashed: undefined, messagesLeft: 0, deadLetters: 0, rowsAccepted: records });
      expect(drained.peakBytes).toBeGreaterThan(20e6);
    } finally {
      await clouds.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
