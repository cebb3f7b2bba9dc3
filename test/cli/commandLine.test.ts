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
      `import { parseCommand } from ${JSON.stringify(commandLine)};
const { values, positionals } = parseCommand({
  name: 'toast',
  summary: 'Makes toast.',
  options: {
    slices: { type: 'string', value: 'N', help: 'how many' },
    topping: { type: 'string', value: 'NAME', help: 'what goes on it', multiple: true },
    dark: { type: 'boolean', help: 'leave it longer' },
  },
  ...(process.env.FILES && { positionals: 'FILE ...' }),
  notes: 'Eat it warm.',
});
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

  it('takes positional arguments where the command has them', () => {
    expect(JSON.parse(toast(['a', 'b'], { FILES: 'yes' }).stdout)).toEqual({ positionals: ['a', 'b'] });
  });
});
