import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../../shared/words/clock.ts';
import { watchRequests } from './requestsUnderWay.ts';

/** A clock for stories of days: while something is under way it goes as usual, and it skips the time in which all wait. */
export interface IdleClock extends Clock {
  /** Sleeps within a request: while all that are under way sleep so, the time is skipped. */
  readonly park: (ms: number) => Promise<void>;
  stop(): void;
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Something is under way that never ends, such as an answer that a fault withholds: time goes on beside it. */
export const hangsAfterMs = 400;

/** Starts the clock; it moves only while its process has neither a request nor other work under way. */
export function startIdleClock(at: number): IdleClock {
  const sleepers = new Set<Sleeper>();
  const requests = watchRequests();
  let base = at;
  let baseReal = performance.now();
  let isStopped = false;
  /** Requests of which it is known that they wait for nothing but time. */
  let parked = 0;
  const now = (): number => base + (performance.now() - baseReal);

  const wakeDue = (): void => {
    const due = now();
    for (const sleeper of [...sleepers].sort((one, other) => one.until - other.until)) {
      if (sleeper.until <= due) sleeper.wake();
    }
  };
  const skipToNext = (): void => {
    let next = Number.POSITIVE_INFINITY;
    for (const { until } of sleepers) next = Math.min(next, until);
    if (Number.isFinite(next) && next > now()) {
      base = next;
      baseReal = performance.now();
    }
  };
  /** True when nothing but sleep is left: seen twice, since work goes on in turns of the event loop. */
  const isIdle = async (): Promise<boolean> => {
    for (let look = 0; look < 2; look++) {
      const before = requests.changes();
      await turn();
      // Compression shows nowhere; a small body takes no longer.
      await wait(1);
      if (requests.count() > parked || requests.changes() !== before || isWorking()) return false;
    }
    return true;
  };
  const run = async (): Promise<void> => {
    let seen = requests.changes();
    let quietSince = performance.now();
    while (!isStopped) {
      if (await isIdle()) skipToNext();
      else if (requests.changes() !== seen) {
        seen = requests.changes();
        quietSince = performance.now();
      } else if (performance.now() - quietSince > hangsAfterMs) {
        quietSince = performance.now();
        skipToNext();
      }
      wakeDue();
      if (requests.count() > parked) await wait(1);
      else await turn();
    }
  };
  void run();

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const sleeper: Sleeper = {
        until: now() + Math.max(0, ms),
        wake: () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });
  return {
    now,
    sleep,
    park: async (ms) => {
      parked += 1;
      await sleep(ms);
      parked -= 1;
    },
    stop() {
      isStopped = true;
      requests.stop();
    },
  };
}

/** Files and compression are worked on in other threads. */
function isWorking(): boolean {
  return process.getActiveResourcesInfo().some((name) => /^(?:FSReq|Zlib|ZLIB|GetAddrInfo)/.test(name));
}
