import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const command = new URL('../../../proof/faults.ts', import.meta.url).pathname;

function tell(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('npm run faults -- --story', () => {
  it('names every story', async () => {
    const { code, stdout } = await tell('--story', 'list');
    expect(code).toBe(0);
    const names = stdout.split('\n').map((line) => line.split(' ')[0]);
    expect(names).toEqual([
      'outage',
      'role-delay',
      'kms',
      'retention',
      'week',
      'poison',
      'no-storage',
      'bad-objects',
      'foreign',
      'killer',
      'refused-rows',
      '',
    ]);
  });

  it('names them as JSON, too', async () => {
    const { stdout } = await tell('--story', 'list', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ kms: expect.stringContaining('KMS denies') });
  });

  it.each([
    ['--story', 'list', '--runs', '3'],
    ['--story', 'kms', '--faults', 'none'],
    ['--faults', 'list', '--seed', '1'],
  ])('refuses options that do not go together: %s %s %s %s', async (...args) => {
    const { code, stderr } = await tell(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(`${args[2]} does not go with ${args[0]}`);
  });

  it('refuses a story that nobody knows', async () => {
    const { code, stderr } = await tell('--story', 'drought');
    expect(code).toBe(2);
    expect(stderr).toContain('--story must be list or one of outage, role-delay');
  });

  it('delivers everything once when the role takes half an hour to spread', async () => {
    const { code, stdout } = await tell('--story', 'role-delay', '--json');
    const { figures, problems } = JSON.parse(stdout);
    expect(problems).toEqual([]);
    expect(code).toBe(0);
    expect(figures).toMatchObject({ expected: 1_000, delivered: 1_000, 'dead letters': 0 });
  });
});
