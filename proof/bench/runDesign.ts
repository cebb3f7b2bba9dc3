import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Counts, type Design, type DesignName, noCounts } from './design.ts';
import { loadLogFiles } from './logFiles.ts';

/** One run of one design over one folder, in a process of its own. */
export interface Run extends Counts {
  readonly wallMs: number;
  /** User and system time of all threads. */
  readonly cpuMs: number;
  /** Peak resident set of the process, module loading included. */
  readonly maxRssBytes: number;
  /** The longest time for which the event loop did nothing else. */
  readonly stallMs?: number;
}

export interface RunOptions {
  readonly design: DesignName;
  readonly level: number;
  readonly cores: number;
  readonly passes: number;
  readonly folder: string;
}

export async function runDesign({ design, level, cores, passes, folder }: RunOptions): Promise<Run> {
  const { prepare } = await loadDesign(design);
  const run = await prepare({ files: loadLogFiles(folder), level, cores, passes });
  const counts = noCounts();
  const stalls = monitorEventLoopDelay({ resolution: resolutionMs });
  stalls.enable();
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  await run(counts);
  const cpu = process.cpuUsage(cpuBefore);
  const wallMs = performance.now() - startedAt;
  stalls.disable();
  return {
    ...counts,
    wallMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    maxRssBytes: process.resourceUsage().maxRSS * 1024,
    // The time between two looks; a run without a second look was one stall.
    stallMs: stalls.count === 0 ? wallMs : Math.max(0, stalls.max / 1e6 - resolutionMs),
  };
}

const resolutionMs = 5;

/** Each design is loaded alone, so that its memory is its own. */
async function loadDesign(name: DesignName): Promise<Design> {
  switch (name) {
    case 'ours':
      return (await import('./designs/ours.ts')).ours;
    case 'selected':
      return (await import('./designs/selected.ts')).selected;
    case 'plain':
      return (await import('./designs/plain.ts')).plain;
    case 'limit':
      return (await import('./designs/limit.ts')).limit;
    case 'rows':
      return (await import('./designs/rows.ts')).rows;
    case 'plain-rows':
      return (await import('./designs/plainRows.ts')).plainRows;
  }
}

if (import.meta.main) console.log(JSON.stringify(await runDesign(JSON.parse(process.argv[2] ?? '{}'))));
