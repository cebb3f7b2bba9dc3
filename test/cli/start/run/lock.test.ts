import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeRunLock } from '../../../../cli/start/run/lock.ts';

describe('takeRunLock', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'run-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('makes the folder, and gives it free again', () => {
    const work = join(folder, 'new');
    takeRunLock(work)();
    expect(existsSync(join(work, 'lock'))).toBe(false);
    expect(takeRunLock(work)).toBeTypeOf('function');
  });

  it('takes over what a process left that is gone, or another program now', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const other = existsSync('/proc/self/cmdline') ? [process.ppid] : [];
    for (const left of [pid, ...other, process.pid, 'no number']) {
      writeFileSync(join(folder, 'lock'), String(left));
      takeRunLock(folder)();
    }
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });
});
