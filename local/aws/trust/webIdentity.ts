import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { Failure } from '../gateway/answers.ts';
import type { OidcProvider } from '../scene/world.ts';

/** Fetches the issuer's signing keys, as AWS does from its discovery document. */
export type JwksSource = (issuer: string) => Promise<JSONWebKeySet>;

/** A token AWS accepts, reduced to the claims it lets trust policies look at. */
export interface WebIdentity {
  readonly provider: OidcProvider;
  readonly subject: string;
  /** What AWS holds against the provider's client ids: `azp` when there is one, else `aud`. */
  readonly audience: string;
  readonly originalAudience: string;
}

/**
 * Checks a token the way AssumeRoleWithWebIdentity does, before any trust policy is asked.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export async function checkWebIdentity(
  token: string,
  providers: readonly OidcProvider[],
  jwks: JwksSource,
  now: number,
): Promise<{ readonly ok: WebIdentity } | { readonly failure: Failure }> {
  const claims = readClaims(token);
  if (claims === undefined) {
    return invalid('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)');
  }
  const issuer = claims.iss ?? '';
  const provider = providers.find(({ url }) => url === issuer);
  if (provider === undefined) return invalid(`No OpenIDConnect provider found in your account for ${issuer}`);

  const failure = await checkToken(token, claims, issuer, jwks, now);
  if (failure !== undefined) return { failure };

  const audiences = [claims.aud ?? []].flat();
  const authorizedParty = typeof claims['azp'] === 'string' ? claims['azp'] : undefined;
  const audience = authorizedParty ?? audiences.find((name) => provider.clientIds.includes(name));
  if (audience === undefined || !provider.clientIds.includes(audience)) return invalid('Incorrect token audience');
  return { ok: { provider, subject: claims.sub ?? '', audience, originalAudience: audiences[0] ?? '' } };
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

async function checkToken(
  token: string,
  claims: JWTPayload,
  issuer: string,
  jwks: JwksSource,
  now: number,
): Promise<Failure | undefined> {
  let keys: JSONWebKeySet;
  try {
    keys = await jwks(issuer);
  } catch {
    // AWS says no more than this when it cannot fetch the keys, so neither do we.
    return failureOf(noKey);
  }
  try {
    await jwtVerify(token, createLocalJWKSet(keys), {
      algorithms,
      currentDate: new Date(now),
      requiredClaims: ['exp'],
    });
    return undefined;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      return {
        status: 400,
        code: 'ExpiredTokenException',
        message: `Token expired: current date/time ${Math.floor(now / 1000)} must be before the expiration date/time ${claims.exp ?? 0}`,
      };
    }
    if (error instanceof errors.JWKSNoMatchingKey) return failureOf(noKey);
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf') {
      return failureOf('Token is not yet valid');
    }
    return failureOf('The ID Token provided could not be verified: its signature is invalid');
  }
}

const noKey =
  `Couldn't retrieve verification key from your identity provider,  please reference ` +
  'AssumeRoleWithWebIdentity documentation for requirements';

function readClaims(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token);
  } catch {
    // Whatever is wrong with its form, AWS has one text for it.
    return undefined;
  }
}

function invalid(message: string): { failure: Failure } {
  return { failure: failureOf(message) };
}

function failureOf(message: string): Failure {
  return { status: 400, code: 'InvalidIdentityToken', message };
}
