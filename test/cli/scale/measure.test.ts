import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startRemoteClouds } from '../../../cli/scale/cloudsClient.ts';
import { measure } from '../../../cli/scale/measure.ts';

describe('measure', () => {
  it('brings every record of a queue once through several processes', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'scale-test-'));
    const clouds = await startRemoteClouds(join(folder, 'clouds'));
    try {
      const measured = await measure({
        clouds,
        environment: { PATH: process.env['PATH'] },
        settings: { OBJECTS_IN_FLIGHT: '4', LONG_POLL_SECONDS: '1', LINGER_MS: '50' },
        ...{ processes: 2, objects: 120, latencyMs: 5, seed: 'test' },
      });
      expect(measured).toMatchObject({ lost: 0, duplicated: 0 });
      expect(measured.objectsPerSecond).toBeGreaterThan(0);
    } finally {
      await clouds.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
