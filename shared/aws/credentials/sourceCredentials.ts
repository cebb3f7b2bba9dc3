import type { STSClient } from '@aws-sdk/client-sts';
import { type Renewing, renewing } from '../../kit/renewing.ts';
import type { Clock } from '../../words/clock.ts';
import type { CredentialMode } from '../../words/credentialMode.ts';
import { isDenied, readAwsAnswer } from '../answers/answer.ts';
import { isStaleSession } from '../answers/meaning.ts';
import type { ServicePlace } from '../http/service.ts';
import type { AwsTimeouts } from '../http/timeouts.ts';
import { type AwsSession, assumeRole, assumeRoleWithWebIdentity, callerArn } from './stsActions.ts';
import { stsClient } from './stsClient.ts';
import { stsFailure } from './stsFailure.ts';
import { readTokenClaims } from './tokenClaims.ts';

export interface SourceCredentialsOptions extends ServicePlace {
  readonly mode: CredentialMode;
  /** Supplied by the Azure side: an Entra access token for the audience. Settles in time; rejects with a ConnectorError. */
  readonly getToken: (audience: string) => Promise<string>;
  readonly roleArn: string;
  /** The Log Analytics workspace ID. */
  readonly externalId: string;
  readonly sessionName: string;
  readonly stsRegion: string;
  readonly clock: Clock;
  /** 0 <= x < 1: spreads the renewals of many instances. */
  readonly random?: () => number;
  readonly timeouts?: AwsTimeouts;
}

/** The sessions of one source's role. */
export interface SourceCredentials {
  readonly roleArn: string;
  /** The session in use: cached, renewed 5 to 6 minutes before its end. Each step to a new one is one request. Throws ConnectorError. */
  session(signal?: AbortSignal): Promise<AwsSession>;
  /** Drops every level of sessions, unless the refused one has been replaced already; the next call assumes again. */
  invalidate(refused?: AwsSession): void;
  close(): void;
}

/** The steps to a session, each for itself: for a check of connections. */
export interface CredentialSteps extends SourceCredentials {
  /** The hub role's session; undefined where there is no hub role. Throws ConnectorError. */
  hubSession(): Promise<AwsSession | undefined>;
  /**
   * How the role opens although it must not, to whoever may speak for the caller; undefined when it does not. Two requests;
   * throws ConnectorError when STS does not answer.
   */
  opensWithoutExternalId(): Promise<'without one' | 'with a wrong one' | undefined>;
}

/** Token -> AssumeRoleWithWebIdentity (hub role) -> AssumeRole with external ID; keys and the default chain start at the second step. */
export function sourceCredentials(options: SourceCredentialsOptions): CredentialSteps {
  const { mode, roleArn, stsRegion: region } = options;
  const clientOptions = { region, endpoint: options.endpoint, isFips: options.isFips, timeouts: options.timeouts };
  const unsigned = stsClient(clientOptions);
  const hub =
    mode.mode === 'managed-identity' ? sessions(options, () => assumeHub(mode, options, unsigned)) : undefined;
  const base = stsClient({ ...clientOptions, credentials: baseKeys(mode, hub) });
  const target = sessions(options, () => assumeTarget(options, base, hub));
  return {
    roleArn,
    session: (signal) => target.get(signal),
    invalidate: (refused) => {
      if (target.invalidate((held) => refused === undefined || held === refused)) {
        hub?.invalidate();
      }
    },
    hubSession: async () => await hub?.get(),
    opensWithoutExternalId: async () => {
      if (await opensWith(options, base, undefined)) return 'without one';
      return (await opensWith(options, base, `not-${options.externalId}`)) ? 'with a wrong one' : undefined;
    },
    close: () => {
      unsigned.destroy();
      base.destroy();
    },
  };
}

/** Earlier than a session's last minutes, and not at the same time on every instance. */
const renewal = { renewBeforeMs: 5 * 60_000, jitterMs: 60_000 };

function sessions({ clock, random }: SourceCredentialsOptions, make: () => Promise<AwsSession>): Renewing<AwsSession> {
  const endOf = ({ expiresAt }: AwsSession): number => expiresAt;
  return renewing({ make, endOf, clock, ...renewal, ...(random === undefined ? {} : { random }) });
}

function baseKeys(mode: CredentialMode, hub: Renewing<AwsSession> | undefined) {
  if (mode.mode === 'access-key') {
    const { accessKeyId, secretAccessKey } = mode;
    return () => Promise.resolve({ accessKeyId, secretAccessKey });
  }
  return hub === undefined ? undefined : () => hub.get();
}

async function assumeHub(
  mode: Extract<CredentialMode, { mode: 'managed-identity' }>,
  options: SourceCredentialsOptions,
  client: STSClient,
): Promise<AwsSession> {
  const { sessionName, stsRegion: region, clock } = options;
  const { audience, hubRoleArn: roleArn } = mode;
  const token = await options.getToken(audience);
  try {
    return await assumeRoleWithWebIdentity(client, clock, { roleArn, sessionName, token });
  } catch (error) {
    const claims = readTokenClaims(token);
    throw stsFailure({ action: 'AssumeRoleWithWebIdentity', roleArn, region, sessionName, audience, claims }, error);
  }
}

/** The hub's session may have ended behind our back: then it is forgotten, and whoever tries again has a new one. */
async function assumeTarget(
  options: SourceCredentialsOptions,
  client: STSClient,
  hub: Renewing<AwsSession> | undefined,
): Promise<AwsSession> {
  const { roleArn, externalId, sessionName, stsRegion: region, clock } = options;
  const used = await hub?.get();
  try {
    return await assumeRole(client, clock, { roleArn, sessionName, externalId });
  } catch (error) {
    const answer = readAwsAnswer(error);
    if (isStaleSession(answer)) {
      hub?.invalidate((held) => held === used);
    }
    const caller = await nameCaller(options.mode, client, answer.kind === 'refused' && isDenied(answer));
    const by = options.mode.mode === 'access-key' ? 'keys' : 'session';
    throw stsFailure({ action: 'AssumeRole', roleArn, region, sessionName, externalId, caller, by }, error);
  }
}

/** The session, should there be one, is dropped unused. A refusal of any kind is what must come. */
async function opensWith(
  { roleArn, sessionName, stsRegion: region, clock }: SourceCredentialsOptions,
  client: STSClient,
  externalId: string | undefined,
): Promise<boolean> {
  try {
    await assumeRole(client, clock, { roleArn, sessionName, ...(externalId === undefined ? {} : { externalId }) });
    return true;
  } catch (error) {
    const answer = readAwsAnswer(error);
    if (answer.kind === 'refused' && isDenied(answer)) return false;
    const step = { action: 'AssumeRole', roleArn, region, sessionName, externalId: externalId ?? '' } as const;
    throw stsFailure({ ...step, caller: 'the caller', by: 'session' }, error);
  }
}

/** The principal that the trust policy must name. Asking AWS costs a call, made only when the answer is needed for the remedy. */
async function nameCaller(mode: CredentialMode, client: STSClient, isAskingWorthwhile: boolean): Promise<string> {
  if (mode.mode === 'managed-identity') {
    return mode.hubRoleArn;
  }
  const known =
    mode.mode === 'access-key' ? `the access key ending ${mode.accessKeyId.slice(-4)}` : 'the default credentials';
  if (!isAskingWorthwhile) {
    return known;
  }
  try {
    return principalOf(await callerArn(client));
  } catch {
    // The refusal of AssumeRole is what matters; it is told with what we know.
    return known;
  }
}

/** A trust policy names the role, not its session. */
function principalOf(arn: string): string {
  const session = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn);
  return session === null ? arn : `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`;
}
