import { Cron } from 'croner';
import type { TypedData } from '../worker/messages.ts';

export interface TimerOptions<Result> {
  /** NCRONTAB: second, minute, hour, day, month, day of week, in UTC. */
  readonly schedule: string;
  readonly runOnStartup: boolean;
  readonly run: (input: TypedData) => Promise<Result>;
}

export interface Timer<Result> {
  /** One run outside the schedule, after the one under way if there is one. */
  runNow(): Promise<Result>;
  stop(): void;
}

/**
 * Runs on a schedule and never twice at once: the next time is taken when a run has ended, and times missed meanwhile
 * are skipped. https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
 * @throws when the schedule cannot be read.
 */
export function startTimer<Result>(options: TimerOptions<Result>): Timer<Result> {
  const cron = new Cron(options.schedule, { mode: '6-part', timezone: 'UTC', domAndDow: true, paused: true });
  let underWay: Promise<unknown> = Promise.resolve();
  let last: Date | undefined;
  let alarm: NodeJS.Timeout | undefined;
  let isStopped = false;

  const runNow = (): Promise<Result> => {
    const result = underWay.then(() => {
      const input = timerInput(last, cron.nextRun());
      last = new Date();
      return options.run(input);
    });
    // The caller sees the failure; the chain must only know that the run ended.
    underWay = result.catch(() => {});
    return result;
  };

  const scheduleNext = (): void => {
    const next = cron.nextRun();
    if (isStopped || !next) return;
    waitUntil(next.getTime(), () => {
      void runNow().then(scheduleNext, scheduleNext);
    });
  };

  const waitUntil = (time: number, act: () => void): void => {
    const waitMs = time - Date.now();
    alarm = setTimeout(
      () => (waitMs > longestTimerMs ? waitUntil(time, act) : act()),
      Math.min(waitMs, longestTimerMs),
    );
  };

  if (options.runOnStartup) void runNow().then(scheduleNext, scheduleNext);
  else scheduleNext();
  return {
    runNow,
    stop() {
      isStopped = true;
      clearTimeout(alarm);
    },
  };
}

const longestTimerMs = 86_400_000;

function timerInput(last: Date | undefined, next: Date | null): TypedData {
  const status = {
    Last: (last ?? new Date(0)).toISOString(),
    Next: (next ?? new Date(0)).toISOString(),
    LastUpdated: (last ?? new Date(0)).toISOString(),
  };
  return { json: JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: status, IsPastDue: false }) };
}
