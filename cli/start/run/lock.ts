import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunFailure } from './failure.ts';

/**
 * Keeps a second run from emptying the folder that a first one works in. Returns what gives the folder free.
 * @throws RunFailure naming the process that works there.
 */
export function takeRunLock(folder: string): () => void {
  const path = join(folder, 'lock');
  mkdirSync(folder, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    try {
      // Made and written in one step by nobody but us: `wx` fails when it is there.
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = holderOf(path);
    if (holder !== undefined || attempt > 3) {
      throw new RunFailure(
        'already-running',
        `another start runs in ${folder}: process ${holder ?? 'unknown'}`,
        `End it with Ctrl-C or "kill ${holder ?? 'PID'}", or give this run another folder with --work; if there is no such process, remove ${path}.`,
      );
    }
    rmSync(path, { force: true });
  }
}

/** The process that holds a lock; undefined when it is gone, which leaves the lock to whoever wants it. */
function holderOf(path: string): number | undefined {
  let pid: number;
  try {
    pid = Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // given free just now
  }
  // In a container the numbers begin anew: a lock of our own number is an older process's.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : undefined;
  }
  return isAnotherProgram(pid) ? undefined : pid;
}

/** A number may have been given to another process since. Where that cannot be seen, it is taken for a start. */
function isAnotherProgram(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('start.ts');
  } catch {
    return false; // no such file system here
  }
}
