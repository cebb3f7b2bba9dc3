import type { Clock } from '../words/clock.ts';

export interface RenewingSession<T> {
  /** The session, assumed or renewed when needed; concurrent callers share one renewal. */
  get(): Promise<T>;
  /** Forgets the session when it is still the refused one (or any, when none is named); false when it was replaced already. */
  invalidate(refused?: T): boolean;
}

/** Renewal starts this long before the end, earlier by up to a further minute, so that instances do not renew together. */
const renewBeforeMs = 5 * 60_000;
const jitterMs = 60_000;
/** A session this near its end is not handed out: a request signed with it could arrive late. */
const lastUseBeforeMs = 30_000;
/** Pause between failed renewals while the old session still works. */
const retryRenewalMs = 30_000;

/** Caches one temporary session: renewed before it ends, in the background while the old one is good. */
export function renewingSession<T extends { readonly expiresAt: number }>(options: {
  readonly assume: () => Promise<T>;
  readonly clock: Clock;
  readonly random: () => number;
}): RenewingSession<T> {
  const { assume, clock, random } = options;
  let current: { readonly session: T; renewAt: number } | undefined;
  let renewal: Promise<T> | undefined;

  const renew = (): Promise<T> => {
    renewal ??= assume()
      .then((session) => {
        current = { session, renewAt: session.expiresAt - renewBeforeMs - random() * jitterMs };
        return session;
      })
      .finally(() => {
        renewal = undefined;
      });
    return renewal;
  };

  return {
    get: async () => {
      const held = current;
      const now = clock.now();
      if (held === undefined || now >= held.session.expiresAt - lastUseBeforeMs) {
        return renew();
      }
      if (now >= held.renewAt) {
        // Nothing is lost by ignoring a failure here: the session is good, and near its end the failure reaches the caller.
        held.renewAt = now + retryRenewalMs;
        renew().catch(() => undefined);
      }
      return held.session;
    },
    invalidate: (refused) => {
      if (current === undefined || (refused !== undefined && current.session !== refused)) {
        return false;
      }
      current = undefined;
      return true;
    },
  };
}
