import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAdmin } from './gateway/admin.ts';
import { type Faults, makeFaults, seededRandom } from './gateway/faults.ts';
import { makeGateway } from './gateway/gateway.ts';
import { type AwsStats, makeCounters } from './gateway/stats.ts';
import { makeObjectFolder } from './s3/objectFolder.ts';
import { type BreakName, breakScene } from './scene/breaks.ts';
import { makeOwner, type Owner } from './scene/owner.ts';
import { makeScene, type Scene, type SceneOptions } from './scene/scene.ts';
import type { World } from './scene/world.ts';
import { buildFauxqs, type Fauxqs, type Queue } from './sqs/fauxqs.ts';
import { makeQueueClock } from './sqs/queueClock.ts';
import { makeCredentials } from './trust/credentials.ts';
import type { JwksSource } from './trust/webIdentity.ts';

/** The scene to build, and what the embedded cloud needs from outside. */
export interface AwsCloudOptions extends SceneOptions {
  /** Where AWS would fetch the token issuer's signing keys. */
  readonly jwks: JwksSource;
  /** Folder for object bodies, emptied by nobody; absent means a temporary one, removed on stop. */
  readonly dataFolder?: string;
  readonly clock?: { now(): number };
  /** Port on 127.0.0.1; absent or 0 means any free one. */
  readonly port?: number;
  /** Default visibility timeout of the queue. */
  readonly visibilitySeconds?: number;
  readonly maxReceiveCount?: number;
  /** Messages that may be in flight before receives are refused; AWS allows about 120,000. */
  readonly inFlightLimit?: number;
  /** Passes the time of a poll that found nothing, after which it looks once more; absent: in real time, until something comes. */
  readonly passPoll?: ((ms: number) => Promise<void>) | undefined;
  /** Seed of the fault rules' probabilities. */
  readonly seed?: number;
}

/** A running embedded AWS: S3, SQS and STS on one loopback port. */
export interface AwsCloud extends Owner {
  /** Endpoint for all three services. */
  readonly endpoint: string;
  readonly region: string;
  readonly queueUrl: string;
  readonly dlqUrl: string;
  readonly bucket: string;
  readonly hubRoleArn: string;
  readonly roleArn: string;
  /** Access key of an administrator of the target account, for checks through the front door. */
  readonly ownerCredentials: Scene['ownerCredentials'];
  readonly world: World;
  /** Makes a customer's misconfiguration; the returned function repairs it. */
  break(name: BreakName): () => void;
  /** Ends every session now. */
  expireSessions(): void;
  readonly faults: Faults;
  stats(): AwsStats;
  stop(): Promise<void>;
}

/** Starts the embedded AWS. Throws when a policy document of the scene is not valid. */
export async function startAwsCloud(options: AwsCloudOptions): Promise<AwsCloud> {
  const now = () => options.clock?.now() ?? Date.now();
  const scene = makeScene(options);
  const { world } = scene;
  const fauxqs = await buildFauxqs(world.region);
  const { root, remove } = await prepareFolder(options.dataFolder);
  const folder = makeObjectFolder(root);
  fauxqs.stores.s3Store.persistence = folder.persistence;
  for (const bucket of world.buckets.keys()) fauxqs.stores.s3Store.createBucket(bucket);
  const { queue, dlq } = makeQueues(scene, fauxqs, options);

  const stopped = new AbortController();
  const counters = makeCounters();
  const faults = makeFaults(seededRandom(options.seed ?? 1));
  const credentials = makeCredentials(world, now);
  const clock = makeQueueClock(fauxqs.stores.sqsStore, now);
  const stats = () => {
    clock.sync();
    return counters.read(queue, dlq, faults.counts());
  };
  const server = makeGateway({
    world,
    credentials,
    jwks: options.jwks,
    now,
    objects: fauxqs.stores.s3Store,
    folder,
    fauxqs,
    clock,
    inFlightLimit: options.inFlightLimit ?? 120_000,
    passPoll: options.passPoll,
    stopped: stopped.signal,
    onDeleted: counters.deleted,
    faults,
    counters,
    admin: makeAdmin({ scene, faults, stats }),
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: world.region,
    queueUrl: scene.queue.url,
    dlqUrl: scene.dlq.url,
    bucket: scene.bucket,
    hubRoleArn: scene.hubRoleArn,
    roleArn: scene.roleArn,
    ownerCredentials: scene.ownerCredentials,
    world,
    break: (name) => breakScene(scene, name),
    expireSessions: credentials.expireAll,
    faults,
    stats,
    ...makeOwner({ scene, fauxqs, folder, queue, dlq, clock, now }),
    async stop() {
      stopped.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await fauxqs.app.close();
      await remove();
    },
  };
}

function makeQueues(scene: Scene, fauxqs: Fauxqs, options: AwsCloudOptions): { queue: Queue; dlq: Queue } {
  const { sqsStore } = fauxqs.stores;
  // Retention as the connector's templates set it: a dead letter's age counts from its first enqueueing.
  const common = { MessageRetentionPeriod: '1209600', SqsManagedSseEnabled: 'true' };
  const dlq = sqsStore.createQueue(scene.dlq.name, scene.dlq.url, scene.dlq.arn, common);
  const queue = sqsStore.createQueue(scene.queue.name, scene.queue.url, scene.queue.arn, {
    ...common,
    Policy: JSON.stringify(scene.queue.policy?.document),
    VisibilityTimeout: String(options.visibilitySeconds ?? 180),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: scene.dlq.arn,
      maxReceiveCount: options.maxReceiveCount ?? 10,
    }),
  });
  return { queue, dlq };
}

async function prepareFolder(dataFolder: string | undefined): Promise<{ root: string; remove: () => Promise<void> }> {
  if (dataFolder === undefined) {
    const root = await mkdtemp(join(tmpdir(), 'embedded-aws-'));
    return { root, remove: () => rm(root, { recursive: true, force: true }) };
  }
  const root = join(dataFolder, 's3');
  await mkdir(root, { recursive: true });
  return { root, remove: async () => undefined };
}
