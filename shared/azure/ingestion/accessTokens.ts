import type { TokenCredential } from '@azure/core-auth';
import { renewing } from '../../kit/renewing.ts';
import type { Clock } from '../../words/clock.ts';
import { requestToken } from '../identity.ts';

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
  readonly timeoutMs?: number | undefined;
}

/** Inside the 5 minutes in which @azure/msal-node stops answering from its own cache, so that asking brings a new token. */
const renewBeforeMs = 4 * 60_000;

/**
 * The one cache of tokens, in place of the one inside the SDK's bearer-token policy: that one renews in the background
 * with nobody to hear of a failure (an unhandled rejection ends the process), binds the shared renewal to the first
 * caller's abort signal, and cannot be told that a token was refused.
 */
export function cachedAccessTokens({ credential, scope, clock, timeoutMs }: AccessTokenOptions): AccessTokens {
  const tokens = renewing({
    make: () => requestToken(credential, scope, undefined, timeoutMs),
    endOf: ({ expiresOnTimestamp }) => expiresOnTimestamp,
    renewBeforeMs,
    clock,
  });
  return {
    get: async (signal) => (await tokens.get(signal)).token,
    forget: (token) => void tokens.invalidate((held) => held.token === token),
  };
}
