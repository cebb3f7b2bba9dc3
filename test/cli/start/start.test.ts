import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { StartSummary } from '../../../cli/start/tell/summary.ts';
import type { RunFile } from '../../../local/process/runFile.ts';
import { checkDelivery } from './deliveryCheck.ts';
import { LogFolder } from './logFolders.ts';

const root = join(import.meta.dirname, '..', '..', '..');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const start = (...args: string[]): Promise<Ended> => launch(...args).ended;

interface Run {
  readonly pid: number;
  /** Resolves when its standard error holds this. */
  said(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** A run that goes on meanwhile. */
function launch(...args: string[]): Run {
  // A group of its own, as a terminal gives to what it starts.
  const child = spawn(process.execPath, [join(root, 'cli', 'start.ts'), ...args], { cwd: root, detached: true });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  const said = async (text: string): Promise<void> => {
    while (!stderr.includes(text)) {
      await Promise.race([
        once(child.stderr, 'data'),
        ended.then(() => Promise.reject(new Error(`it ended: ${stderr}`))),
      ]);
    }
  };
  return { pid: child.pid ?? 0, said, ended };
}

/** What the run file of a work folder says, as soon as it says it: the wait ends with the run, not with the clock. */
async function runFileOf(work: string, run: Run, wanted: (file: RunFile) => boolean = () => true): Promise<RunFile> {
  let isOver = false;
  void run.ended.then(() => {
    isOver = true;
  });
  for (;;) {
    const path = join(work, 'run.json');
    const file = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RunFile) : undefined;
    if (file !== undefined && wanted(file)) return file;
    if (isOver) throw new Error(`the run ended instead: ${(await run.ended).stderr}`);
    await delay(50);
  }
}

/** The operating system takes its time to end a killed process, and tells only its parent. */
async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await delay(50);
}

function processesOf({ functions, pids }: RunFile): number[] {
  return [...Object.values(pids), ...Object.values(functions).flat()].filter((pid) => pid > 0);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// Tests that run at the same time share the global `expect`: only the one each is given knows whose assertions it counts.
describe.concurrent('npm start', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'start-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const workFolder = (name: string): string => join(folder, name);

  it('delivers every record of a folder once and unaltered, and names the one file that is broken', async ({
    expect,
  }) => {
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
      '--work',
      workFolder('exact'),
    );

    expect(stdout.trim().split('\n')).toHaveLength(1);
    // How the source is went to the health table, and as metrics.
    const told = (file: string) => readFileSync(join(workFolder('exact'), 'run', file), 'utf8');
    expect(told('health.ndjson')).toContain('"SentinelResourceName":"default"');
    expect(told('metrics.ndjson')).toContain('"name":"CloudTrail.RowsAccepted"');
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
  });

  it('delivers every record into the standard table as well, by the transform of its rule', async ({ expect }) => {
    const logs = new LogFolder(join(folder, 'standard-logs'), 7);
    for (let file = 0; file < 8; file++) logs.add(1 + file, file, `s${file}`);
    const out = join(folder, 'standard.ndjson');

    const { code, stdout } = await start(
      ...['--logs', logs.folder, '--out', out, '--table', 'AWSCloudTrail', '--now', '2026-11-01T13:00:00Z', '--json'],
      ...['--work', workFolder('standard')],
    );

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: logs.sent.size, ok: true });
    expect(await checkDelivery(out, logs.sent, 'AWSCloudTrail')).toMatchObject({
      ...{ rows: logs.sent.size, faults: [], missing: 0, repeated: 0, unknown: 0, altered: 0 },
    });
  });

  it.for([
    ['external-id', 'assume-role-denied', /role\/sentinel-cloudtrail-reader.* with external ID "[-0-9a-f]{36}"/],
    ['dcr-role', 'upload-denied', /rule dcr-0+1, stream Custom-AWSCloudTrail/],
  ] as const)(
    'ends with one sentence and loses nothing when %s is wrong',
    async ([name, code, sentence], { expect }) => {
      const work = workFolder(name);
      const ended = await start('--break', name, '--files', '20', '--json', '--work', work);
      const summary = JSON.parse(ended.stdout) as StartSummary;
      expect([ended.code, summary.ok, summary.error?.code]).toEqual([1, false, code]);
      expect(summary.error?.message).toMatch(sentence);
      expect(summary.error?.remedy).not.toBeNull();
      expect(summary.rows).toBe(0);
      // The digests among the trail's files are acknowledged without being delivered, and so is the test event.
      expect(summary.messagesLeft).toBeGreaterThanOrEqual(20);
    },
  );

  it('refuses a second run in its folder, starts a killed host again, and ends on a signal with nobody left', async ({
    expect,
  }) => {
    const work = workFolder('signals');
    const first = launch('--serve', '--files', '400', '--json', '--work', work);
    const before = await runFileOf(work, first);

    const second = await start('--files', '1', '--json', '--work', work);
    expect(second.code).toBe(1);
    expect(JSON.parse(second.stdout)).toMatchObject({
      error: { code: 'already-running', message: expect.stringContaining(`process ${first.pid}`) },
    });

    process.kill(before.pids.host, 'SIGKILL');
    const after = await runFileOf(work, first, ({ pids }) => pids.host > 0 && pids.host !== before.pids.host);

    process.kill(first.pid, 'SIGTERM');
    const { stderr, stdout } = await first.ended;
    expect(stderr).toMatch(/host ended with SIGKILL; it is started again/);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    // A worker whose host was killed notices a moment later.
    const all = [...processesOf(before), ...processesOf(after)];
    await untilGone(all);
    expect(existsSync(join(work, 'run.json'))).toBe(false);
    expect(existsSync(join(work, 'lock'))).toBe(false);
  });

  it.for([
    ['it starts', 'Starting the embedded clouds', /was ended while it was starting/],
    ['it drains', 'Draining', /the run was ended before it was done/],
  ] as const)(
    'says that it was interrupted, and nothing else, at Ctrl-C while %s',
    async ([when, line, sentence], { expect }) => {
      const run = launch('--files', '3000', '--work', workFolder(when.replace(' ', '-')));
      await run.said(line);
      process.kill(-run.pid, 'SIGINT');
      const { code, stdout, stderr } = await run.ended;

      expect(code).toBe(1);
      expect(stdout).toMatch(sentence);
      expect(stdout).toContain('NOT OK [interrupted]');
      expect(`${stdout}${stderr}`).not.toMatch(/SIGINT|Ledger unavailable|could not be started/);
      expect(stderr.split('Ending').at(-1)).not.toContain('Draining');
    },
  );

  it('shows where everything is, and each failing file at once, while it serves', async ({ expect }) => {
    const logs = new LogFolder(join(folder, 'served'));
    logs.add(1, 1, 'good');
    logs.put('one.json.gz', gzipSync('{"Records":[').subarray(0, 20));
    const run = launch('--serve', '--logs', logs.folder, '--work', workFolder('serving'));
    await run.said('one.json.gz)');
    await run.said('What to do: ');
    process.kill(run.pid, 'SIGINT');
    const { stderr } = await run.ended;

    expect(stderr).toMatch(/Queue +https?:\/\/\S+/);
    expect(stderr).toMatch(/Logs Ingestion +https:\/\/127\.0\.0\.1:\d+/);
    expect(stderr.match(/Failed \[gzip-truncated\]/g)).toHaveLength(1);
  });

  it('refuses a work folder that holds files of somebody else', async ({ expect }) => {
    const work = workFolder('taken');
    mkdirSync(join(work, 'run'), { recursive: true });
    writeFileSync(join(work, 'run', 'notes.txt'), 'mine');
    const { code, stderr } = await start('--files', '1', '--work', work);

    expect(code).toBe(2);
    expect(stderr).toMatch(/holds other files/);
    expect(readFileSync(join(work, 'run', 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('leaves no orphan when it is killed itself', async ({ expect }) => {
    const work = workFolder('killed');
    const run = launch('--serve', '--files', '200', '--json', '--work', work);
    const started = await runFileOf(work, run, ({ functions }) => Object.values(functions).flat().length > 0);
    process.kill(run.pid, 'SIGKILL');
    await run.ended;
    const processes = processesOf(started);
    await untilGone(processes);
    expect(processes.length).toBeGreaterThan(3);
  });

  it.for([
    ['an unknown flag', ['--nope']],
    ['a folder that is none', ['--logs', '/nowhere']],
    ['standard output as a file', ['--out', '-']],
    ['a device as a file', ['--out', '/dev/null']],
    ['a file as a folder', ['--work', '/dev/null']],
    ['a time that is none', ['--now', 'yesterday']],
    ['a file in a folder that is none', ['--out', '/nowhere/rows.ndjson']],
    ['two trails', ['--files', '3', '--logs', '.']],
  ] as const)('refuses %s as wrong usage', async ([_what, args], { expect }) => {
    const { code, stdout, stderr } = await start(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/npm run start -- --help|npm start/);
  });
});
