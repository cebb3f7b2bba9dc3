import type { Clock } from '../words/clock.ts';

/** A condition variable: tells everyone who waits that something changed, and each looks for itself whether it was what it waited for. */
export class Condition {
  readonly #waiting = new Set<() => void>();

  notify(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves at the next notification, or when the signal aborts; never rejects. */
  next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  /** Resolves to true once the condition holds, to false when the signal aborts before. No wake-up can be lost between. */
  async until(condition: () => boolean, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      if (signal.aborted) return false;
      if (condition()) return true;
      await this.next(signal);
    }
  }

  /** Resolves after `ms`, at the next notification or when the signal aborts, whatever comes first. */
  async within(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    await Promise.race([clock.sleep(ms, either), this.next(either)]);
    over.abort();
  }
}
