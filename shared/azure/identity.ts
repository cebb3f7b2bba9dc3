import type { TokenCredential } from '@azure/core-auth';
import {
  AzureCliCredential,
  AzureDeveloperCliCredential,
  AzurePowerShellCredential,
  ChainedTokenCredential,
  EnvironmentCredential,
  ManagedIdentityCredential,
} from '@azure/identity';
import { ConnectorError } from '../words/errors.ts';
import { abortable } from './abortable.ts';
import { shownText } from './shownText.ts';

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
    return new ManagedIdentityCredential({ ...clientId, retryOptions: { maxRetries: 0 } });
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

/**
 * The web identity token that AWS exchanges for the hub role's session. Not cached here: it is asked for about once an
 * hour, managed identity caches by itself, and who finds the token too old must not be given the same one again.
 */
export async function entraToken(
  credential: TokenCredential,
  audience: string,
  signal: AbortSignal,
  timeoutMs = tokenTimeoutMs,
): Promise<string> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    either.throwIfAborted();
    const token = await abortable(credential.getToken(`${audience}/.default`, { abortSignal: either }), either);
    if (token === null) {
      throw new Error('the credential gave no token');
    }
    return token.token;
  } catch (error) {
    if (signal.aborted) {
      throw new ConnectorError('slice-ended', `stopped while waiting for an Entra token for ${audience}`);
    }
    throw new ConnectorError(
      'identity-unavailable',
      `no Entra token for the audience ${audience}: ${reasonOf(error)}`,
      {
        remedy: audienceRemedy,
      },
    );
  }
}

const audienceRemedy =
  'Turn on the managed identity of the function app, and make AWS_WEB_IDENTITY_AUDIENCE the application ID URI of an app registration in its tenant.';

/** Why a credential gave no token, on one line; never holds a token. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return 'the credential failed without a reason';
  }
  return error.name === 'TimeoutError' ? 'the identity endpoint did not answer in time' : shownText(error.message);
}
