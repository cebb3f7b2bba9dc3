import { constants } from 'node:os';

/** A terminal signals the whole group and npm passes its own on: what comes within so long is the same one. */
const echoMs = 1_000;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Aborts at the first signal that asks this process to end, so that work ends in order; `tell` says that it does. A later
 * signal, which is no echo of the first, does not wait for that.
 */
export function interruptSignal(tell: () => void): AbortSignal {
  const interrupted = new AbortController();
  let abortedAt = 0;
  for (const signal of signals) {
    process.on(signal, () => {
      if (!interrupted.signal.aborted) {
        abortedAt = performance.now();
        tell();
        interrupted.abort();
      } else if (performance.now() - abortedAt > echoMs) {
        process.exit(128 + constants.signals[signal]);
      }
    });
  }
  return interrupted.signal;
}

/** Resolves when the signal aborts: what does not look at the signal is left behind. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
