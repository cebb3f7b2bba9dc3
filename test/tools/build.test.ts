import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningHost, startHost } from '../../local/host/startHost.ts';
import { type EmbeddedClouds, startEmbeddedClouds } from '../functions/embeddedClouds.ts';

const root = join(import.meta.dirname, '..', '..');

describe('npm run package', () => {
  let folder: string;
  let clouds: EmbeddedClouds;
  let host: RunningHost | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'package-'));
    clouds = await startEmbeddedClouds();
  });
  afterAll(async () => {
    await host?.stop('SIGKILL');
    await clouds.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes a zip whose bundle the functions host loads and drains with', async () => {
    const zip = join(folder, 'connector.zip');
    const packed = spawnSync(process.execPath, [join(root, 'tools', 'package.ts'), '--out', zip], { encoding: 'utf8' });
    expect(packed.stderr).toMatch(/connector\.zip/);
    expect(packed.status).toBe(0);
    const app = join(folder, 'app');
    for (const [name, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
      mkdirSync(dirname(join(app, name)), { recursive: true });
      writeFileSync(join(app, name), bytes);
    }
    host = await startHost({
      app,
      environment: {
        ...clouds.environment,
        DRAIN_SCHEDULE: '0 0 0 1 1 *',
        NODE_EXTRA_CA_CERTS: clouds.ingestion.caFile,
        PATH: process.env['PATH'],
      },
    });
    expect(host.functions().map(({ name }) => name)).toContain('drainOnSchedule');
    await clouds.deliver('bundle', ['by-bundle']);

    const { error } = await host.invoke('drainOnSchedule');

    expect(error).toBeUndefined();
    expect(await clouds.arrived()).toEqual(['by-bundle']);
  });
});
