import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clouds } from '../../local/clouds.ts';
import { startDrainer } from '../faults/processes/drainerProcess.ts';
import { type MemoryGroup, makeMemoryGroup } from './cgroup.ts';

/** What one instance did within its memory. */
export interface LimitedDrain {
  /** Why it ended by itself, if it did: the kernel's kill included. */
  readonly crashed: string | undefined;
  readonly seconds: number;
  /** Of the process at its highest, without the page cache. */
  readonly peakBytes: number;
  readonly messagesLeft: number;
  readonly deadLetters: number;
  readonly rowsAccepted: number;
  /** Of the slices that were cut off by their end: the fewest messages that one of them deleted. */
  readonly fewestDeletedInSlice: number | undefined;
  readonly slices: number;
  /** The most messages that were deleted before one that had been announced before them. */
  readonly mostOvertaken: number;
}

export interface LimitedWork {
  readonly clouds: Clouds;
  /** In the order in which they were announced. */
  readonly messageIds: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Readonly<Record<string, string>>;
  /** Undefined: no limit. */
  readonly limitBytes: number | undefined;
  readonly boundMs: number;
}

const realPace = { realAt: 0, at: 0, speed: 1 };
const endBoundMs = 120_000;

/** Drains with one process, which has so much memory and no more, until the queue is empty, the process is dead or time is up. */
export async function drainLimited(work: LimitedWork): Promise<LimitedDrain> {
  const { clouds, environment, limitBytes, settings } = work;
  const group = limitBytes === undefined ? undefined : makeMemoryGroup(`connector-${process.pid}`, limitBytes);
  const order = new Map(work.messageIds.map((id, index) => [id, index]));
  const deleted: number[] = [];
  let crashed: string | undefined;
  let peakBytes = 0;
  const drainer = startDrainer({ ...environment, ...clouds.appSettings }, group?.folder);
  await drainer.ready;
  const started = performance.now();
  drainer.drain({
    pace: realPace,
    seed: 1,
    settings,
    onLine: (_, line) => {
      const { event, messageId } = JSON.parse(line) as { event?: string; messageId?: string };
      if (event === 'message-acknowledged' && messageId !== undefined) deleted.push(order.get(messageId) ?? -1);
    },
    onCrash: (printed) => {
      crashed = printed.slice(0, 500);
    },
  });
  while (crashed === undefined && left(clouds) > 0 && performance.now() - started < work.boundMs) {
    peakBytes = highWater(drainer.pid) ?? peakBytes;
    await wait(50);
  }
  const seconds = (performance.now() - started) / 1000;
  await drainer.stop(endBoundMs);
  removed(group);
  const cutOff = drainer.summaries.filter(({ ended }) => ended === 'deadline');
  return {
    crashed,
    seconds,
    peakBytes,
    messagesLeft: left(clouds),
    deadLetters: clouds.aws.stats().deadLetters,
    rowsAccepted: clouds.ingestion.stats().rows,
    fewestDeletedInSlice:
      cutOff.length === 0 ? undefined : Math.min(...cutOff.map(({ messagesDeleted }) => messagesDeleted)),
    slices: drainer.summaries.length,
    mostOvertaken: mostOvertaken(deleted),
  };
}

function left({ aws }: Clouds): number {
  const { queue } = aws.stats();
  return queue.visible + queue.inFlight;
}

/** VmHWM, in kB: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html. Undefined once the process is gone. */
function highWater(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    // It has just ended; what was read before stands.
    return undefined;
  }
}

function removed(group: MemoryGroup | undefined): void {
  try {
    group?.remove();
  } catch {
    // The kernel lets go of a killed process a little later; an empty group costs nothing.
  }
}

/** For each message, how many that were announced after it were deleted before it; the largest of these. */
export function mostOvertaken(deleted: readonly number[]): number {
  let most = 0;
  for (const [place, message] of deleted.entries()) {
    let overtakers = 0;
    for (let before = place - 1; before >= 0 && place - before <= window; before--) {
      if ((deleted[before] ?? 0) > message) overtakers++;
    }
    most = Math.max(most, overtakers);
  }
  return most;
}

/** Overtaking is looked for among so many neighbours: enough to tell "in order" from "not". */
const window = 2_000;
