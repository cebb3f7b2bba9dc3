import { type Policy, type PolicyKind, readPolicy } from '../trust/iam/policy.ts';

/** A policy document together with what was read from it; replaced as a whole, never edited in place. */
export interface Attached {
  readonly document: unknown;
  readonly policy: Policy;
}

/** An IAM role: who may assume it, and what its sessions may do. */
export interface Role {
  readonly arn: string;
  readonly account: string;
  readonly name: string;
  /** The unique id AWS gives a role; it begins every `userid` of its sessions. */
  readonly id: string;
  maxSessionSeconds: number;
  trust: Attached;
  permissions: Attached;
  /** What its sessions were allowed to do, each as action and resource: for comparing with what it might do. */
  readonly used: Set<string>;
}

/** An IAM user with a long-lived access key. */
export interface User {
  readonly arn: string;
  readonly account: string;
  readonly id: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  permissions: Attached;
}

/** An OpenID Connect provider as registered in one account: exact issuer, accepted audiences. */
export interface OidcProvider {
  readonly account: string;
  url: string;
  clientIds: string[];
}

/** A bucket as its owner configured it. */
export interface Bucket {
  readonly name: string;
  readonly account: string;
  /** Where it lives; requests signed for another region are redirected. */
  region: string;
  /** Objects are read through this key, as SSE-KMS does. */
  kmsKeyArn?: string;
  policy?: Attached;
  /** Queues that it tells of new objects. */
  notifications?: readonly QueueNotification[];
  tellsEventBridge?: boolean;
}

/** A queue that a bucket tells of new objects. */
export interface QueueNotification {
  /** ARN of the queue. */
  readonly target: string;
  readonly event: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** A trail as its owner configured it. */
export interface Trail {
  readonly arn: string;
  readonly account: string;
  readonly homeRegion: string;
  bucket: string;
  /** Before `AWSLogs/`, without a slash at its end. */
  prefix: string;
  multiRegion: boolean;
  isLogging: boolean;
  validated: boolean;
  deliveryError?: string;
  /** Advanced event selectors, in the words of the API. */
  selectors: readonly unknown[];
}

/** A queue's owner and its policy; its messages live in the queue store. */
export interface QueueAccess {
  readonly arn: string;
  readonly url: string;
  readonly name: string;
  readonly account: string;
  policy?: Attached;
}

/** A KMS key: nobody uses it unless its own policy says so. */
export interface KmsKey {
  readonly arn: string;
  readonly account: string;
  state: 'enabled' | 'disabled' | 'pending-deletion';
  policy: Attached;
}

/** Everything IAM knows. Documents are read strictly when set, so a misspelt action stops the start. */
export interface World {
  readonly region: string;
  readonly disabledStsRegions: Set<string>;
  readonly roles: Map<string, Role>;
  readonly users: Map<string, User>;
  readonly oidcProviders: OidcProvider[];
  readonly buckets: Map<string, Bucket>;
  readonly queues: Map<string, QueueAccess>;
  readonly kmsKeys: Map<string, KmsKey>;
  readonly trails: Trail[];
  /** Replaces a role's trust policy. */
  setTrust(roleArn: string, document: unknown): void;
  /** Replaces a role's permission policy. */
  setPermissions(roleArn: string, document: unknown): void;
  /** Replaces (or with undefined removes) a queue's policy. */
  setQueuePolicy(queueUrl: string, document: unknown): void;
  /** Replaces (or with undefined removes) a bucket's policy. */
  setBucketPolicy(bucket: string, document: unknown): void;
  /** Replaces a KMS key's policy, creating the key if need be. */
  setKeyPolicy(keyArn: string, document: unknown): void;
}

/** An empty world; the parts are added by whoever builds the scene. */
export function emptyWorld(region: string): World {
  const world: World = {
    region,
    disabledStsRegions: new Set(),
    roles: new Map(),
    users: new Map(),
    oidcProviders: [],
    buckets: new Map(),
    queues: new Map(),
    kmsKeys: new Map(),
    trails: [],
    setTrust(roleArn, document) {
      roleOf(world, roleArn).trust = attach('trust', `the trust of ${roleArn}`, document);
    },
    setPermissions(roleArn, document) {
      roleOf(world, roleArn).permissions = attach('identity', roleArn, document);
    },
    setQueuePolicy(queueUrl, document) {
      const queue = known(world.queues.get(queueUrl), queueUrl);
      if (document === undefined) delete queue.policy;
      else queue.policy = attach('resource', queue.arn, document);
    },
    setBucketPolicy(name, document) {
      const bucket = known(world.buckets.get(name), name);
      if (document === undefined) delete bucket.policy;
      else bucket.policy = attach('resource', `bucket ${name}`, document);
    },
    setKeyPolicy(arn, document) {
      const policy = attach('resource', arn, document);
      const key = world.kmsKeys.get(arn);
      if (key === undefined)
        world.kmsKeys.set(arn, { arn, account: arn.split(':')[4] ?? '', state: 'enabled', policy });
      else key.policy = policy;
    },
  };
  return world;
}

/** Reads a document and keeps both. */
export function attach(kind: PolicyKind, name: string, document: unknown): Attached {
  return { document: structuredClone(document), policy: readPolicy(kind, name, document) };
}

function roleOf(world: World, arn: string): Role {
  return known(world.roles.get(arn), arn);
}

function known<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`The embedded AWS has no ${name}.`);
  return value;
}
