import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost } from '../../../local/host/startHost.ts';
import { fixtureApp, logOf, type ObservedHost, observeHost } from './support.ts';

let observed: ObservedHost;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'host-'));
  observed = await observeHost({ environment: { FIXTURE_SCHEDULE: '* * * * * *', FIXTURE_TIMER_MS: '30' } });
});
afterAll(async () => {
  await observed.host.stop('SIGKILL');
  await rm(scratch, { recursive: true });
});

const isGone = (pid: number) => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

describe('startHost', () => {
  it('runs a TypeScript timer on its schedule through the real library', async () => {
    const line = await observed.until(logOf(/^ticked in \d+/));
    expect(line).toMatchObject({ level: 'information', category: 'user', functionName: 'tick' });
    expect(line['message']).toContain('past due: false');
  });

  it('never runs a timer twice at once, however it is asked', async () => {
    const results = await Promise.all([1, 2, 3].map(() => observed.host.invoke('tick')));
    expect(results.map((result) => result.failed)).toEqual([false, false, false]);
    const ticks = observed.told.filter(logOf(/^ticked/));
    expect(ticks.every((tick) => String(tick['message']).includes('at most 1 at once'))).toBe(true);
  });

  it('names the functions it could not start and why', () => {
    const problems = new Map(observed.host.functions().map(({ name, problem }) => [name, problem]));
    expect(problems.get('neverScheduled')).toContain('%FIXTURE_ABSENT%');
    expect(problems.get('work')).toContain('FixtureStorage');
    expect(problems.get('tick')).toBeUndefined();
    expect(observed.told.filter(logOf(/is not started/))).toHaveLength(2);
  });

  it('asks for the key where a function is not open to everybody, as Azure does', async () => {
    const { functionKey, url } = observed.host;
    const asked = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${url()}/api/${path}`, { headers });
      return [answer.status, await answer.text()];
    };
    expect(await asked('secret')).toEqual([401, '']);
    expect(await asked('secret?code=another')).toEqual([401, '']);
    expect(await asked('secret', { 'x-functions-key': 'another' })).toEqual([401, '']);
    expect(await asked('secret', { 'x-functions-key': functionKey })).toEqual([200, 'none']);
    expect(await asked(`secret?code=${functionKey}`)).toEqual([200, 'none']);
  });

  it('forwards HTTP to its function and answers admin calls', async () => {
    const { host } = observed;
    const response = await fetch(`${host.url()}/api/echo/hello?q=1`, { method: 'POST', body: 'body' });
    expect([response.status, response.headers.get('x-word'), await response.text()]).toEqual([201, 'hello', '1:body']);
    expect((await fetch(`${host.url()}/api/echo`, { method: 'DELETE' })).status).toBe(404);
    expect((await fetch(`${host.url()}/admin/functions/tick`, { method: 'POST', body: '{}' })).status).toBe(202);
    expect((await fetch(`${host.url()}/admin/functions/nothing`, { method: 'POST' })).status).toBe(404);
    const functions = (await (await fetch(`${host.url()}/admin/functions`)).json()) as object[];
    expect(functions).toEqual(host.functions());
    await expect(host.invoke('nothing')).rejects.toThrow(/no running function nothing/);
  });

  it('gives each function a process of its own and replaces one that was killed', async () => {
    const tick = await observed.host.invoke('tick');
    const echo = await observed.host.invoke('echo');
    expect(new Set([tick.pid, echo.pid, observed.host.pid()]).size).toBe(3);
    process.kill(tick.pid, 'SIGKILL');
    await observed.until((told) => told.kind === 'worker' && told['pid'] === tick.pid && told['signal'] === 'SIGKILL');
    const again = await observed.host.invoke('tick');
    expect(again.failed).toBe(false);
    expect(again.pid).not.toBe(tick.pid);
  });

  it('is started again when it is killed, and leaves no worker behind', async () => {
    const own = await observeHost();
    const before = own.host.pid();
    const { pid: worker } = await own.host.invoke('tick');
    process.kill(before, 'SIGKILL');
    expect(await own.until((told) => told.kind === 'restart')).toMatchObject({ reason: 'ended with SIGKILL' });
    const after = await own.host.invoke('tick');
    expect(after.failed).toBe(false);
    expect(own.host.pid()).not.toBe(before);
    expect(own.host.restarts()).toBe(1);
    await expect.poll(() => isGone(worker)).toBe(true);
    await own.host.stop();
    await expect.poll(() => isGone(after.pid)).toBe(true);
  });

  it('runs terminate hooks and lets a run end when it is stopped', async () => {
    const own = await observeHost({ environment: { FIXTURE_SCHEDULE: '0 0 0 1 1 *', FIXTURE_TIMER_MS: '300' } });
    const run = own.host.invoke('tick');
    await own.until((told) => told.kind === 'started');
    await own.host.stop('SIGTERM');
    expect((await run).failed).toBe(false);
    expect(own.told.some(logOf(/^terminating \d+/))).toBe(true);
    expect(own.host.pid()).toBe(0);
  });

  it('runs a bundled ESM app found by the main pattern of its package.json', async () => {
    const app = join(scratch, 'bundled');
    await build({
      entryPoints: [join(fixtureApp, 'functions/timers.ts')],
      outfile: join(app, 'dist/functions/timers.js'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['@azure/functions-core'],
      banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
      logLevel: 'silent',
    });
    await writeFile(join(app, 'package.json'), '{"type":"module","main":"dist/functions/*.js"}');
    await writeFile(join(app, 'host.json'), await readFile(join(fixtureApp, 'host.json')));
    const own = await observeHost({ app });
    expect((await own.host.invoke('tick')).failed).toBe(false);
    await own.host.stop('SIGKILL');
  });

  it('refuses an app whose entry file does not load, with its own error', async () => {
    const file = join(scratch, 'broken.mjs');
    await writeFile(join(scratch, 'host.json'), '{"version":"2.0"}');
    await writeFile(file, "throw new Error('broken at import');");
    await expect(startHost({ app: file, environment: {} })).rejects.toThrow(/could not start: .*broken at import/s);
    await expect(startHost({ app: scratch, entry: 'no/*.ts', environment: {} })).rejects.toThrow(
      /no entry file matches/,
    );
  });
});
