import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StartSummary } from '../../../cli/start/summary.ts';
import { checkDelivery } from './deliveryCheck.ts';
import { LogFolder } from './logFolders.ts';

const root = join(import.meta.dirname, '..', '..', '..');

function start(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(root, 'cli', 'start.ts'), ...args], { cwd: root });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

describe('npm start', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'start-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('delivers every record of a folder once and unaltered, and names the one file that is broken', async () => {
    const logs = new LogFolder(join(folder, 'logs'));
    for (let file = 0; file < 24; file++) logs.add(1 + (file % 7), file, `f${file}`);
    logs.put('broken.json.gz', gzipSync('{"Records":[').subarray(0, 20));
    logs.put('inventory.json', '{"not":"a log file"}');
    const out = join(folder, 'rows.ndjson');

    const { code, stdout, stderr } = await start(
      '--logs',
      logs.folder,
      '--out',
      out,
      '--now',
      '2026-11-01T13:00:00Z',
      '--json',
    );

    expect(stdout.trim().split('\n')).toHaveLength(1);
    const summary = JSON.parse(stdout) as StartSummary;
    expect(code).toBe(1);
    expect(summary).toMatchObject({
      objects: 24,
      objectsFailed: 1,
      records: logs.sent.size,
      rows: logs.sent.size,
      left: 0,
      messagesDeleted: 24,
      messagesLeft: 1,
      ok: false,
    });
    expect(summary.error?.message).toMatch(/broken\.json\.gz/);
    expect(stderr).toMatch(/inventory\.json/);
    expect(await checkDelivery(out, logs.sent)).toMatchObject({
      rows: logs.sent.size,
      faults: [],
      missing: 0,
      repeated: 0,
      unknown: 0,
      altered: 0,
    });
  }, 60_000);

  it.each([
    ['an unknown flag', ['--nope']],
    ['a folder that is none', ['--logs', '/nowhere']],
    ['an unknown break', ['--break', 'nothing']],
    ['a time that is none', ['--now', 'yesterday']],
  ])('refuses %s as wrong usage', async (_what, args) => {
    const { code, stdout, stderr } = await start(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/npm run start -- --help|npm start/);
  });
});
