import type { LogFile } from './logFiles.ts';

/** What one run of a design did; `bytesIn` are uncompressed bytes of log files. */
export interface Counts {
  files: number;
  bytesIn: number;
  rows: number;
  /** Request bodies, their uncompressed bytes and their bytes as sent. */
  bodies: number;
  bodyBytes: number;
  sentBytes: number;
  largestBody: number;
}

export interface Task {
  readonly files: readonly LogFile[];
  /** Of gzip, for designs that can choose it. */
  readonly level: number;
  /** How many processors the run may use. */
  readonly cores: number;
  /** How often the files are gone through. */
  readonly passes: number;
}

/**
 * One way from gzip log files to gzip request bodies, or a part of that way; bodies are counted and thrown away. Loading its
 * modules and whatever `prepare` does is not measured.
 */
export interface Design {
  prepare(task: Task): Promise<(counts: Counts) => Promise<void>>;
}

/** How a design is told from others on the command line of a run. */
export const designNames = ['ours', 'selected', 'plain', 'limit', 'rows', 'plain-rows'] as const;
export type DesignName = (typeof designNames)[number];

/** A list so many times, one after another. */
export function repeated<T>(items: readonly T[], times: number): T[] {
  return Array.from({ length: times }, () => items).flat();
}

export function noCounts(): Counts {
  return { files: 0, bytesIn: 0, rows: 0, bodies: 0, bodyBytes: 0, sentBytes: 0, largestBody: 0 };
}

export function countBody(counts: Counts, rows: number, bodyBytes: number, sentBytes: number): void {
  counts.rows += rows;
  counts.bodies += 1;
  counts.bodyBytes += bodyBytes;
  counts.sentBytes += sentBytes;
  counts.largestBody = Math.max(counts.largestBody, bodyBytes);
}
