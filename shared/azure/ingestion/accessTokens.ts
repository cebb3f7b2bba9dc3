import type { TokenCredential } from '@azure/core-auth';
import type { Clock } from '../../words/clock.ts';
import { abortable } from '../abortable.ts';

/** Bearer tokens for one scope, asked for seldom and shared by everybody who needs one. */
export interface AccessTokens {
  /** Rejects with what the credential threw, with a TimeoutError, or with the signal's reason. */
  get(signal?: AbortSignal): Promise<string>;
  /** Forgets a token that a service refused, unless it was replaced already. */
  forget(token: string): void;
}

export interface AccessTokenOptions {
  readonly credential: TokenCredential;
  readonly scope: string;
  readonly clock: Clock;
  /** How long one request for a token may take: managed identity ignores abort signals, so it is raced. */
  readonly timeoutMs?: number | undefined;
}

const defaultTimeoutMs = 20_000;
/** Inside the 5 minutes in which @azure/msal-node stops answering from its own cache, so that asking brings a new token. */
const renewBeforeMs = 4 * 60_000;
/** A token this near its end is not handed out: a request carrying it could arrive late. */
const lastUseBeforeMs = 30_000;
/** Pause between renewals that failed or brought nothing new, while the old token still works. */
const retryRenewalMs = 30_000;

/**
 * The one cache of tokens, in place of the one inside the SDK's bearer-token policy: that one renews in the background
 * with nobody to hear of a failure (an unhandled rejection ends the process), binds the shared renewal to the first
 * caller's abort signal, and cannot be told that a token was refused.
 */
export function cachedAccessTokens(options: AccessTokenOptions): AccessTokens {
  const { clock } = options;
  let held: { readonly token: string; readonly expiresAt: number; renewAt: number } | undefined;
  let renewal: Promise<string> | undefined;

  const renew = (): Promise<string> => {
    renewal ??= requestToken(options)
      .then(({ token, expiresOnTimestamp }) => {
        const renewAt = Math.max(expiresOnTimestamp - renewBeforeMs, clock.now() + retryRenewalMs);
        held = { token, expiresAt: expiresOnTimestamp, renewAt };
        return token;
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
      if (held === undefined || now >= held.expiresAt - lastUseBeforeMs) {
        return abortable(renew(), signal);
      }
      if (now >= held.renewAt) {
        held.renewAt = now + retryRenewalMs;
        // Nothing is lost by ignoring a failure here: the token is good, and near its end the failure reaches the caller.
        renew().catch(() => undefined);
      }
      return held.token;
    },
    forget: (token) => {
      if (held?.token === token) {
        held = undefined;
      }
    },
  };
}

async function requestToken({ credential, scope, timeoutMs = defaultTimeoutMs }: AccessTokenOptions) {
  const signal = AbortSignal.timeout(timeoutMs);
  const token = await abortable(credential.getToken(scope, { abortSignal: signal }), signal);
  if (token === null) {
    throw new Error('the credential gave no token');
  }
  return token;
}
