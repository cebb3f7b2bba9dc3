import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetCallerIdentityCommand,
  type STSClient,
} from '@aws-sdk/client-sts';
import type { Clock } from '../../words/clock.ts';
import type { AwsKeys } from '../http/requestSigner.ts';

/** A temporary session of a role. */
export interface AwsSession extends AwsKeys {
  readonly sessionToken: string;
  /** Milliseconds since the epoch, by our clock. */
  readonly expiresAt: number;
}

/**
 * The most that role chaining allows, and the least that every role allows.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
const sessionSeconds = 3600;

export async function assumeRole(
  client: STSClient,
  clock: Clock,
  request: { readonly roleArn: string; readonly sessionName: string; readonly externalId?: string },
): Promise<AwsSession> {
  const askedAt = clock.now();
  const answer = await client.send(
    new AssumeRoleCommand({
      RoleArn: request.roleArn,
      RoleSessionName: request.sessionName,
      DurationSeconds: sessionSeconds,
      ...(request.externalId === undefined ? {} : { ExternalId: request.externalId }),
    }),
  );
  return readSession(answer.Credentials, askedAt);
}

/** Unsigned: the token is the proof. There is no external ID in this call. */
export async function assumeRoleWithWebIdentity(
  client: STSClient,
  clock: Clock,
  request: { readonly roleArn: string; readonly sessionName: string; readonly token: string },
): Promise<AwsSession> {
  const askedAt = clock.now();
  const answer = await client.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: request.roleArn,
      RoleSessionName: request.sessionName,
      WebIdentityToken: request.token,
      DurationSeconds: sessionSeconds,
    }),
  );
  return readSession(answer.Credentials, askedAt);
}

/** The ARN that AWS takes us for. Needs no permission. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export async function callerArn(client: STSClient): Promise<string> {
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  return Arn ?? '';
}

function readSession(credentials: Credentials | undefined, askedAt: number): AwsSession {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined) {
    throw new Error('the answer holds no credentials');
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiresAt: expiryByOurClock(Expiration, askedAt),
  };
}

/** A clock that differs from AWS's must neither keep a dead session nor renew a living one at every call. */
function expiryByOurClock(expiration: Date | undefined, askedAt: number): number {
  const latest = askedAt + sessionSeconds * 1000;
  const told = expiration?.getTime() ?? latest;
  return told > askedAt && told < latest ? told : latest;
}
