import type { STSClient } from '@aws-sdk/client-sts';
import { abortable } from '../../kit/abortable.ts';
import { type RenewingSession, renewingSession } from '../../kit/renewing.ts';
import type { Clock } from '../../words/clock.ts';
import { ConnectorError } from '../../words/errors.ts';
import { isDenied, readAwsAnswer } from '../answers/answer.ts';
import { firstLine } from '../answers/refusal.ts';
import type { AwsTimeouts } from '../http/timeouts.ts';
import { isStaleSession } from './codes.ts';
import {
  type AwsSession,
  assumeRole,
  assumeRoleWithWebIdentity,
  type CallerIdentity,
  getCallerIdentity,
} from './stsActions.ts';
import { stsClient } from './stsClient.ts';
import { isStaleToken, stsFailure } from './stsFailure.ts';
import { readTokenClaims } from './tokenClaims.ts';

/** How the connector proves to AWS who it is, before it assumes the source's role. */
export type CredentialMode =
  | {
      readonly kind: 'managed-identity';
      readonly audience: string;
      readonly hubRoleArn: string;
      /** Supplied by the Azure side: an Entra access token for the audience. */
      readonly getToken: (audience: string, signal: AbortSignal) => Promise<string>;
    }
  | { readonly kind: 'access-key'; readonly accessKeyId: string; readonly secretAccessKey: string }
  /** The SDK's own chain: for development machines. */
  | { readonly kind: 'default' };

export interface SourceCredentialsOptions {
  readonly mode: CredentialMode;
  readonly roleArn: string;
  /** The Log Analytics workspace ID. */
  readonly externalId: string;
  readonly sessionName: string;
  readonly stsRegion: string;
  /** Replaces STS: for loopback only. */
  readonly endpoint?: string;
  readonly clock: Clock;
  /** 0 <= x < 1: spreads the renewals of many instances. */
  readonly random?: () => number;
  readonly timeouts?: AwsTimeouts;
}

/** The sessions of one source's role. */
export interface SourceCredentials {
  readonly roleArn: string;
  /** The session in use: cached, renewed 5 to 6 minutes before its end. Throws ConnectorError. */
  session(signal?: AbortSignal): Promise<AwsSession>;
  /** Drops every level of sessions, unless the refused one has been replaced already; the next call assumes again. */
  invalidate(refused?: AwsSession): void;
  /** Who AWS takes us for, in the source's role. */
  callerIdentity(signal: AbortSignal): Promise<CallerIdentity>;
  /** False when the role can be assumed without, or with another, external ID: anyone who may use the caller could. */
  enforcesExternalId(): Promise<boolean>;
  close(): void;
}

/** A token is waited for no longer than this: the identity endpoint answers in milliseconds, or not at all. */
const tokenTimeoutMs = 30_000;

/** Token -> AssumeRoleWithWebIdentity (hub role) -> AssumeRole with external ID; keys and the default chain start at the second step. */
export function sourceCredentials(options: SourceCredentialsOptions): SourceCredentials {
  const { mode, roleArn, stsRegion: region, clock, random = () => 0 } = options;
  const clientOptions = { region, endpoint: options.endpoint, timeouts: options.timeouts };
  const unsigned = stsClient(clientOptions);
  const hub =
    mode.kind === 'managed-identity'
      ? renewingSession({ assume: () => assumeHub(mode, options, unsigned), clock, random })
      : undefined;
  const base = stsClient({ ...clientOptions, credentials: baseKeys(mode, hub) });
  const target = renewingSession({ assume: () => assumeTarget(options, base, hub), clock, random });
  const assumed = stsClient({ ...clientOptions, credentials: () => target.get() });
  return {
    roleArn,
    session: (signal) => abortable(target.get(), signal),
    invalidate: (refused) => {
      if (target.invalidate(refused)) {
        hub?.invalidate();
      }
    },
    callerIdentity: async (signal) => {
      try {
        return await getCallerIdentity(assumed, signal);
      } catch (error) {
        throw stsFailure({ action: 'GetCallerIdentity', roleArn, region }, error, signal);
      }
    },
    enforcesExternalId: async () => {
      for (const externalId of [undefined, `not-${options.externalId}`]) {
        if (await isAssumable(options, base, externalId)) {
          return false;
        }
      }
      return true;
    },
    close: () => {
      for (const client of [unsigned, base, assumed]) {
        client.destroy();
      }
    },
  };
}

async function isAssumable(
  options: SourceCredentialsOptions,
  client: STSClient,
  externalId: string | undefined,
): Promise<boolean> {
  const { roleArn, sessionName, stsRegion: region, clock } = options;
  try {
    await assumeRole(client, clock, { roleArn, sessionName, externalId });
    return true;
  } catch (error) {
    const caller = await nameCaller(options.mode, client, false);
    const failure = stsFailure({ action: 'AssumeRole', roleArn, region, sessionName, externalId, caller }, error);
    if (failure.code === 'assume-role-denied') {
      return false;
    }
    throw failure;
  }
}

function baseKeys(mode: CredentialMode, hub: RenewingSession<AwsSession> | undefined) {
  if (mode.kind === 'access-key') {
    const { accessKeyId, secretAccessKey } = mode;
    return () => Promise.resolve({ accessKeyId, secretAccessKey });
  }
  return hub === undefined ? undefined : () => hub.get();
}

/** One token, and a second one when AWS finds the first too old. */
async function assumeHub(
  mode: Extract<CredentialMode, { kind: 'managed-identity' }>,
  options: SourceCredentialsOptions,
  client: STSClient,
): Promise<AwsSession> {
  const { sessionName, stsRegion: region, clock } = options;
  const { audience, hubRoleArn: roleArn } = mode;
  let token = await fetchToken(mode);
  const assume = () => assumeRoleWithWebIdentity(client, clock, { roleArn, sessionName, token });
  try {
    return await assume().catch(async (error: unknown) => {
      const refused = token;
      if (!isStaleToken(error)) {
        throw error;
      }
      token = await fetchToken(mode);
      if (token === refused) {
        throw error;
      }
      return assume();
    });
  } catch (error) {
    const claims = readTokenClaims(token);
    throw stsFailure({ action: 'AssumeRoleWithWebIdentity', roleArn, region, sessionName, audience, claims }, error);
  }
}

async function fetchToken(mode: Extract<CredentialMode, { kind: 'managed-identity' }>): Promise<string> {
  const limit = AbortSignal.timeout(tokenTimeoutMs);
  try {
    return await abortable(mode.getToken(mode.audience, limit), limit);
  } catch (error) {
    if (error instanceof ConnectorError) {
      throw error;
    }
    const reason = firstLine(error instanceof Error ? error.message : String(error));
    throw new ConnectorError(
      'identity-unavailable',
      `The managed identity gave no token for audience "${mode.audience}": ${reason}`,
      {
        at: { role: mode.hubRoleArn },
        cause: error,
        remedy: `Check that the app has a managed identity and that an app registration with Application ID URI ${mode.audience} exists in its tenant.`,
      },
    );
  }
}

/** The hub's session may have ended behind our back: then it is made again, once. */
async function assumeTarget(
  options: SourceCredentialsOptions,
  client: STSClient,
  hub: RenewingSession<AwsSession> | undefined,
): Promise<AwsSession> {
  const { roleArn, externalId, sessionName, stsRegion: region, clock } = options;
  const assume = () => assumeRole(client, clock, { roleArn, sessionName, externalId });
  const used = await hub?.get();
  try {
    return await assume().catch((error: unknown) => {
      if (hub === undefined || !isStaleSession(error)) {
        throw error;
      }
      hub.invalidate(used);
      return assume();
    });
  } catch (error) {
    const answer = readAwsAnswer(error);
    const caller = await nameCaller(options.mode, client, answer.kind === 'refused' && isDenied(answer));
    throw stsFailure({ action: 'AssumeRole', roleArn, region, sessionName, externalId, caller }, error);
  }
}

/** The principal that the trust policy must name. Asking AWS costs a call, made only when the answer is needed for the remedy. */
async function nameCaller(mode: CredentialMode, client: STSClient, isAskingWorthwhile: boolean): Promise<string> {
  if (mode.kind === 'managed-identity') {
    return mode.hubRoleArn;
  }
  const known =
    mode.kind === 'access-key' ? `the access key ending ${mode.accessKeyId.slice(-4)}` : 'the default credentials';
  if (!isAskingWorthwhile) {
    return known;
  }
  try {
    return principalOf((await getCallerIdentity(client)).arn);
  } catch {
    // The refusal of AssumeRole is what matters; it is told with what we know.
    return known;
  }
}

/** A trust policy names the role, not its session. */
function principalOf(callerArn: string): string {
  const session = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(callerArn);
  return session === null ? callerArn : `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`;
}
