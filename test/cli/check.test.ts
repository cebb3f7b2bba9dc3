import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../shared/compose/check/chain.ts';
import { type CheckScene, startScene } from '../shared/compose/check/scene.ts';

const command = join(import.meta.dirname, '../../cli/check.ts');

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command itself, in a process of its own. */
function spawned(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { env: { PATH: process.env['PATH'], ...environment } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('npm run check', () => {
  let scene: CheckScene;
  beforeAll(async () => {
    scene = await startScene();
  });
  afterAll(() => scene.stop());

  it('goes the real way to the tokens, and says connected', async () => {
    const { code, stdout, stderr } = await spawned([], scene.clouds.appSettings);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(1, -1).filter((line) => !line.startsWith('  ok '))).toEqual([]);
    expect({ code, stderr, last: lines.at(-1) }).toEqual({ code: 0, stderr: '', last: 'connected' });
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('prints one JSON object, and ends with 1 when a link is broken', async () => {
    const DCR_STREAM = 'Custom-Renamed';
    const { code, stdout } = await spawned(['--json'], { ...scene.clouds.appSettings, DCR_STREAM });
    const report = JSON.parse(stdout) as CheckReport;
    expect(code).toBe(1);
    expect(report).toMatchObject({ connected: false, firstBroken: expect.stringContaining('data collection rule') });
    expect(stdout).not.toContain(scene.clouds.appSettings['IDENTITY_HEADER']);
    expect(stdout).not.toMatch(/AccountKey|ASIA[A-Z2-7]{16}/);
  });

  it('names a client ID that the identity endpoint does not know', async () => {
    const endpoint = 'http://127.0.0.1:1';
    const { code, stdout } = await spawned(['--json'], {
      ...scene.clouds.appSettings,
      AzureWebJobsStorage: '',
      AzureWebJobsStorage__tableServiceUri: endpoint,
      AzureWebJobsStorage__blobServiceUri: endpoint,
      AzureWebJobsStorage__queueServiceUri: endpoint,
      AzureWebJobsStorage__credential: 'managedidentity',
      AzureWebJobsStorage__clientId: '5b0e5ad1-6f0e-4bb3-9c1d-0a1b2c3d4e5f',
    });
    const { firstBroken, links } = JSON.parse(stdout) as CheckReport;
    expect({ code, firstBroken }).toEqual({ code: 1, firstBroken: 'storage: identity' });
    const [first] = links.filter(({ status }) => status === 'failure');
    expect(first).toMatchObject({ cause: 'storage-client-id-unknown', detail: expect.stringContaining('5b0e5ad1') });
  });

  it('names the first broken link in its last line', async () => {
    const { code, stdout } = await spawned([], { ...scene.clouds.appSettings, AWS_ROLE_ARN: '' });
    expect(code).toBe(1);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('broken: the first broken link is "settings"');
  });

  it('refuses what it does not know', async () => {
    const { code, stdout, stderr } = await spawned(['--jsn']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--jsn');
  });
});
