import type { AccessToken, TokenCredential } from '@azure/core-auth';
import {
  AzureCliCredential,
  AzureDeveloperCliCredential,
  AzurePowerShellCredential,
  ChainedTokenCredential,
  EnvironmentCredential,
  ManagedIdentityCredential,
} from '@azure/identity';
import { abortable } from '../kit/abortable.ts';
import { shortText } from '../kit/shortText.ts';
import { ConnectorError } from '../words/errors.ts';
import { azureUserAgent } from '../words/version.ts';

/** Who we are in Azure: the app's managed identity, or on a desk whoever is signed in to Azure's tools. */
export type AzureIdentity =
  | { readonly kind: 'managed-identity'; readonly clientId?: string | undefined }
  | { readonly kind: 'developer' };

/** How long `az`, `azd` and PowerShell may take to start and answer. */
const toolTimeoutMs = 15_000;

/**
 * The credential behind every call to Azure, and behind the web identity shown to AWS. It retries nothing itself: a
 * failed upload or a failed session is tried again by the flow, which counts.
 */
export function azureCredential(identity: AzureIdentity): TokenCredential {
  if (identity.kind === 'managed-identity') {
    const clientId = identity.clientId === undefined ? {} : { clientId: identity.clientId };
    return new ManagedIdentityCredential({ ...clientId, retryOptions: { maxRetries: 0 }, ...azureUserAgent });
  }
  const tool = { processTimeoutInMs: toolTimeoutMs };
  return new ChainedTokenCredential(
    new EnvironmentCredential(),
    new AzureCliCredential(tool),
    new AzureDeveloperCliCredential(tool),
    new AzurePowerShellCredential(tool),
  );
}

/** How long the identity endpoint may take; managed identity ignores abort signals, so it is raced. */
const tokenTimeoutMs = 20_000;

/** One request for a token, within a bound. Rejects with what the credential threw, a TimeoutError, or the signal's reason. */
export async function requestToken(
  credential: TokenCredential,
  scope: string,
  signal: AbortSignal | undefined,
  timeoutMs = tokenTimeoutMs,
): Promise<AccessToken> {
  const limit = AbortSignal.timeout(timeoutMs);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  either.throwIfAborted();
  const token = await abortable(credential.getToken(scope, { abortSignal: either }), either);
  if (token === null) {
    throw new Error('the credential gave no token');
  }
  return token;
}

/**
 * The web identity token that AWS exchanges for the hub role's session. Not cached here: it is asked for about once an
 * hour, managed identity caches by itself, and who finds the token too old must not be given the same one again.
 */
export async function entraToken(credential: TokenCredential, audience: string, timeoutMs?: number): Promise<string> {
  try {
    return (await requestToken(credential, `${audience}/.default`, undefined, timeoutMs)).token;
  } catch (error) {
    throw new ConnectorError(
      'identity-unavailable',
      `no Entra token for the audience ${audience}: ${reasonOf(error)}`,
      isPassing(error) ? {} : { remedy: audienceRemedy },
    );
  }
}

/** A token for Azure Monitor, shown to nobody: for a check. */
export async function monitorToken(credential: TokenCredential, scope: string, signal: AbortSignal): Promise<void> {
  try {
    await requestToken(credential, scope, signal);
  } catch (error) {
    throw new ConnectorError(
      'token-unavailable',
      `no token for ${scope}: ${reasonOf(error)}`,
      isPassing(error) ? {} : { remedy: monitorRemedy },
    );
  }
}

/** What to do when the identity gives no token for Azure Monitor. */
export const monitorRemedy =
  'Turn on the managed identity of the function app, and set its client ID when it is a user-assigned one (on a desk: run az login).';

const audienceRemedy =
  'Turn on the managed identity of the function app, and make AWS_WEB_IDENTITY_AUDIENCE the application ID URI of an app registration in its tenant.';

/**
 * True when the identity endpoint was out of order for a moment: it answered 5xx or 429, or nothing. Then nothing is
 * wrong with identity, audience or role, and nobody is told to mend them.
 */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause: unknown = error.cause;
  const status = typeof cause === 'object' && cause !== null && 'status' in cause ? Number(cause.status) : Number.NaN;
  return (
    status >= 500 ||
    status === 429 ||
    error.name === 'TimeoutError' ||
    error.name === 'AbortError' ||
    /\bnetwork_error\b/.test(error.message)
  );
}

/** Why a credential gave no token, on one line; never holds a token. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'the credential failed without a reason';
  }
  return error.name === 'TimeoutError' ? 'the identity endpoint did not answer in time' : shortText(error.message);
}
