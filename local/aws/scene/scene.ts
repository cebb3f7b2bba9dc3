import { randomBytes } from 'node:crypto';
import { attach, emptyWorld, type QueueAccess, type World } from './world.ts';

/** What the scene is made of; every name can be chosen, the defaults tell a story a reader can follow. */
export interface SceneOptions {
  /** Issuer of the web identity tokens, exactly as in their `iss` claim (trailing slash included). */
  readonly issuer: string;
  /** Audience of the tokens, registered with the provider and demanded by the hub role. */
  readonly audience: string;
  /** Subject (object id of the managed identity) the hub role demands. */
  readonly subject: string;
  /** The external id the target role demands. */
  readonly workspaceId: string;
  readonly region?: string;
  readonly hubAccount?: string;
  readonly hubRoleName?: string;
  readonly targetAccount?: string;
  readonly roleName?: string;
  readonly bucket?: string;
  readonly bucketRegion?: string;
  /** Encrypts the bucket with this KMS key, whose policy delegates to IAM as AWS's default key policy does. */
  readonly kmsKeyArn?: string;
  /** Prefix before `AWSLogs/`, empty or ending in a slash. */
  readonly keyPrefix?: string;
  readonly queueName?: string;
  /** STS regions that are switched off. */
  readonly disabledStsRegions?: readonly string[];
}

/** The names the scene ended up with. */
export interface Scene {
  readonly world: World;
  readonly bucket: string;
  readonly queue: QueueAccess;
  readonly dlq: QueueAccess;
  readonly hubRoleArn: string;
  readonly roleArn: string;
  /** Access key of an administrator of the target account. */
  readonly ownerCredentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A customer's two AWS accounts: a hub that trusts the managed identity, and a target that owns bucket and queue. */
export function makeScene(options: SceneOptions): Scene {
  const region = options.region ?? 'eu-central-1';
  const hubAccount = options.hubAccount ?? '111111111111';
  const targetAccount = options.targetAccount ?? '222222222222';
  const bucket = options.bucket ?? 'example-cloudtrail-logs';
  const queueName = options.queueName ?? 'cloudtrail-notifications';
  const world = emptyWorld(region);
  for (const disabled of options.disabledStsRegions ?? []) world.disabledStsRegions.add(disabled);

  const queue = addQueue(world, targetAccount, queueName);
  const dlq = addQueue(world, targetAccount, `${queueName}-dlq`);
  world.setQueuePolicy(queue.url, queuePolicy(queue.arn, bucket, targetAccount));
  world.buckets.set(bucket, { name: bucket, account: targetAccount, region: options.bucketRegion ?? region });
  if (options.kmsKeyArn !== undefined) encrypt(world, bucket, options.kmsKeyArn);

  const hubRoleArn = roleArnOf(hubAccount, options.hubRoleName ?? 'sentinel-connector-hub');
  const roleArn = roleArnOf(targetAccount, options.roleName ?? 'sentinel-cloudtrail-reader');
  world.oidcProviders.push({ account: hubAccount, url: options.issuer, clientIds: [options.audience] });
  addRole(world, hubRoleArn, hubTrust(hubAccount, options), policy(allow('sts:AssumeRole', roleArn)));
  addRole(
    world,
    roleArn,
    targetTrust(hubRoleArn, options.workspaceId),
    readerPolicy(queue.arn, bucket, options.keyPrefix ?? '', options.kmsKeyArn),
  );
  return { world, bucket, queue, dlq, hubRoleArn, roleArn, ownerCredentials: addOwner(world, targetAccount) };
}

/** Adds a role to the world. */
export function addRole(world: World, arn: string, trust: unknown, permissions: unknown): void {
  world.roles.set(arn, {
    arn,
    account: arn.split(':')[4] ?? '',
    name: arn.slice(arn.lastIndexOf('/') + 1),
    id: uniqueId('AROA'),
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (default of MaxSessionDuration)
    maxSessionSeconds: 3600,
    trust: attach('trust', `the trust of ${arn}`, trust),
    permissions: attach('identity', arn, permissions),
  });
}

/** Adds an IAM user with an access key; what it may do is said by the policy. */
export function addUser(
  world: World,
  arn: string,
  key: { accessKeyId: string; secretAccessKey: string },
  permissions: unknown,
): void {
  world.users.set(key.accessKeyId, {
    arn,
    account: arn.split(':')[4] ?? '',
    id: uniqueId('AIDA'),
    accessKeyId: key.accessKeyId,
    secretAccessKey: key.secretAccessKey,
    permissions: attach('identity', arn, permissions),
  });
}

/** The permission policy of the target role, as the connector's documentation asks for it. */
export function readerPolicy(queueArn: string, bucket: string, keyPrefix: string, kmsKeyArn?: string): unknown {
  return policy(
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      queueArn,
      'Queue',
    ),
    allow('s3:GetObject', `arn:aws:s3:::${bucket}/${keyPrefix}AWSLogs/*`, 'ReadLogs'),
    allow('s3:ListBucket', `arn:aws:s3:::${bucket}`, 'TellMissingFromDenied'),
    ...(kmsKeyArn === undefined ? [] : [allow('kms:Decrypt', [kmsKeyArn], 'Decrypt')]),
  );
}

/** An id as IAM makes them: four letters of kind, then base 32. */
export function uniqueId(prefix: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return prefix + Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join('');
}

function addQueue(world: World, account: string, name: string): QueueAccess {
  const queue = {
    arn: `arn:aws:sqs:${world.region}:${account}:${name}`,
    url: `https://sqs.${world.region}.amazonaws.com/${account}/${name}`,
    name,
    account,
  };
  world.queues.set(queue.url, queue);
  return queue;
}

function encrypt(world: World, bucket: string, keyArn: string): void {
  const found = world.buckets.get(bucket);
  if (found === undefined) return;
  found.kmsKeyArn = keyArn;
  const account = keyArn.split(':')[4] ?? '';
  world.setKeyPolicy(
    keyArn,
    policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }),
  );
}

function hubTrust(account: string, options: SceneOptions): unknown {
  const provider = options.issuer.replace(/^https:\/\//, '');
  return policy({
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${provider}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${provider}:aud`]: options.audience, [`${provider}:sub`]: options.subject },
    },
  });
}

function targetTrust(hubRoleArn: string, workspaceId: string): unknown {
  return policy({
    Effect: 'Allow',
    Principal: { AWS: hubRoleArn },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': workspaceId } },
  });
}

function queuePolicy(queueArn: string, bucket: string, account: string): unknown {
  return policy({
    Effect: 'Allow',
    Principal: { Service: 's3.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: {
      ArnLike: { 'aws:SourceArn': `arn:aws:s3:*:*:${bucket}` },
      StringEquals: { 'aws:SourceAccount': account },
    },
  });
}

function addOwner(world: World, account: string): Scene['ownerCredentials'] {
  const key = { accessKeyId: uniqueId('AKIA'), secretAccessKey: randomBytes(30).toString('base64') };
  addUser(world, `arn:aws:iam::${account}:user/owner`, key, policy(allow('*', '*')));
  return key;
}

function roleArnOf(account: string, name: string): string {
  return `arn:aws:iam::${account}:role/${name}`;
}

function policy(...statements: unknown[]): unknown {
  return { Version: '2012-10-17', Statement: statements };
}

function allow(action: string | string[], resource: string | string[], sid?: string): unknown {
  return { ...(sid === undefined ? {} : { Sid: sid }), Effect: 'Allow', Action: action, Resource: resource };
}
