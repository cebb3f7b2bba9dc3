import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';

/** Where figures come from: they mean nothing without it. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly cpu: string;
  /** Every run was held to its processors. */
  readonly pinned: boolean;
  /** Absent where there is no Python. */
  readonly python?: string;
  /** Load average of the last minute. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

export function describeMachine(): Omit<Machine, 'loadAfter'> {
  const python = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    pinned: spawnSync('taskset', ['-c', '0', process.execPath, '--version']).status === 0,
    ...(python.status === 0 && { python: python.stdout.trim() }),
    loadBefore: load(),
  };
}

export function load(): number {
  return loadavg()[0] ?? 0;
}

/** The words before a command that hold it to so many processors. */
export function pinning(cores: 1 | 2): readonly string[] {
  return ['taskset', '-c', cores === 1 ? '0' : '0,1'];
}
