import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';

/** Where figures come from: they mean nothing without it. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly cpu: string;
  /** Every run was pinned to one core. */
  readonly pinned: boolean;
  /** Load average of the last minute. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

export function describeMachine(pinned: boolean): Omit<Machine, 'loadAfter'> {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    pinned,
    loadBefore: load(),
  };
}

export function load(): number {
  return loadavg()[0] ?? 0;
}

/** The words before a command that pin it to one core; none where taskset is missing or not allowed. */
export function pinning(): readonly string[] {
  const words = ['taskset', '-c', '0'];
  const [command = '', ...args] = words;
  return spawnSync(command, [...args, process.execPath, '--version']).status === 0 ? words : [];
}
