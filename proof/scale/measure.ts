import { setTimeout as wait } from 'node:timers/promises';
import { startDrainer } from '../faults/lane/drainerProcess.ts';
import type { RemoteClouds } from './cloudsClient.ts';

export interface Measurement {
  readonly objectsPerSecond: number;
  /** Records that are not in the table, and rows that are there twice. */
  readonly lost: number;
  readonly duplicated: number;
  /** Messages that were not deleted in the time, dead letters included: what they announce would be delivered again. */
  readonly messagesLeft: number;
}

export interface MeasureOptions {
  readonly clouds: RemoteClouds;
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

const realPace = { realAt: 0, at: 0, speed: 1 };

/** Fills the queue, lets so many processes drain it, and compares the table with what was fed and the queue with nothing. */
export async function measure(options: MeasureOptions): Promise<Measurement> {
  const { boundMs = 300_000, clouds, environment, latencyMs, objects, processes, seed, settings } = options;
  await clouds.ask({ type: 'latency', ms: latencyMs });
  await clouds.ask({ type: 'feed', seed, objects });
  const drainers = Array.from({ length: processes }, () => startDrainer({ ...environment, ...clouds.appSettings }));
  await Promise.all(drainers.map((drainer) => drainer.ready));
  const crashes: string[] = [];
  const started = performance.now();
  for (const [index, drainer] of drainers.entries()) {
    drainer.drain({ pace: realPace, seed: index, settings, onCrash: (printed) => crashes.push(printed) });
  }
  while (crashes.length === 0 && (await clouds.ask({ type: 'waiting' })).messages > 0) {
    if (performance.now() - started > boundMs) break;
    await wait(10);
  }
  const seconds = (performance.now() - started) / 1000;
  await Promise.all(drainers.map((drainer) => drainer.stop(10_000)));
  if (crashes[0] !== undefined) throw new Error(`a drainer ended by itself: ${crashes[0]}`);
  const { lost, duplicated } = await clouds.ask({ type: 'compare' });
  const { messages, deadLetters } = await clouds.ask({ type: 'waiting' });
  return { objectsPerSecond: (objects - lost) / seconds, lost, duplicated, messagesLeft: messages + deadLetters };
}
