import type { Clock } from '../words/clock.ts';
import { abortable } from './abortable.ts';

/** One value that ends, such as a session or a token: made when first needed, renewed before its end, shared by all. */
export interface Renewing<T> {
  /** Concurrent callers share one renewal; the signal ends the caller's own wait only. Rejects with what making threw. */
  get(signal?: AbortSignal): Promise<T>;
  /** Forgets the held value if it is the refused one; false when it was replaced already, or nothing is held. */
  invalidate(isRefused?: (held: T) => boolean): boolean;
}

export interface RenewingOptions<T> {
  readonly make: () => Promise<T>;
  /** When the value ends, in milliseconds since the epoch by our clock. */
  readonly endOf: (value: T) => number;
  /** Renewal starts this long before the end. */
  readonly renewBeforeMs: number;
  /** Earlier by up to this much, so that instances do not renew together. Default: none. */
  readonly jitterMs?: number;
  readonly random?: () => number;
  readonly clock: Pick<Clock, 'now'>;
}

/** A value this near its end is not handed out: a request that carries it could arrive late. */
const lastUseBeforeMs = 30_000;
/** Pause between renewals that failed or brought nothing new, while the old value still serves. */
const retryRenewalMs = 30_000;

/** Renews in the background while the held value is good, so that nobody waits and no failure is thrown before its end. */
export function renewing<T>(options: RenewingOptions<T>): Renewing<T> {
  const { make, endOf, renewBeforeMs, jitterMs = 0, random = () => 0, clock } = options;
  let held: { readonly value: T; readonly endsAt: number; renewAt: number } | undefined;
  let renewal: Promise<T> | undefined;

  const renew = (): Promise<T> => {
    renewal ??= make()
      .then((value) => {
        const endsAt = endOf(value);
        const renewAt = endsAt - renewBeforeMs - random() * jitterMs;
        held = { value, endsAt, renewAt: Math.max(renewAt, clock.now() + retryRenewalMs) };
        return value;
      })
      .finally(() => {
        renewal = undefined;
      });
    return renewal;
  };

  return {
    get: async (signal) => {
      signal?.throwIfAborted();
      const now = clock.now();
      if (held === undefined || now >= held.endsAt - lastUseBeforeMs) {
        return abortable(renew(), signal);
      }
      if (now >= held.renewAt) {
        held.renewAt = now + retryRenewalMs;
        // Nothing is lost by ignoring a failure here: the value is good, and near its end the failure reaches the caller.
        renew().catch(() => undefined);
      }
      return held.value;
    },
    invalidate: (isRefused = () => true) => {
      if (held === undefined || !isRefused(held.value)) {
        return false;
      }
      held = undefined;
      return true;
    },
  };
}
