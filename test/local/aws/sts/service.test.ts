import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addRole } from '../../../../local/aws/scene/members.ts';
import type { AwsCloud } from '../../../../local/aws/startAwsCloud.ts';
import {
  audience,
  hubSession,
  issuer,
  type Keys,
  keysOf,
  readerSession,
  refusalOf,
  startCloud,
  stsClient,
  subject,
  webIdentityToken,
  workspaceId,
} from '../cloudFixture.ts';

let cloud: AwsCloud;
let hub: Keys;

beforeAll(async () => {
  ({ cloud } = await startCloud({ disabledStsRegions: ['ap-east-1'] }));
  hub = await hubSession(cloud);
});
afterAll(() => cloud.stop());

const webIdentity = async (
  claims: JWTPayload = {},
  options: Parameters<typeof webIdentityToken>[1] = {},
  overrides: Partial<{
    RoleArn: string;
    RoleSessionName: string;
    WebIdentityToken: string;
    DurationSeconds: number;
  }> = {},
) =>
  stsClient(cloud).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: cloud.hubRoleArn,
      RoleSessionName: 'connector',
      WebIdentityToken: await webIdentityToken(claims, options),
      ...overrides,
    }),
  );

const assume = (overrides: Partial<AssumeRoleCommand['input']> = {}, credentials = hub, region = 'eu-central-1') =>
  stsClient(cloud, credentials, { region }).send(
    new AssumeRoleCommand({
      RoleArn: cloud.roleArn,
      RoleSessionName: 'session',
      ExternalId: workspaceId,
      ...overrides,
    }),
  );

describe('AssumeRoleWithWebIdentity', () => {
  it('gives a session for a good token', async () => {
    const answer = await webIdentity();
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: subject,
      Audience: audience,
      AssumedRoleUser: { Arn: 'arn:aws:sts::111111111111:assumed-role/sentinel-connector-hub/connector' },
    });
    const leftMs = (answer.Credentials?.Expiration?.getTime() ?? 0) - Date.now();
    expect(Math.round(leftMs / 60_000)).toBe(60);
  });

  const past = Math.floor(Date.now() / 1000) - 60;
  it.each([
    ['another audience', { aud: 'api://another' }, {}, 'InvalidIdentityToken', 400, 'Incorrect token audience'],
    ['a v2 token, whose azp counts', { azp: 'client' }, {}, 'InvalidIdentityToken', 400, 'Incorrect token audience'],
    [
      'another issuer',
      { iss: issuer.slice(0, -1) },
      {},
      'InvalidIdentityToken',
      400,
      `No OpenIDConnect provider found in your account for ${issuer.slice(0, -1)}`,
    ],
    [
      'an expired token',
      { exp: past },
      {},
      'ExpiredTokenException',
      400,
      /^Token expired: current date\/time \d+ must be before/,
    ],
    ['a token of the future', { nbf: past + 3600 }, {}, 'InvalidIdentityToken', 400, 'Token is not yet valid'],
    ['a foreign signature', {}, { foreignKey: true }, 'InvalidIdentityToken', 400, /signature is invalid$/],
    ['an unknown key', {}, { kid: 'key-2' }, 'InvalidIdentityToken', 400, /^Couldn't retrieve verification key/],
    [
      'another subject',
      { sub: 'someone' },
      {},
      'AccessDenied',
      403,
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    ],
  ] as const)('refuses %s', async (_, claims, options, code, status, message) => {
    const refusal = await refusalOf(webIdentity(claims, options));
    expect(refusal).toMatchObject({ code, status, message: expect.stringMatching(message) });
  });

  it('refuses text that is no token and a role that does not exist', async () => {
    expect(await refusalOf(webIdentity({}, {}, { WebIdentityToken: 'not.a.token' }))).toMatchObject({
      code: 'InvalidIdentityToken',
      message: 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    });
    expect(await refusalOf(webIdentity({}, {}, { RoleArn: `${cloud.hubRoleArn}-x` }))).toMatchObject({
      code: 'AccessDenied',
      status: 403,
    });
  });

  it('says that it could not fetch the keys when the issuer is silent', async () => {
    let seenIssuer = '';
    const { cloud: other } = await startCloud({
      jwks: (asked) => {
        seenIssuer = asked;
        return Promise.reject(new Error('down'));
      },
    });
    const refusal = await refusalOf(hubSession(other));
    await other.stop();
    expect(refusal).toMatchObject({ code: 'InvalidIdentityToken', status: 400 });
    expect(refusal.message).toMatch(/^Couldn't retrieve verification key from your identity provider/);
    expect(seenIssuer).toBe(issuer);
  });

  it('refuses more than the role allows', async () => {
    expect(await refusalOf(webIdentity({}, {}, { DurationSeconds: 7200 }))).toMatchObject({
      code: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    });
  });
});

describe('AssumeRole', () => {
  it('gives a session for the right external id, shown by GetCallerIdentity', async () => {
    const { Credentials: credentials } = await assume();
    const identity = await stsClient(cloud, keysOf(credentials)).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: '222222222222',
      Arn: 'arn:aws:sts::222222222222:assumed-role/sentinel-cloudtrail-reader/session',
      UserId: expect.stringMatching(/^AROA[A-Z2-7]{16}:session$/),
    });
  });

  it.each([
    ['a wrong external id', { ExternalId: 'another' }],
    ['another letter case', { ExternalId: workspaceId.toUpperCase() }],
    ['no external id', { ExternalId: undefined }],
    ['a role that does not exist', { RoleArn: 'arn:aws:iam::222222222222:role/nobody' }],
  ] as const)('refuses %s with the same AccessDenied', async (_, change) => {
    const roleArn = 'RoleArn' in change ? change.RoleArn : cloud.roleArn;
    expect(await refusalOf(assume(change))).toEqual({
      name: 'AccessDenied',
      code: 'AccessDenied',
      status: 403,
      message: `User: arn:aws:sts::111111111111:assumed-role/sentinel-connector-hub/connector is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    });
  });

  it('refuses a caller of another account although the external id is right', async () => {
    expect(await refusalOf(assume({}, await readerSession(cloud)))).toMatchObject({
      code: 'AccessDenied',
      status: 403,
    });
  });

  it('refuses when the hub may not assume the role, and recovers', async () => {
    const repair = cloud.break('hub-policy');
    expect(await refusalOf(assume())).toMatchObject({ code: 'AccessDenied' });
    repair();
    expect((await assume()).Credentials?.AccessKeyId).toMatch(/^ASIA/);
  });

  it('caps role chaining at an hour and every duration at its bounds', async () => {
    const chained = await refusalOf(assume({ DurationSeconds: 3601 }));
    expect(chained).toMatchObject({
      code: 'ValidationError',
      status: 400,
      message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    });
    expect((await refusalOf(assume({ DurationSeconds: 60 }))).message).toContain('greater than or equal to 900');
    expect((await refusalOf(assume({ DurationSeconds: 50_000 }))).message).toContain('less than or equal to 43200');
  });

  it.each([
    ['a b', /regular expression pattern: \[\\w\+=,\.@-\]\*$/],
    ['x', /length greater than or equal to 2$/],
    ['x'.repeat(65), /length less than or equal to 64$/],
  ])('refuses the session name %j', async (RoleSessionName, message) => {
    const refusal = await refusalOf(assume({ RoleSessionName }));
    expect(refusal).toMatchObject({ code: 'ValidationError', status: 400 });
    expect(refusal.message).toMatch(message);
  });

  it('refuses in a region that is switched off', async () => {
    const refusal = await refusalOf(assume({}, hub, 'ap-east-1'));
    expect(refusal).toMatchObject({ code: 'RegionDisabledException', status: 403 });
    expect(refusal.message).toContain('STS is not activated in this region for account:111111111111');
  });

  it('narrows a session by its policy and refuses what it cannot read or does not know', async () => {
    expect((await refusalOf(assume({ Policy: '{"Version":"2012-10-17"}' }))).code).toBe('MalformedPolicyDocument');
    expect((await refusalOf(assume({ PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }))).code).toBe(
      'ValidationError',
    );
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sqs:*', Resource: '*' },
    });
    expect((await assume({ Policy })).Credentials?.SessionToken).toBeDefined();
  });

  it('lets a user with long-lived keys in when the trust names it, for longer than an hour if the role allows', async () => {
    const owner = 'arn:aws:iam::222222222222:user/owner';
    const arn = 'arn:aws:iam::222222222222:role/long';
    addRole(
      cloud.world,
      arn,
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: { AWS: owner }, Action: 'sts:AssumeRole' } },
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } },
    );
    const role = cloud.world.roles.get(arn);
    if (role !== undefined) role.maxSessionSeconds = 7200;
    const answer = await assume({ RoleArn: arn, DurationSeconds: 7200 }, cloud.ownerCredentials);
    expect(answer.AssumedRoleUser?.Arn).toBe('arn:aws:sts::222222222222:assumed-role/long/session');
  });

  it('does not know other actions', async () => {
    const { GetSessionTokenCommand } = await import('@aws-sdk/client-sts');
    const refusal = await refusalOf(stsClient(cloud, hub).send(new GetSessionTokenCommand({})));
    expect(refusal).toMatchObject({ code: 'InvalidAction', status: 400 });
  });
});

describe('stats', () => {
  it('counts sessions by the way they were assumed', async () => {
    const before = cloud.stats().sessions;
    await readerSession(cloud);
    expect(cloud.stats().sessions).toEqual({
      assumeRole: before.assumeRole + 1,
      assumeRoleWithWebIdentity: before.assumeRoleWithWebIdentity + 1,
    });
  });
});
