import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const commandLine = new URL('../../../cli/commandLine.ts', import.meta.url).href;

describe('every command', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'guard-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a command of these lines; `out` is where its standard output goes. */
  async function run(lines: string, { out = 'pipe' as 'pipe' | number, close = false, env = {} } = {}) {
    const script = join(folder, 'toast.ts');
    writeFileSync(
      script,
      `import { readFileSync } from 'node:fs';
import { parseCommand } from ${JSON.stringify(commandLine)};
const { values } = parseCommand({ name: 'toast', summary: '', options: { slices: { type: 'string', help: '' }, dark: { type: 'boolean', help: '' } } });
${lines}`,
    );
    const child = spawn(process.execPath, [script], {
      stdio: ['ignore', out, 'pipe'],
      env: { PATH: process.env['PATH'], ...env },
    });
    if (close) child.stdout?.destroy();
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    return { code, stderr };
  }

  it.each([
    ["readFileSync('/nosuch/file')", 'toast: /nosuch/file: there is no such file or folder\n'],
    ["await Promise.reject(new Error('the oven is cold'))", 'toast: the oven is cold\n'],
    ["setTimeout(() => { throw new Error('two\\nlines'); })", 'toast: two\n'],
    ["readFileSync('/')", 'toast: it is a folder\n'],
  ])('tells %s in one sentence and exits with 1', async (lines, stderr) => {
    expect(await run(lines)).toEqual({ code: 1, stderr });
  });

  it('says of a mistake in the code that it is one, and where', async () => {
    const { code, stderr } = await run('(undefined as any).bread;');

    expect(code).toBe(1);
    expect(stderr).toMatch(/^toast: this is a fault of the connector, please report it: TypeError: .+\n$/);
  });

  it
    .skipIf(!existsSync('/dev/full'))
    .each([
      ["console.log('toast');"],
      ["console.log('toast'); process.exit(0);"],
      ["process.stdout.write('toast');"],
      ["process.stdout.write('toast', () => process.exit(0));"],
    ])('does not call output that is lost a success: %s', async (lines) => {
    expect(await run(lines, { out: openSync('/dev/full', 'w') })).toEqual({
      code: 1,
      stderr: 'toast: the output could not be written: the disk is full\n',
    });
  });

  it('takes a reader that has enough for no failure', async () => {
    const lines =
      "for (let i = 0; i < 1000; i++) process.stdout.write('toast'.repeat(1000)); setTimeout(() => process.exit(3), 10);";
    expect(await run(lines, { close: true })).toEqual({ code: 3, stderr: '' });
  });

  it.each([
    [{ npm_config_slices: '3' }, 'npm kept --slices to itself; did you mean "npm run toast -- --slices 3"?'],
    [{ npm_config_dark: 'true' }, 'npm kept --dark to itself; did you mean "npm run toast -- --dark"?'],
  ])('notices forgotten dashes: %j', async (kept, sentence) => {
    const { code, stderr } = await run('', { env: { npm_lifecycle_event: 'toast', ...kept } });

    expect({ code, stderr }).toEqual({ code: 2, stderr: `toast: ${sentence}\nSee: npm run toast -- --help\n` });
  });
});
