import type { Clock } from '../../../shared/words/clock.ts';

/** How a story's time follows from real time: `at` then, and `speed` story seconds a second from there on. */
export interface Pace {
  readonly realAt: number;
  readonly at: number;
  readonly speed: number;
}

/** A clock that all processes of a run share without talking: it follows from real time alone, until the pace changes. */
export interface StoryClock extends Clock {
  /** Changes the pace; who sleeps wakes when the new pace says so. */
  follow(pace: Pace): void;
  pace(): Pace;
}

/** Longer timers fire at once. https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestTimerMs = 2 ** 31 - 1;

/** Makes a clock of the given pace. */
export function storyClock(first: Pace): StoryClock {
  let pace = first;
  const sleepers = new Set<() => void>();
  const now = (): number => pace.at + (Date.now() - pace.realAt) * pace.speed;
  return {
    now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const until = now() + Math.max(0, ms);
        let timer: NodeJS.Timeout | undefined;
        const wake = (): void => {
          clearTimeout(timer);
          sleepers.delete(look);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const look = (): void => {
          clearTimeout(timer);
          const leftMs = (until - now()) / pace.speed;
          // Even nothing is slept in a turn of its own, as with the machine's clock.
          timer = setTimeout(leftMs <= 0 ? wake : look, Math.min(Math.max(0, leftMs), longestTimerMs));
        };
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        sleepers.add(look);
        signal?.addEventListener('abort', wake, { once: true });
        look();
      }),
    follow(next) {
      pace = next;
      for (const look of [...sleepers]) look();
    },
    pace: () => pace,
  };
}

/** The pace that goes on from where the clock stands, later by `ms`. */
export function later(clock: StoryClock, ms: number): Pace {
  return { realAt: Date.now(), at: clock.now() + ms, speed: clock.pace().speed };
}

/** The pace that goes on from where the clock stands, at another speed. */
export function atSpeed(clock: StoryClock, speed: number): Pace {
  return { realAt: Date.now(), at: clock.now(), speed };
}
