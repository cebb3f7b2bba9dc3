import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carryOut } from '../../cli/replay/carryOut.ts';
import { openConnector } from '../../cli/replay/openApp.ts';
import type { Request } from '../../cli/replay/readRequest.ts';
import { type LocalStorage, startStorage } from '../../local/azure/storage.ts';
import type { FailedQuery } from '../../shared/azure/failedEntries/entries.ts';
import { type EmbeddedClouds, startEmbeddedClouds } from '../functions/embeddedClouds.ts';

const command = join(import.meta.dirname, '../../cli/replay.ts');

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command itself, in a process of its own. */
function spawned(args: readonly string[], environment: Record<string, string>): Promise<Ran> {
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

describe('npm run replay', () => {
  let clouds: EmbeddedClouds;
  let storage: LocalStorage;
  let settings: Record<string, string>;

  const run = async (request: Request, { json = false, app = settings } = {}): Promise<Ran> => {
    let stdout = '';
    let stderr = '';
    const terminal = {
      json,
      out: (text: string) => {
        stdout += text;
      },
      error: (text: string) => {
        stderr += text;
      },
    };
    const code = await carryOut(request, app, terminal, new AbortController().signal);
    return { code, stdout, stderr };
  };
  const listed = async (query: FailedQuery = {}) => {
    const { stdout } = await run({ kind: 'list', query }, { json: true });
    return (JSON.parse(stdout) as { entries: { id: string; reason: string; key?: string }[] }).entries;
  };

  beforeAll(async () => {
    [clouds, storage] = await Promise.all([startEmbeddedClouds(), startStorage()]);
    settings = {
      ...clouds.environment,
      ...{ SLICE_SECONDS: '30', STOP_RECEIVING_SECONDS: '5', LONG_POLL_SECONDS: '1' },
      AzureWebJobsStorage: storage.connectionString,
      NODE_EXTRA_CA_CERTS: clouds.ingestion.caFile,
    };
    Object.assign(process.env, clouds.environment);
    await clouds.deliverBytes('Broken', gzipSync('{}'));
    clouds.aws.announce(['{"hello":"\u001b[2Jworld"}']);
    const quiet = () => undefined;
    const connector = openConnector(settings, { debug: quiet, info: quiet, warn: quiet, error: quiet });
    await connector.drainAll(new AbortController().signal);
    connector.close();
  });
  afterAll(() => Promise.all([clouds.stop(), storage.stop()]));

  it('lists, shows, replays and closes what could not be delivered', async () => {
    const list = await run({ kind: 'list', query: {} });
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(list.stdout).toMatch(/2 failed entries: 1 [-\w]+, 1 [-\w]+\.\n/);
    const entries = await listed();
    const [broken, unknown] = ['no-records', 'notification-unknown'].map(
      (reason) => entries.find((entry) => entry.reason === reason) ?? { id: '', key: '' },
    );
    expect(await listed({ reason: 'no-records', source: 'default' })).toMatchObject([{ id: broken?.id }]);
    expect(await listed({ olderThanMs: 3_600_000 })).toEqual([]);

    const shown = await run({ kind: 'show', id: unknown?.id ?? '' });
    expect(shown.stdout).toContain('Body      {"hello":"\\u001b[2Jworld"}\n');
    expect(shown.stdout).toMatch(/^To do {5}Look for the step on the way that shortens messages/m);

    const failed = await run({ kind: 'replay', wanted: [broken?.id ?? '', unknown?.id ?? ''], again: false });
    expect(failed).toMatchObject({ code: 1, stderr: '' });
    expect(failed.stdout).toContain(`failed     ${unknown?.id}  notification-unknown: `);
    expect(failed.stdout).toContain('2 failed; 0 rows accepted.\n');

    await clouds.aws.putLogFile(broken?.key ?? '', gzipSync('{"Records":[{"eventID":"mended-1"}]}'));
    const replayed = await spawned(['--replay-all', '--reason', 'no-records', '--json'], settings);
    expect(replayed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(replayed.stdout)).toMatchObject({ ok: true, outcomes: [{ kind: 'delivered', rows: 1 }] });
    expect(await clouds.arrived()).toEqual(['mended-1']);

    const closed = await run({ kind: 'close', ids: [unknown?.id ?? ''] });
    expect(closed).toMatchObject({ code: 0, stdout: '1 closed.\n' });
    expect(await run({ kind: 'list', query: {} })).toMatchObject({ code: 0, stdout: 'No failed entry.\n' });
    const nothing = await run({ kind: 'replay', wanted: {}, again: false });
    expect(nothing).toMatchObject({ code: 0, stdout: 'No failed entry; 0 rows accepted.\n' });
  });

  it('says what to do when it cannot work', async () => {
    const { AzureWebJobsStorage: account = '', WORKSPACE_ID: _, ...app } = settings;
    const replay = { kind: 'replay', wanted: ['default/x'], again: false } as const;
    const withAccount = { ...app, AzureWebJobsStorage: account };

    await expect(run({ kind: 'list', query: {} }, { app })).rejects.toMatchObject({
      message: expect.stringContaining('AzureWebJobsStorage is missing'),
      remedy: expect.stringContaining('local.settings.json'),
    });
    await expect(run({ kind: 'list', query: {} }, { app: { AzureWebJobsStorage: 'garbage' } })).rejects.toThrow(
      /^AzureWebJobsStorage must be the connection string/,
    );
    await expect(run(replay, { app: withAccount })).rejects.toThrow(/these settings must be put right: WORKSPACE_ID/);
    await expect(run({ kind: 'show', id: 'default/x' })).rejects.toThrow('there is no failed entry default/x');
    await expect(run({ kind: 'close', ids: ['default/x'] })).rejects.toThrow('there is no failed entry default/x');
  });

  it('exits with 1 and a remedy when storage cannot be reached, and with 2 for wrong usage', async () => {
    const account = (settings['AzureWebJobsStorage'] ?? '').replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');

    const [unreachable, misused] = await Promise.all([
      spawned([], { AzureWebJobsStorage: account }),
      spawned(['--list', '--show', 'default/x'], {}),
    ]);

    expect(unreachable).toMatchObject({
      ...{ code: 1, stdout: '' },
      stderr: expect.stringMatching(/^replay: .*127\.0\.0\.1:1.*\nIf this lasts, let the function app reach/),
    });
    expect(misused).toMatchObject({ code: 2, stderr: expect.stringContaining('--list and --show exclude each other') });
  });
});
