import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import type { DrainSettings } from './drainSettings.ts';

/** When one slice stops doing what. */
export interface Deadline {
  readonly startedAt: number;
  /** No message is received after this time. */
  readonly receiveUntil: number;
  /** Aborts when no more work may begin: nothing is read, no request is made; what is unfinished goes back. */
  readonly stop: AbortSignal;
  /** Aborts when uploads in flight are no longer waited for: their outcome stays unknown. */
  readonly abandon: AbortSignal;
  /** Aborts when the slice must return, whatever still hangs; the visibility timeouts give back the rest. */
  readonly over: AbortSignal;
  readonly isShutdown: () => boolean;
  /** Ends the timers. */
  cancel(): void;
}

/** An upload that is answered within this time needs not be repeated by anybody. */
const shutdownGraceMs = 3_000;

/** Divides the time kept free before the end of the slice: to finish, to wait for answers, to give back. */
export function createDeadline(
  clock: Clock,
  settings: Pick<DrainSettings, 'source' | 'sliceMs' | 'stopReceivingMs'>,
  shutdown: AbortSignal,
): Deadline {
  const startedAt = clock.now();
  const endsAt = startedAt + settings.sliceMs;
  const stop = new AbortController();
  const abandon = new AbortController();
  const over = new AbortController();
  const timers = new AbortController();

  const at = (time: number, act: () => void): void => {
    void clock.sleep(time - clock.now(), timers.signal).then(() => {
      if (!timers.signal.aborted) act();
    });
  };
  const ended = (why: string) => new ConnectorError('slice-ended', `the slice of ${settings.source} ended: ${why}`);
  const shutDown = (): void => {
    stop.abort(ended('the host shuts down'));
    at(clock.now() + shutdownGraceMs, () => abandon.abort(ended('the host shuts down')));
    at(clock.now() + 2 * shutdownGraceMs, () => over.abort());
  };

  at(endsAt - 0.3 * settings.stopReceivingMs, () => stop.abort(ended('its time is over')));
  at(endsAt - 0.15 * settings.stopReceivingMs, () => abandon.abort(ended('its time is over')));
  at(endsAt, () => over.abort());
  if (shutdown.aborted) shutDown();
  else shutdown.addEventListener('abort', shutDown, { once: true });

  return {
    startedAt,
    receiveUntil: endsAt - settings.stopReceivingMs,
    stop: stop.signal,
    abandon: abandon.signal,
    over: over.signal,
    isShutdown: () => shutdown.aborted,
    cancel: () => {
      shutdown.removeEventListener('abort', shutDown);
      timers.abort();
    },
  };
}
