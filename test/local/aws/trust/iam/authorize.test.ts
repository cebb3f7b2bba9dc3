import { describe, expect, it } from 'vitest';
import { makeScene } from '../../../../../local/aws/scene/scene.ts';
import { type AccessRequest, type Authority, authorize, decide } from '../../../../../local/aws/trust/iam/authorize.ts';
import { readPolicy } from '../../../../../local/aws/trust/iam/policy.ts';

const account = '222222222222';
const hub = 'arn:aws:iam::111111111111:role/hub';
const queueArn = `arn:aws:sqs:eu-central-1:${account}:notifications`;
const keyArn = `arn:aws:kms:eu-central-1:${account}:key/1`;
const { world, roleArn } = makeScene({
  issuer: 'https://sts.windows.net/00000000-aaaa-bbbb-cccc-000000000001/',
  audience: 'api://cloudtrail-connector',
  subject: '7d3c5e1a-2f4b-4c6d-8e9f-0a1b2c3d4e5f',
  workspaceId: '4f6c1c3e-9f0a-4a57-8a39-1d2f3b4c5d6e',
  bucket: 'logs',
  keyPrefix: 'org/',
  queueName: 'notifications',
  kmsKeyArn: keyArn,
});
const reader = readPolicy('identity', 'reader', world.roles.get(roleArn)?.permissions.document);

const role: AccessRequest['principal'] = {
  kind: 'AWS',
  account,
  names: [`arn:aws:iam::${account}:role/reader`, `arn:aws:sts::${account}:assumed-role/reader/s`],
};

function policy(kind: 'identity' | 'trust' | 'resource', ...statements: unknown[]) {
  return readPolicy(kind, 'test', { Version: '2012-10-17', Statement: statements });
}

function ask(authority: Partial<Authority>, request: Partial<AccessRequest>) {
  return authorize(
    { identity: [reader], resourceAccount: account, ...authority },
    { principal: role, action: 's3:GetObject', resource: '*', context: {}, ...request },
  );
}

describe('the policy of the connector role', () => {
  const table: ReadonlyArray<readonly [action: string, resource: string, allowed: boolean]> = [
    ['sqs:ReceiveMessage', queueArn, true],
    ['sqs:DeleteMessage', queueArn, true],
    ['sqs:ReceiveMessage', `${queueArn}-other`, false],
    ['sqs:PurgeQueue', queueArn, false],
    ['sqs:SendMessage', queueArn, false],
    ['s3:GetObject', 'arn:aws:s3:::logs/org/AWSLogs/1/x.json.gz', true],
    ['s3:GetObject', 'arn:aws:s3:::logs/AWSLogs/1/x.json.gz', false],
    ['s3:GetObject', 'arn:aws:s3:::logs2/org/AWSLogs/1/x.json.gz', false],
    ['s3:PutObject', 'arn:aws:s3:::logs/org/AWSLogs/1/x.json.gz', false],
    ['s3:ListBucket', 'arn:aws:s3:::logs', true],
    ['s3:ListBucket', 'arn:aws:s3:::logs2', false],
  ];

  it.each(table)('%s on %s is allowed: %s', (action, resource, allowed) => {
    expect(ask({}, { action, resource }).allowed).toBe(allowed);
  });
});

describe('the trust of the connector role', () => {
  const trust = policy('trust', {
    Effect: 'Allow',
    Principal: { AWS: hub },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': 'Workspace-1' } },
  });
  const mayAssume = policy('identity', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
  const assume = (
    externalId: string | undefined,
    caller = { kind: 'AWS' as const, account: '111111111111', names: [hub] },
    identity = [mayAssume],
  ) =>
    authorize(
      { identity, resource: trust, resourceAccount: account, resourcePolicyDecides: true },
      {
        principal: caller,
        action: 'sts:AssumeRole',
        resource: 'role',
        context: externalId === undefined ? {} : { 'sts:externalid': externalId },
      },
    ).allowed;

  it('admits the hub with the right external id', () => {
    expect(assume('Workspace-1')).toBe(true);
  });

  it.each([
    ['another external id', 'Workspace-2'],
    ['no external id', undefined],
    ['another letter case', 'workspace-1'],
  ])('refuses %s', (_, externalId) => {
    expect(assume(externalId)).toBe(false);
  });

  it('refuses another account and another role', () => {
    expect(
      assume('Workspace-1', { kind: 'AWS', account: '333333333333', names: ['arn:aws:iam::333333333333:role/hub'] }),
    ).toBe(false);
    expect(assume('Workspace-1', { kind: 'AWS', account: '111111111111', names: [`${hub}2`] })).toBe(false);
  });

  it('refuses a caller whose own policy does not let it assume roles', () => {
    expect(assume('Workspace-1', undefined, [])).toBe(false);
  });
});

describe('a KMS key', () => {
  const delegating = policy('resource', {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
    Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
  });
  const silent = policy('resource', {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::333333333333:root' },
    Action: 'kms:*',
    Resource: '*',
  });
  const viaS3 = {
    action: 'kms:Decrypt',
    resource: keyArn,
    context: { 'kms:viaservice': 's3.eu-central-1.amazonaws.com' },
  };
  const key = { resource: delegating, resourcePolicyDecides: true };

  it('is usable through S3 with both policies', () => {
    expect(ask(key, viaS3)).toEqual({ allowed: true });
  });

  it('is not usable directly when its policy asks for kms:ViaService', () => {
    expect(ask(key, { ...viaS3, context: {} }).allowed).toBe(false);
  });

  it('is not usable without a word of its own policy', () => {
    expect(ask({ ...key, resource: silent }, viaS3)).toEqual({
      allowed: false,
      because: 'because no resource-based policy allows the kms:Decrypt action',
    });
  });

  it('is not usable without the role policy, since delegation to the account is not permission', () => {
    expect(ask({ ...key, identity: [] }, viaS3)).toEqual({
      allowed: false,
      because: 'because no identity-based policy allows the kms:Decrypt action',
    });
  });
});

describe('a queue policy', () => {
  const queuePolicy = policy('resource', {
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:*:*:logs' }, StringEquals: { 'aws:SourceAccount': account } },
  });
  const send = (sourceArn: string, sourceAccount: string, service = 's3.amazonaws.com') =>
    decide([queuePolicy], {
      principal: { kind: 'Service', names: [service], account: '' },
      action: 'sqs:SendMessage',
      resource: queueArn,
      context: { 'aws:sourcearn': sourceArn, 'aws:sourceaccount': sourceAccount },
    });

  it('lets S3 send for the right bucket and account only', () => {
    expect(send('arn:aws:s3:::logs', account)).toBe('allowed');
    expect(send('arn:aws:s3:::other', account)).toBe('implicitly-denied');
    expect(send('arn:aws:s3:::logs', '333333333333')).toBe('implicitly-denied');
    expect(send('arn:aws:s3:::logs', account, 'sns.amazonaws.com')).toBe('implicitly-denied');
  });
});

describe('authorize', () => {
  const object = 'arn:aws:s3:::logs/org/AWSLogs/x';

  it('lets a deny win wherever it stands', () => {
    const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*' };
    const because = (authority: Partial<Authority>) => ask(authority, { resource: object });
    expect(because({ identity: [reader, policy('identity', deny)] })).toMatchObject({
      because: 'with an explicit deny in an identity-based policy',
    });
    expect(because({ session: policy('identity', deny) })).toMatchObject({
      because: 'with an explicit deny in a session policy',
    });
    expect(because({ resource: policy('resource', { ...deny, Principal: '*' }) })).toMatchObject({
      because: 'with an explicit deny in a resource-based policy',
    });
  });

  it('takes a resource policy that names the principal as enough within one account, and as half across accounts', () => {
    const bucketPolicy = policy('resource', {
      Effect: 'Allow',
      Principal: { AWS: role.names[0] },
      Action: 's3:GetObject',
      Resource: `${object}*`,
    });
    expect(ask({ identity: [], resource: bucketPolicy }, { resource: object }).allowed).toBe(true);
    expect(ask({ identity: [], resource: bucketPolicy, resourceAccount: '9' }, { resource: object }).allowed).toBe(
      false,
    );
    expect(ask({ resource: bucketPolicy, resourceAccount: '9' }, { resource: object }).allowed).toBe(true);
    expect(ask({ resourceAccount: '9' }, { resource: object }).allowed).toBe(false);
  });

  it('narrows a session by its session policy', () => {
    const session = policy('identity', { Effect: 'Allow', Action: 'sqs:*', Resource: '*' });
    expect(ask({ session }, { resource: object })).toEqual({
      allowed: false,
      because: 'because no session policy allows the s3:GetObject action',
    });
    expect(ask({ session }, { action: 'sqs:ReceiveMessage', resource: queueArn }).allowed).toBe(true);
  });

  it('obeys NotAction, NotResource and NotPrincipal', () => {
    const not = policy('identity', { Effect: 'Allow', NotAction: 's3:Put*', NotResource: 'arn:aws:s3:::secret/*' });
    expect(ask({ identity: [not] }, { resource: object }).allowed).toBe(true);
    expect(ask({ identity: [not] }, { action: 's3:PutObject', resource: object }).allowed).toBe(false);
    expect(ask({ identity: [not] }, { resource: 'arn:aws:s3:::secret/x' }).allowed).toBe(false);
    const notHim = policy('resource', {
      Effect: 'Deny',
      NotPrincipal: { AWS: `arn:aws:iam::${account}:role/other` },
      Action: 's3:*',
      Resource: '*',
    });
    expect(ask({ resource: notHim }, { resource: object }).allowed).toBe(false);
  });
});
