import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A control group whose processes may hold so much memory and no more; whoever passes it is killed by the kernel. */
export interface MemoryGroup {
  readonly folder: string;
  /** Once its processes have ended. */
  remove(): void;
}

// https://docs.kernel.org/admin-guide/cgroup-v1/memory.html and https://docs.kernel.org/admin-guide/cgroup-v2.html#memory
const versions = [
  { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes' },
  { root: '/sys/fs/cgroup', limit: 'memory.max' },
] as const;

/** @throws Error with one sentence where this machine or this user cannot make one. */
export function makeMemoryGroup(name: string, limitBytes: number): MemoryGroup {
  const version = versions.find(({ root }) => existsSync(join(root, 'cgroup.procs')));
  if (version === undefined) throw new Error('this machine has no memory cgroup; --unlimited measures without a limit');
  const folder = join(version.root, name);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, version.limit), String(limitBytes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`no memory cgroup can be made (${reason}); run as root, or measure with --unlimited`, {
      cause: error,
    });
  }
  return {
    folder,
    remove: () => rmdirSync(folder),
  };
}
