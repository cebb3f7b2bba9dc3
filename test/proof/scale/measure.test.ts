import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CloudsProcess, startCloudsProcess } from '../../../local/process/clouds/start.ts';
import { measure } from '../../../proof/scale/measure.ts';

describe('measure', () => {
  let folder: string;
  let clouds: CloudsProcess;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scale-test-'));
    clouds = await startCloudsProcess({ folder: join(folder, 'clouds'), mode: 'keep', rate: 'unlimited' });
  });
  afterAll(async () => {
    await clouds.end();
    await rm(folder, { recursive: true, force: true });
  });

  const environment = { PATH: process.env['PATH'] };
  const settings = { OBJECTS_IN_FLIGHT: '4', LONG_POLL_SECONDS: '1', LINGER_MS: '50' };

  it('brings every record of a queue once through several processes', async () => {
    const measured = await measure({
      ...{ clouds, environment, settings, folder: join(folder, 'files') },
      ...{ processes: 2, objects: 120, latencyMs: 5, seed: 'all' },
    });
    expect(measured).toMatchObject({ lost: 0, duplicated: 0, messagesLeft: 0 });
    expect(measured.objectsPerSecond).toBeGreaterThan(0);
  });

  it('counts the messages that stay when the time is over', async () => {
    const measured = await measure({
      ...{ clouds, environment, settings, folder: join(folder, 'files') },
      ...{ processes: 1, objects: 40, latencyMs: 1000, seed: 'none', boundMs: 0 },
    });
    expect(measured).toMatchObject({ lost: 40, duplicated: 0, messagesLeft: 40 });
  });
});
