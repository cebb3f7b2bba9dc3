import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { type AwsCloud, type AwsCloudOptions, startAwsCloud } from '../../../local/aws/startAwsCloud.ts';

export const issuer = 'https://sts.windows.net/00000000-aaaa-bbbb-cccc-000000000001/';
export const audience = 'api://cloudtrail-connector';
export const subject = '7d3c5e1a-2f4b-4c6d-8e9f-0a1b2c3d4e5f';
export const workspaceId = '4f6c1c3e-9f0a-4a57-8a39-1d2f3b4c5d6e';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const keyPair = await generateKeyPair('RS256');
const otherKeyPair = await generateKeyPair('RS256');
const publicJwk = { ...(await exportJWK(keyPair.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };

/** A cloud, and a clock that stands on the real time until it is moved. */
export async function startCloud(
  overrides: Partial<AwsCloudOptions> = {},
): Promise<{ cloud: AwsCloud; clock: { offsetMs: number; now(): number } }> {
  const clock = {
    offsetMs: 0,
    now: () => Date.now() + clock.offsetMs,
  };
  const cloud = await startAwsCloud({
    issuer,
    audience,
    subject,
    workspaceId,
    jwks: async () => ({ keys: [publicJwk] }),
    clock,
    ...overrides,
  });
  return { cloud, clock };
}

/** A token as the managed identity would get it, with any claim changed. */
export function webIdentityToken(
  claims: JWTPayload = {},
  options: { foreignKey?: boolean; kid?: string; now?: number } = {},
): Promise<string> {
  const now = Math.floor((options.now ?? Date.now()) / 1000);
  return new SignJWT({ iss: issuer, aud: audience, sub: subject, iat: now, nbf: now, exp: now + 3600, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: options.kid ?? 'key-1', typ: 'JWT' })
    .sign(options.foreignKey ? otherKeyPair.privateKey : keyPair.privateKey);
}

export interface ClientOptions {
  readonly region?: string;
  readonly systemClockOffset?: number;
}

const common = (cloud: AwsCloud, credentials: Keys | undefined, options: ClientOptions) => ({
  endpoint: cloud.endpoint,
  region: cloud.region,
  maxAttempts: 1,
  ...(credentials === undefined ? {} : { credentials }),
  ...options,
});

export function stsClient(cloud: AwsCloud, credentials?: Keys, options: ClientOptions = {}): STSClient {
  return new STSClient(common(cloud, credentials, options));
}

export function s3Client(cloud: AwsCloud, credentials: Keys, options: ClientOptions = {}): S3Client {
  return new S3Client(common(cloud, credentials, options));
}

export function sqsClient(cloud: AwsCloud, credentials: Keys, options: ClientOptions = {}): SQSClient {
  return new SQSClient(common(cloud, credentials, options));
}

/** The hub session, by the token. */
export async function hubSession(cloud: AwsCloud, now?: number): Promise<Keys> {
  const { Credentials: credentials } = await stsClient(cloud).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: cloud.hubRoleArn,
      RoleSessionName: 'connector',
      WebIdentityToken: await webIdentityToken({}, now === undefined ? {} : { now }),
    }),
  );
  return keysOf(credentials);
}

/** The session that may read queue and bucket, by the whole chain. */
export async function readerSession(cloud: AwsCloud): Promise<Keys> {
  const { Credentials: credentials } = await stsClient(cloud, await hubSession(cloud)).send(
    new AssumeRoleCommand({
      RoleArn: cloud.roleArn,
      RoleSessionName: `MicrosoftSentinel_${workspaceId}`,
      ExternalId: workspaceId,
    }),
  );
  return keysOf(credentials);
}

export function keysOf(credentials: Partial<Record<keyof Capital, string | undefined>> | undefined): Keys {
  return {
    accessKeyId: credentials?.AccessKeyId ?? '',
    secretAccessKey: credentials?.SecretAccessKey ?? '',
    sessionToken: credentials?.SessionToken ?? '',
  };
}

interface Capital {
  AccessKeyId: string;
  SecretAccessKey: string;
  SessionToken: string;
}

/** What a refusal looks like to a user of the SDK: name, code of the error document, status, message. */
export async function refusalOf(promise: Promise<unknown>): Promise<{
  name: string;
  code: string | undefined;
  status: number | undefined;
  message: string;
}> {
  const error = await promise.then(
    () => {
      throw new Error('expected a refusal');
    },
    (reason: unknown) => reason as SdkError,
  );
  return {
    name: error.name,
    code: error.Code ?? error.Error?.Code,
    status: error.$metadata?.httpStatusCode,
    message: error.message,
  };
}

interface SdkError extends Error {
  readonly Code?: string;
  readonly Error?: { readonly Code?: string };
  readonly $metadata?: { readonly httpStatusCode?: number };
}
