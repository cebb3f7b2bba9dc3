import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const commandLine = new URL('../../cli/commandLine.ts', import.meta.url).href;

describe('parseCommand', () => {
  let folder: string;
  let script: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'command-line-'));
    script = join(folder, 'command.ts');
    writeFileSync(
      script,
      `import { parseCommand, wholeNumber } from ${JSON.stringify(commandLine)};
const { values, positionals } = parseCommand({
  name: 'toast',
  summary: 'Makes toast.',
  options: {
    slices: { type: 'string', value: 'N', help: 'how many' },
    eggs: { type: 'string', value: 'N', help: 'how many of those' },
    topping: { type: 'string', value: 'NAME', help: 'what goes on it', multiple: true },
    dark: { type: 'boolean', help: 'leave it longer' },
  },
  ...(process.env.FILES && { positionals: 'FILE ...' }),
  notes: 'Eat it warm.',
});
if (values.eggs !== undefined) wholeNumber('toast', 'eggs', values.eggs, 1, 6);
if (values.slices !== undefined) wholeNumber('toast', 'slices', values.slices, 1);
console.log(JSON.stringify({ ...values, positionals }));
`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const toast = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env });
    return { status, stdout, stderr };
  };

  it('gives the values by name', () => {
    const { status, stdout } = toast(['--slices', '2', '--dark', '--topping=jam', '--topping', 'honey']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ slices: '2', dark: true, topping: ['jam', 'honey'], positionals: [] });
  });

  it('answers --help with every option on standard output, and does nothing else', () => {
    for (const flag of ['--help', '-h']) {
      const { status, stdout, stderr } = toast([flag, '--dark'], { FILES: 'yes' });
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toContain('Makes toast.\n\nUsage: npm run toast -- [options] FILE ...\n');
      expect(stdout).toContain('  --slices N      how many\n');
      expect(stdout).toContain('  --dark          leave it longer\n');
      expect(stdout).toContain('\nEat it warm.\n');
    }
  });

  it('refuses what it does not know in one sentence, with exit code 2 and nothing on standard output', () => {
    const wrong = [['--burnt'], ['--slices'], ['--dark=yes'], ['left over'], ['--slices', '--dark']];
    for (const args of wrong) {
      const { status, stdout, stderr } = toast(args);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^toast: .+\nSee: npm run toast -- --help\n$/);
    }
  });

  it('refuses what is no whole number within the bounds', () => {
    expect(toast(['--eggs', '6', '--slices', '9007199254740991']).status).toBe(0);
    for (const eggs of ['0', '7', '1.5', '1e0', '', 'two', '99999999999999999999']) {
      expect(toast(['--eggs', eggs])).toMatchObject({
        ...{ status: 2, stdout: '' },
        stderr: expect.stringContaining(`toast: --eggs must be a whole number from 1 to 6; got "${eggs}"\n`),
      });
    }
    expect(toast(['--slices', '0']).stderr).toContain('--slices must be a whole number of at least 1; got "0"');
    expect(toast(['--slices', '9007199254740993']).status).toBe(2);
  });

  it('takes positional arguments where the command has them', () => {
    expect(JSON.parse(toast(['a', 'b'], { FILES: 'yes' }).stdout)).toEqual({ positionals: ['a', 'b'] });
  });
});
