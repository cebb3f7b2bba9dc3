import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '..', '..', '..');

/** Stands where npm stands. */
const fakeNpm = `
console.error('fake npm ' + process.argv.slice(2).join(' '));
if (process.env.FAKE_NPM === 'fails') process.exit(7);
`;

describe('bootstrap', () => {
  let root: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'bootstrap-'));
    cpSync(join(project, 'tools', 'bootstrap.mjs'), join(root, 'tools', 'bootstrap.mjs'));
    cpSync(join(project, 'tools', 'bootstrap'), join(root, 'tools', 'bootstrap'), { recursive: true });
    mkdirSync(join(root, 'cli'));
    writeFileSync(join(root, 'package-lock.json'), '{}');
    writeFileSync(join(root, 'npm.cjs'), fakeNpm);
    script(
      'process.stdout.write(JSON.stringify({ cwd: process.cwd(), args: process.argv.slice(2), node: process.execPath }))',
    );
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    chmodSync(root, 0o755);
    rmSync(root, { recursive: true, force: true });
  });

  function script(text: string): void {
    writeFileSync(join(root, 'cli', 'script.ts'), text);
  }

  function start(
    args: readonly string[] = [],
    env: Record<string, string> = {},
    cwd = root,
    script = 'cli/script.ts',
  ): ChildProcess {
    const child = spawn(process.execPath, [join(root, 'tools', 'bootstrap.mjs'), script, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], npm_execpath: join(root, 'npm.cjs'), ...env },
    });
    children.push(child);
    return child;
  }

  /** The first that it says; what it never says ends with it. */
  function firstOf(stream: Readable | null, child: ChildProcess): Promise<unknown[]> {
    return Promise.race([once(stream ?? child, 'data'), once(child, 'close')]);
  }

  async function ended(child: ChildProcess) {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    return { code, stdout, stderr };
  }

  it('installs once, whatever level npm runs at, and runs the script', async () => {
    const first = await ended(start(['--files', '3'], { npm_config_loglevel: 'silent' }));
    const second = await ended(start());

    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('"args":["--files","3"]') });
    expect(first.stderr).toContain('fake npm ci --loglevel=error');
    expect(first.stderr).toContain('--omit=dev');
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(root, '.installing'))).toBe(false);
  });

  it('installs the rest when a script needs it, and nothing for a script that needs less', async () => {
    await ended(start());
    cpSync(join(root, 'cli', 'script.ts'), join(root, 'tools', 'script.ts'));
    const rest = await ended(start([], {}, root, 'tools/script.ts'));

    expect(rest).toMatchObject({ code: 0, stderr: expect.stringMatching(/fake npm ci (?!.*--omit)/) });
    expect(await ended(start())).toMatchObject({ code: 0, stderr: '' });
  });

  it('says why an installation failed, and leaves the turn to the next', async () => {
    const failed = await ended(start([], { FAKE_NPM: 'fails' }));

    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/could not be installed \(npm ci ended with 7\)/);
    expect(existsSync(join(root, '.installing'))).toBe(false);
  });

  it('says that the folder cannot be written, instead of waiting for ever', async () => {
    // Root may write everywhere: a folder in the file's place fails for everybody, and so does a name that is too long.
    rmSync(join(root, 'package-lock.json'));
    const failed = await ended(start());

    expect(failed.code).toBe(1);
    expect(failed.stderr.trim().split('\n')).toHaveLength(1);
    expect(failed.stderr).toMatch(/package-lock\.json cannot be read: it does not exist/);
  });

  it.skipIf(process.getuid?.() === 0)('names the file that it may not write', async () => {
    chmodSync(root, 0o555);
    const failed = await ended(start());

    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/\.installing cannot be written: this user may not write there/);
  });

  it.each([
    ['an empty file of a full disk', ''],
    ['a process that lives, but is no installation', '1'],
    ['words', 'not a number'],
  ])('takes over from a killed installation that left %s', async (_, content) => {
    const mark = join(root, '.installing');
    writeFileSync(mark, content);
    utimesSync(mark, new Date(0), new Date(0));

    expect(await ended(start())).toMatchObject({ code: 0 });
  });

  it('waits for an installation that lives, names its file, and goes on when it is given free', async () => {
    const mark = join(root, '.installing');
    writeFileSync(mark, `${process.pid} another-machine`);
    const child = start();
    const done = ended(child);
    const [told] = (await firstOf(child.stderr, child)) as [Buffer];
    rmSync(mark);

    expect(String(told)).toContain(
      `Waiting for another installation (process ${process.pid}). If there is none, remove ${mark}`,
    );
    expect(await done).toMatchObject({ code: 0 });
  });

  it('runs the script where the person stands who called npm', async () => {
    const there = join(root, 'my folder');
    mkdirSync(there);
    const npm = { npm_package_json: join(root, 'package.json'), INIT_CWD: there };

    expect(JSON.parse((await ended(start([], npm))).stdout)).toMatchObject({ cwd: there });
    expect(
      JSON.parse((await ended(start([], { ...npm, npm_package_json: '/other/package.json' }))).stdout),
    ).toMatchObject({
      cwd: root,
    });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on and ends with the script', async (signal) => {
    script(`process.on('${signal}', () => process.exit(42)); process.stdout.write('up'); setInterval(() => {}, 1000)`);
    const child = start();
    const done = ended(child);
    await firstOf(child.stdout, child);
    child.kill(signal);

    expect(await done).toMatchObject({ code: 42 });
  });

  it('tells the script when it is killed itself', async () => {
    const file = join(root, 'told');
    script(
      `process.on('disconnect', () => { require('node:fs').writeFileSync(${JSON.stringify(file)}, 'yes'); process.exit() });` +
        `process.stdout.write('up'); setInterval(() => {}, 1000)`,
    );
    const child = start();
    const done = ended(child);
    await firstOf(child.stdout, child);
    child.kill('SIGKILL');
    await done; // its output is closed by the script's end

    expect(readFileSync(file, 'utf8')).toBe('yes');
  });
});
