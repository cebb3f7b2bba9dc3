import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Clock } from '../../../shared/words/clock.ts';

export interface TokenCheckOptions {
  readonly clock: Clock;
  readonly keys: JSONWebKeySet;
  readonly issuer: string;
  readonly audience: string;
}

export type TokenVerdict =
  | { readonly kind: 'valid'; readonly principalId: string }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Checks bearer tokens: signature, issuer, audience, validity by the clock. A token's signature is checked once and remembered. */
export function createTokenCheck(
  options: TokenCheckOptions,
): (authorization: string | undefined) => Promise<TokenVerdict> {
  const { clock, issuer, audience } = options;
  const keys = createLocalJWKSet(options.keys);
  const remembered = new Map<string, { readonly principalId: string; readonly expiresAt: number }>();

  return async (authorization) => {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { kind: 'invalid', reason: 'The Authorization header carries no bearer token.' };
    const known = remembered.get(token);
    if (known && known.expiresAt > clock.now()) return { kind: 'valid', principalId: known.principalId };
    remembered.delete(token);
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: [audience, `${audience}/`],
        currentDate: new Date(clock.now()),
        requiredClaims: ['exp', 'oid'],
      });
      const principalId = String(payload['oid']);
      if (remembered.size >= 1000) remembered.clear();
      remembered.set(token, { principalId, expiresAt: (payload.exp ?? 0) * 1000 });
      return { kind: 'valid', principalId };
    } catch (error) {
      return { kind: 'invalid', reason: error instanceof Error ? error.message : String(error) };
    }
  };
}
