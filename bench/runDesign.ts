import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Design, type DesignName, emptyTally, type Tally } from './design.ts';

/** One run of one design over one folder, in a process of its own: `node runDesign.ts <design> <level> <folder>`. */
export interface Run extends Tally {
  readonly wallMs: number;
  /** User and system time of all threads. */
  readonly cpuMs: number;
  /** Peak resident set of the process, module loading included. */
  readonly maxRssBytes: number;
}

export async function runDesign(name: DesignName, level: number, folder: string): Promise<Run> {
  const paths = readdirSync(folder)
    .sort()
    .map((file) => join(folder, file));
  const design = await loadDesign(name);
  const run = await design.prepare(level, paths);
  const tally = emptyTally();
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  await run(tally);
  const cpu = process.cpuUsage(cpuBefore);
  return {
    ...tally,
    wallMs: performance.now() - startedAt,
    cpuMs: (cpu.user + cpu.system) / 1000,
    maxRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** Each design is loaded alone, so that its memory is its own. */
async function loadDesign(name: DesignName): Promise<Design> {
  switch (name) {
    case 'ours':
      return (await import('./designs/ours.ts')).ours;
    case 'plain':
      return (await import('./designs/plain.ts')).plain;
    case 'limit':
      return (await import('./designs/limit.ts')).limit;
  }
}

if (import.meta.main) {
  const [, , name, level, folder = ''] = process.argv;
  console.log(JSON.stringify(await runDesign(name as DesignName, Number(level), folder)));
}
