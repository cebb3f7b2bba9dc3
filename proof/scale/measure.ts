import { setTimeout as wait } from 'node:timers/promises';
import { readRows } from '../../local/azure/table/table.ts';
import type { CloudsProcess } from '../../local/process/clouds/start.ts';
import { startDrainer } from '../faults/processes/drainerProcess.ts';
import { writeTinyObjects } from './tinyObjects.ts';

export interface Measurement {
  readonly objectsPerSecond: number;
  /** Records that are not in the table, and rows that are there twice. */
  readonly lost: number;
  readonly duplicated: number;
  /** Messages that were not deleted in the time, dead letters included: what they announce would be delivered again. */
  readonly messagesLeft: number;
}

export interface MeasureOptions {
  readonly clouds: CloudsProcess;
  /** For the log files. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly processes: number;
  readonly objects: number;
  readonly latencyMs: number;
  /** Different for every measurement. */
  readonly seed: string;
  /** When to give up on messages that stay. */
  readonly boundMs?: number;
}

/** A drainer told to end needs seconds; a busy machine takes its time. */
const endBoundMs = 60_000;

const realPace = { realAt: 0, at: 0, speed: 1 };

/** Fills the queue, lets so many processes drain it, and compares the table with what was fed and the queue with nothing. */
export async function measure(options: MeasureOptions): Promise<Measurement> {
  const { boundMs = 300_000, clouds, environment, folder, latencyMs, objects, processes, seed, settings } = options;
  const fed = writeTinyObjects(folder, seed, objects, Date.now());
  await clouds.ask({ kind: 'latency', ms: latencyMs, services: ['s3', 'sqs', 'sts'] });
  await clouds.ask({ kind: 'purge' });
  await clouds.ask({ kind: 'store', folder, files: objects, copies: 1 });
  const before = await clouds.ask({ kind: 'announce', objects });
  const drainers = Array.from({ length: processes }, () => startDrainer({ ...environment, ...before.appSettings }));
  await Promise.all(drainers.map((drainer) => drainer.ready));
  const crashes: string[] = [];
  const started = performance.now();
  for (const [index, drainer] of drainers.entries()) {
    drainer.drain({ pace: realPace, seed: index, settings, onCrash: (printed) => crashes.push(printed) });
  }
  while (crashes.length === 0 && (await clouds.ask({ kind: 'look' })).messagesLeft > 0) {
    if (performance.now() - started > boundMs) break;
    await wait(10);
  }
  const seconds = (performance.now() - started) / 1000;
  await Promise.all(drainers.map((drainer) => drainer.stop(endBoundMs)));
  if (crashes[0] !== undefined) throw new Error(`a drainer ended by itself: ${crashes[0]}`);
  const { deadLetters, messagesLeft, tableFile } = await clouds.ask({ kind: 'look' });
  const { lost, duplicated } = await compare(tableFile, fed);
  return {
    objectsPerSecond: (objects - lost) / seconds,
    ...{ lost, duplicated },
    messagesLeft: messagesLeft + deadLetters - before.deadLetters,
  };
}

async function compare(tableFile: string, fed: ReadonlySet<string>): Promise<{ lost: number; duplicated: number }> {
  const times = new Map<string, number>();
  for await (const { values } of readRows(tableFile)) {
    const id = String(values['AwsEventId']);
    if (fed.has(id)) times.set(id, (times.get(id) ?? 0) + 1);
  }
  const rows = [...times.values()].reduce((sum, each) => sum + each, 0);
  return { lost: fed.size - times.size, duplicated: rows - times.size };
}
