import { randomBytes } from 'node:crypto';
import { addUser, uniqueId } from './members.ts';
import { addStack } from './stack.ts';
import { emptyWorld, type QueueAccess, type World } from './world.ts';

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

/**
 * A customer's two AWS accounts: a hub that trusts the managed identity, and a target that owns bucket and queue. Roles and
 * policies are those that the CloudFormation templates of `infra/aws` make.
 */
export function makeScene(options: SceneOptions): Scene {
  const region = options.region ?? 'eu-central-1';
  const hubAccount = options.hubAccount ?? '111111111111';
  const targetAccount = options.targetAccount ?? '222222222222';
  const bucket = options.bucket ?? 'example-cloudtrail-logs';
  const queueName = options.queueName ?? 'cloudtrail-notifications';
  const hubRoleName = options.hubRoleName ?? 'sentinel-connector-hub';
  const roleName = options.roleName ?? 'sentinel-cloudtrail-reader';
  const world = emptyWorld(region);
  for (const disabled of options.disabledStsRegions ?? []) world.disabledStsRegions.add(disabled);
  world.buckets.set(bucket, { name: bucket, account: targetAccount, region: options.bucketRegion ?? region });
  if (options.kmsKeyArn !== undefined) encrypt(world, bucket, options.kmsKeyArn);

  const { hostname, pathname } = new URL(options.issuer);
  const roleArn = roleArnOf(targetAccount, roleName);
  addStack(world, 'hub.yaml', hubAccount, {
    TenantId: pathname.replaceAll('/', ''),
    Issuer: hostname,
    Audience: options.audience,
    ManagedIdentityObjectId: options.subject,
    HubRoleName: hubRoleName,
    ReaderRoleArns: roleArn,
  });
  const hubRoleArn = roleArnOf(hubAccount, hubRoleName);
  const anyPrefix = options.keyPrefix === '*';
  addStack(world, 'connector.yaml', targetAccount, {
    WorkspaceId: options.workspaceId,
    ConnectorPrincipalArn: hubRoleArn,
    ReaderRoleName: roleName,
    BucketName: bucket,
    LogPrefix: anyPrefix ? '' : (options.keyPrefix ?? '').replace(/\/$/, ''),
    LogKeyArn: options.kmsKeyArn ?? '',
    QueueName: queueName,
  });
  if (anyPrefix) allowAnyPrefix(world, roleArn, bucket);
  addTrail(world, targetAccount, bucket, anyPrefix ? '' : (options.keyPrefix ?? '').replace(/\/$/, ''));
  return {
    world,
    bucket,
    queue: queueOf(world, queueName),
    dlq: queueOf(world, `${queueName}-dlq`),
    hubRoleArn,
    roleArn,
    ownerCredentials: addOwner(world, targetAccount),
  };
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

/** The trail that was there before the connector. */
function addTrail(world: World, account: string, bucket: string, prefix: string): void {
  world.trails.push({
    arn: `arn:aws:cloudtrail:${world.region}:${account}:trail/management-events`,
    ...{ account, bucket, prefix, homeRegion: world.region },
    ...{ multiRegion: true, isLogging: true, validated: true },
    selectors: [{ Name: 'Management events', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] }],
  });
}

/** The role of a run over files whose keys begin with anything: a convenience of this machine that no template offers. */
function allowAnyPrefix(world: World, roleArn: string, bucket: string): void {
  const text = JSON.stringify(world.roles.get(roleArn)?.permissions.document);
  world.setPermissions(roleArn, JSON.parse(text.replaceAll(`:::${bucket}/AWSLogs/*`, `:::${bucket}/*AWSLogs/*`)));
  const found = world.buckets.get(bucket);
  if (found?.notifications !== undefined) {
    found.notifications = found.notifications.map((one) => ({ ...one, prefix: '' }));
  }
}

function queueOf(world: World, name: string): QueueAccess {
  const queue = [...world.queues.values()].find((one) => one.name === name);
  if (queue === undefined) throw new Error(`The template makes no queue ${name}.`);
  return queue;
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

function allow(action: string, resource: string): unknown {
  return { Effect: 'Allow', Action: action, Resource: resource };
}
