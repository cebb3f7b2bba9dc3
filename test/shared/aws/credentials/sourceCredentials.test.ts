import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type SourceCredentialsOptions,
  sourceCredentials,
} from '../../../../shared/aws/credentials/sourceCredentials.ts';
import type { CredentialMode } from '../../../../shared/words/credentialMode.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import {
  failureOf,
  impatient,
  patient,
  roleArn,
  type StubAnswer,
  type StubRequest,
  type StubServer,
  startStub,
  stsError,
  stsSession,
} from '../stubServer.ts';

const hubRoleArn = 'arn:aws:iam::111122223333:role/Hub';
const externalId = '0f0e0d0c-1111-2222-3333-444455556666';
const audience = 'api://connector';
const claims = { aud: audience, iss: 'https://sts.windows.net/tenant/', sub: 'object-id', appid: 'hidden' };
const start = Date.UTC(2026, 10, 1);
const minute = 60_000;

let sts: StubServer;
let now: number;
let calls: string[];
/** Per action, an answer that replaces the session. */
let refusals: Record<string, ((parameters: URLSearchParams, request: StubRequest) => StubAnswer | undefined)[]>;
let tokens: string[];
const opened: { close(): void }[] = [];

beforeEach(async () => {
  now = start;
  calls = [];
  refusals = {};
  tokens = [];
  let sessions = 0;
  sts = await startStub((request) => {
    const parameters = new URLSearchParams(request.body);
    const action = parameters.get('Action') ?? '';
    const keyId = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? 'unsigned';
    calls.push(`${action} by ${keyId}`);
    const refusal = refusals[action]?.shift()?.(parameters, request);
    if (refusal !== undefined) {
      return refusal;
    }
    if (action === 'GetCallerIdentity') {
      return {
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:sts::222233334444:assumed-role/Connector/s</Arn><UserId>A:s</UserId><Account>222233334444</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
      };
    }
    sessions += 1;
    const kind = action === 'AssumeRole' ? 'AssumeRole' : 'AssumeRoleWithWebIdentity';
    return stsSession(kind, `ASIA${sessions}`, now + 60 * minute);
  });
});

afterEach(async () => {
  for (const credentials of opened.splice(0)) {
    credentials.close();
  }
  await sts.close();
});

const managedIdentity: CredentialMode = { mode: 'managed-identity', audience, hubRoleArn };
const getToken: SourceCredentialsOptions['getToken'] = async (asked) => {
  expect(asked).toBe(audience);
  const token = `head.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature${tokens.length}`;
  tokens.push(token);
  return token;
};
const accessKey: CredentialMode = {
  mode: 'access-key',
  accessKeyId: 'AKIAEXAMPLE1234',
  secretAccessKey: 'very-secret',
};

function open(mode: CredentialMode = managedIdentity, more: Partial<SourceCredentialsOptions> = {}) {
  const credentials = sourceCredentials({
    mode,
    getToken,
    roleArn,
    externalId,
    sessionName: 'MicrosoftSentinel_test',
    stsRegion: 'eu-central-1',
    endpoint: sts.endpoint,
    clock: { now: () => now, sleep: async () => undefined },
    timeouts: patient,
    ...more,
  });
  opened.push(credentials);
  return credentials;
}

const parametersOf = (index: number) => Object.fromEntries(new URLSearchParams(sts.requests[index]?.body));

describe('sourceCredentials', () => {
  it('goes from the token over the hub role to the source role with the external ID', async () => {
    const session = await open().session();
    expect(calls).toEqual(['AssumeRoleWithWebIdentity by unsigned', 'AssumeRole by ASIA1']);
    expect(parametersOf(0)).toMatchObject({
      RoleArn: hubRoleArn,
      WebIdentityToken: tokens[0],
      DurationSeconds: '3600',
    });
    expect(parametersOf(0)).not.toHaveProperty('ExternalId');
    expect(parametersOf(1)).toMatchObject({
      RoleArn: roleArn,
      ExternalId: externalId,
      RoleSessionName: 'MicrosoftSentinel_test',
      DurationSeconds: '3600',
    });
    expect(sts.requests[1]?.headers.authorization).toContain('/eu-central-1/sts/');
    expect(session).toMatchObject({ accessKeyId: 'ASIA2', sessionToken: 'token-of-ASIA2' });
  });

  it('starts at the second step with access keys', async () => {
    await open(accessKey).session();
    expect(calls).toEqual(['AssumeRole by AKIAEXAMPLE1234']);
  });

  it('leaves the first step to the default chain of the SDK when told so', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIAFROMENV', AWS_SECRET_ACCESS_KEY: 'secret' });
    try {
      await open({ mode: 'default' }).session();
    } finally {
      process.env = before;
    }
    expect(calls).toEqual(['AssumeRole by AKIAFROMENV']);
  });

  it('keeps sessions, and renews both levels before their end', async () => {
    const credentials = open();
    await credentials.session();
    await credentials.session();
    expect(calls).toHaveLength(2);
    now += 60 * minute;
    expect((await credentials.session()).accessKeyId).toBe('ASIA4');
    expect(calls.slice(2)).toEqual(['AssumeRoleWithWebIdentity by unsigned', 'AssumeRole by ASIA3']);
  });

  it('assumes again after invalidate, once for all who saw the same refusal', async () => {
    const credentials = open();
    const refused = await credentials.session();
    credentials.invalidate(refused);
    const next = await credentials.session();
    credentials.invalidate(refused);
    expect(await credentials.session()).toBe(next);
    expect(calls).toHaveLength(4);
  });

  it('forgets a hub session that AWS no longer takes, and makes a new one at the next call', async () => {
    refusals['AssumeRole'] = [
      () => stsError(403, 'ExpiredToken', 'The security token included in the request is expired'),
    ];
    const credentials = open();
    expect((await failureOf(credentials.session())).code).toBe('credentials-expired');
    expect(calls).toEqual(['AssumeRoleWithWebIdentity by unsigned', 'AssumeRole by ASIA1']);
    await credentials.session();
    expect(calls.slice(2)).toEqual(['AssumeRoleWithWebIdentity by unsigned', 'AssumeRole by ASIA2']);
  });

  it('shows a token once, and a new one at the next call', async () => {
    refusals['AssumeRoleWithWebIdentity'] = [() => stsError(400, 'ExpiredTokenException', 'Token expired')];
    const credentials = open();
    const failure = await failureOf(credentials.session());
    expect(failure.code).toBe('credentials-expired');
    expect(failure.remedy).toContain('token of the managed identity');
    expect([tokens.length, calls.length]).toEqual([1, 1]);
    await credentials.session();
    expect(tokens).toHaveLength(2);
  });

  it('reckons the end by the lifetime when the clocks differ', async () => {
    const past = () => stsSession('AssumeRole', 'ASIAPAST', start - 120 * minute);
    const future = () => stsSession('AssumeRole', 'ASIAFUTURE', start + 120 * minute);
    const near = () => stsSession('AssumeRole', 'ASIANEAR', start + 30 * minute);
    refusals['AssumeRole'] = [past, future, near];
    const ends = [];
    for (let i = 0; i < 3; i += 1) {
      ends.push((await open(accessKey).session()).expiresAt - start);
    }
    expect(ends).toEqual([60 * minute, 60 * minute, 30 * minute]);
  });

  it('stops waiting for a session when the signal aborts', async () => {
    const never = open(managedIdentity, { getToken: () => new Promise<string>(() => undefined) });
    await expect(never.session(AbortSignal.abort(new Error('slice over')))).rejects.toThrow('slice over');
    const abort = new AbortController();
    const waiting = never.session(abort.signal);
    abort.abort(new Error('slice over'));
    await expect(waiting).rejects.toThrow('slice over');
  });

  it('shows nothing of a token that STS echoes', async () => {
    const token = `${Buffer.from('{"typ":"JWT","alg":"RS256"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${'s1G'.repeat(100)}`;
    refusals['AssumeRoleWithWebIdentity'] = [
      (parameters) =>
        stsError(
          400,
          'ValidationError',
          `Value '${parameters.get('WebIdentityToken')}' at 'webIdentityToken' is too long`,
        ),
    ];
    const failure = await failureOf(open(managedIdentity, { getToken: async () => token }).session());
    const told = JSON.stringify([failure.message, failure.remedy, failure.cause]);
    expect(told).toContain("at 'webIdentityToken' is too long");
    for (const part of token.split('.')) {
      expect(told).not.toContain(part.slice(0, 12));
    }
  });

  it('shows neither token, secret nor other claims in a failure', async () => {
    refusals['AssumeRoleWithWebIdentity'] = [() => stsError(403, 'AccessDenied', 'Not authorized to perform')];
    const failure = await failureOf(open().session());
    const told = JSON.stringify([failure.message, failure.remedy, failure.cause]);
    expect(told).not.toContain(tokens[0]);
    expect(told).not.toContain('hidden');
  });
});

describe('sourceCredentials failures of the identity', () => {
  it('passes on what the Azure side has told already', async () => {
    const told = new ConnectorError('identity-unavailable', 'no identity');
    expect(await failureOf(open(managedIdentity, { getToken: () => Promise.reject(told) }).session())).toBe(told);
  });
});

describe('sourceCredentials failures of AssumeRoleWithWebIdentity', () => {
  it.each([
    [403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 'web-identity-denied'],
    [400, 'InvalidIdentityToken', 'Incorrect token audience', 'web-identity-refused'],
    [400, 'InvalidIdentityToken', 'No OpenIDConnect provider found in your account', 'web-identity-refused'],
    [400, 'IDPCommunicationError', 'could not reach', 'sts-unavailable'],
    [403, 'IDPRejectedClaim', 'rejected', 'web-identity-refused'],
    [403, 'RegionDisabledException', 'STS is not activated in this region', 'sts-region-disabled'],
    [400, 'ValidationError', '1 validation error detected', 'sts-refused'],
    [400, 'PackedPolicyTooLarge', 'too large', 'sts-refused'],
    [400, 'Throttling', 'Rate exceeded', 'sts-unavailable'],
    [500, 'InternalFailure', 'oops', 'sts-unavailable'],
  ] as const)('%i %s "%s" is %s', async (status, code, message, expected) => {
    const refuse = () => stsError(status, code, message);
    refusals['AssumeRoleWithWebIdentity'] = [refuse, refuse];
    const failure = await failureOf(open().session());
    expect(failure).toMatchObject({ code: expected, belongsTo: 'pipeline', at: { role: hubRoleArn } });
    expect(failure.message).toContain(
      `AssumeRoleWithWebIdentity of ${hubRoleArn} in eu-central-1 with audience "${audience}", session name "MicrosoftSentinel_test" and a token with aud "${audience}", iss "https://sts.windows.net/tenant/", sub "object-id" failed: AWS answered ${code}`,
    );
    expect(failure.message).toContain(`(HTTP ${status}, request REQ-STS): "${message}"`);
  });

  it('gives the statement to add when denied', async () => {
    refusals['AssumeRoleWithWebIdentity'] = [() => stsError(403, 'AccessDenied', 'Not authorized')];
    const { remedy } = await failureOf(open().session());
    const statement: unknown = JSON.parse(remedy?.slice(remedy.indexOf('{')) ?? '');
    expect(statement).toEqual({
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/sts.windows.net/tenant/' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { 'sts.windows.net/tenant/:aud': audience, 'sts.windows.net/tenant/:sub': 'object-id' },
      },
    });
  });

  it('leaves blanks in the statement for what a foreign token hides', async () => {
    refusals['AssumeRoleWithWebIdentity'] = [() => stsError(403, 'AccessDenied', 'Not authorized')];
    const { remedy } = await failureOf(open(managedIdentity, { getToken: async () => 'opaque' }).session());
    expect(remedy).toContain('<object ID of the managed identity>');
  });

  it('names provider and client ID when the token is refused', async () => {
    refusals['AssumeRoleWithWebIdentity'] = [() => stsError(400, 'InvalidIdentityToken', 'Incorrect token audience')];
    const { remedy } = await failureOf(open().session());
    expect(remedy).toContain('account 111122223333');
    expect(remedy).toContain('URL https://sts.windows.net/tenant/ ');
    expect(remedy).toContain(`client ID ${audience}`);
  });
});

describe('sourceCredentials failures of AssumeRole', () => {
  it.each([
    [403, 'AccessDenied', 'is not authorized to perform: sts:AssumeRole', 'assume-role-denied'],
    [403, 'RegionDisabledException', 'STS is not activated', 'sts-region-disabled'],
    [400, 'ValidationError', 'The requested DurationSeconds exceeds the 1 hour session limit', 'sts-refused'],
    [400, 'MalformedPolicyDocument', 'bad', 'sts-refused'],
    [403, 'ExpiredToken', 'expired', 'credentials-expired'],
    [403, 'InvalidClientTokenId', 'The security token included in the request is invalid.', 'credentials-expired'],
    [403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match', 'credentials-invalid'],
    [403, 'UnrecognizedClientException', 'invalid', 'credentials-expired'],
    [400, 'Throttling', 'Rate exceeded', 'sts-unavailable'],
    [503, 'ServiceUnavailable', 'busy', 'sts-unavailable'],
  ] as const)('%i %s "%s" is %s', async (status, code, message, expected) => {
    refusals['AssumeRole'] = Array(2).fill(() => stsError(status, code, message));
    const failure = await failureOf(open().session());
    expect(failure).toMatchObject({ code: expected, belongsTo: 'pipeline', at: { role: roleArn } });
    expect(failure.message).toContain(
      `AssumeRole of ${roleArn} in eu-central-1 by ${hubRoleArn} with external ID "${externalId}" and session name "MicrosoftSentinel_test" failed: AWS answered ${code}`,
    );
  });

  it('says that access keys are invalid which AWS does not know', async () => {
    refusals['AssumeRole'] = [() => stsError(403, 'InvalidClientTokenId', 'invalid')];
    expect((await failureOf(open(accessKey).session())).code).toBe('credentials-invalid');
    expect(calls).toHaveLength(1);
  });

  it('lists every possible cause of a denial and the statement to add', async () => {
    refusals['AssumeRole'] = [() => stsError(403, 'AccessDenied', 'not authorized')];
    const { message, remedy } = await failureOf(open().session());
    for (const cause of [
      'external ID differs',
      'does not trust',
      'does not exist',
      'lacks sts:AssumeRole',
      'control policy',
    ]) {
      expect(message).toContain(cause);
    }
    expect(remedy).toContain(
      `{"Effect":"Allow","Principal":{"AWS":"${hubRoleArn}"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"${externalId}"}}}`,
    );
  });

  it('asks AWS for the caller of access keys when they are denied', async () => {
    refusals['AssumeRole'] = [() => stsError(403, 'AccessDenied', 'not authorized')];
    const { remedy } = await failureOf(open(accessKey).session());
    expect(remedy).toContain('"AWS":"arn:aws:iam::222233334444:role/Connector"');
  });

  it('names the end of the key when AWS does not tell the caller', async () => {
    const deny = () => stsError(403, 'AccessDenied', 'not authorized');
    refusals['AssumeRole'] = [deny];
    refusals['GetCallerIdentity'] = [deny];
    const { message, remedy } = await failureOf(open(accessKey).session());
    expect(message).toContain('the access key ending 1234');
    expect(remedy).toContain('<ARN of the caller>');
  });

  it('never repeats the canonical request, which holds the session token', async () => {
    refusals['AssumeRole'] = [
      () => stsError(403, 'SignatureDoesNotMatch', 'The signature differs.\n\nx-amz-security-token:token-of-ASIA1'),
    ];
    const failure = await failureOf(open().session());
    expect(JSON.stringify([failure.message, failure.cause])).not.toContain('token-of-ASIA1');
  });

  it('is unavailable when an answer holds no credentials', async () => {
    refusals['AssumeRole'] = [
      () => ({
        status: 200,
        headers: { 'content-type': 'text/xml' },
        body: '<AssumeRoleResponse><AssumeRoleResult></AssumeRoleResult></AssumeRoleResponse>',
      }),
    ];
    expect((await failureOf(open().session())).code).toBe('sts-unavailable');
  });

  it('is unavailable when nothing answers in time, and says so', async () => {
    sts.answer = () => undefined;
    const failure = await failureOf(open(accessKey, { timeouts: impatient }).session());
    expect(failure.code).toBe('sts-unavailable');
    expect(failure.message).toContain('no answer from AWS');
    expect(failure.remedy).toContain('DNS, firewall, proxy');
  });
});
