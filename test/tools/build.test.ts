import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  let app: string;
  let packaged: { readonly stderr: string; readonly status: number | null };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'package-'));
    clouds = await startEmbeddedClouds();
    const zip = join(folder, 'connector.zip');
    const packed = spawnSync(process.execPath, [join(root, 'tools', 'package.ts'), '--out', zip], { encoding: 'utf8' });
    packaged = { stderr: packed.stderr, status: packed.status };
    app = join(folder, 'app');
    for (const [name, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
      mkdirSync(dirname(join(app, name)), { recursive: true });
      writeFileSync(join(app, name), bytes);
    }
  });
  afterAll(async () => {
    await host?.stop('SIGKILL');
    await clouds.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes a zip whose bundle the functions host loads and drains with', async () => {
    expect(packaged).toEqual({ stderr: expect.stringMatching(/connector\.zip/), status: 0 });
    expect(readdirSync(join(app, 'dist'), { recursive: true }).filter((name) => String(name).endsWith('.map'))).toEqual(
      [],
    );
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

  it('says in one line what is wrong on a Node that is too old', () => {
    const old = "data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.1.0' })";
    const file = join(app, 'dist', 'functions', 'connector.js');
    const { stderr } = spawnSync(process.execPath, ['--import', old, file], { encoding: 'utf8' });

    expect(stderr).toContain('The connector needs Node 22 or 24, and this function app runs Node 20.1.0');
  });

  it.skipIf(!existsSync('/dev/full')).each([
    ['a folder', tmpdir()],
    ['a device', '/dev/full'],
  ])('refuses %s in place of a file', (_, out) => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'tools', 'package.ts'), '--out', out], {
      encoding: 'utf8',
    });
    expect({ status, lines: stderr.trim().split('\n').length }).toEqual({ status: 2, lines: 2 });
  });
});
