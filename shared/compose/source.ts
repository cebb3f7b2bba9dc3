import type { TokenCredential } from '@azure/core-auth';
import { type TrailReads, trailReads } from '../aws/cloudtrail/trails.ts';
import { type CredentialSteps, sourceCredentials } from '../aws/credentials/sourceCredentials.ts';
import { type AwsTimeouts, defaultAwsTimeouts } from '../aws/http/timeouts.ts';
import { type BucketReads, bucketReads } from '../aws/s3/bucketReads.ts';
import { s3ObjectStore } from '../aws/s3/objectStore.ts';
import { type SqsQueue, sqsQueue } from '../aws/sqs/queue.ts';
import { entraToken } from '../azure/identity.ts';
import { announcementOf } from '../pipeline/delivery/queue/announcement.ts';
import { queueSource } from '../pipeline/delivery/queue/source.ts';
import type { ObjectStore } from '../pipeline/ports/objects.ts';
import type { Announcement, Source } from '../pipeline/ports/source.ts';
import type { Unit } from '../pipeline/ports/unit.ts';
import { logFile } from '../pipeline/unit/logFile.ts';
import { type Settings, type SourceSettings, sessionName } from '../settings/settings.ts';
import type { Clock } from '../words/clock.ts';
import { namesFips } from '../words/partitions.ts';

/** A source with what it is made of: a check of connections asks each of them alone. */
export interface ComposedSource {
  readonly source: Source;
  readonly credentials: CredentialSteps;
  readonly queue: SqsQueue;
  readonly objects: ObjectStore;
  /** Made for a check: neither is asked by the flow. */
  readonly buckets: BucketReads;
  readonly trails: TrailReads;
  /** What a delivery of this source announced, by what was kept of it. */
  announcementIn(body: string): Announcement;
  /** Where the role may not read the announced version of an object. */
  bucketsWithoutVersions(): readonly string[];
  unitNamed(name: { readonly bucket: string; readonly key: string }): Unit;
  close(): void;
}

/** One source of the settings becomes its clients. Makes no request. @throws ConnectorError 'settings-invalid' */
export function composeSource(
  { tuning, workspaceId }: Settings,
  settings: SourceSettings,
  azure: TokenCredential,
  world: { readonly clock: Clock; readonly random: () => number; readonly objectTimeouts?: AwsTimeouts },
): ComposedSource {
  const { allowedBuckets, name, queueRegion, queueUrl, roleArn, stsRegion } = settings;
  const { clock, random, objectTimeouts: timeouts = defaultAwsTimeouts } = world;
  const place = { isFips: namesFips(queueUrl), endpoint: settings.endpointOverride };
  const credentials = sourceCredentials({
    mode: settings.credentials,
    getToken: (audience) => entraToken(azure, audience),
    externalId: workspaceId,
    sessionName: sessionName(workspaceId),
    ...{ roleArn, stsRegion, clock, random, ...place },
  });
  const queue = sqsQueue({ queueUrl, credentials, clock, endpoint: place.endpoint });
  const objects = s3ObjectStore({ region: queueRegion, credentials, clock, timeouts, ...place });
  const buckets = bucketReads({ region: queueRegion, credentials, clock, ...place });
  const trails = trailReads({ credentials, clock, ...place });
  const { heartbeatMs, visibilitySeconds } = tuning;
  return {
    source: queueSource({ name, allowedBuckets, queue, objects, visibilitySeconds, heartbeatMs, clock, random }),
    ...{ credentials, queue, objects, buckets, trails },
    announcementIn: (body) => announcementOf(body, { objects, allowedBuckets }),
    bucketsWithoutVersions: () => objects.bucketsWithoutVersions(),
    unitNamed: (unit) => logFile(unit, objects),
    close: () => {
      for (const part of [queue, objects, buckets, trails, credentials]) part.close();
    },
  };
}

/** Made at first use: what cannot be made fails its own source, and is tried again by the next slice. */
export function madeAtFirstUse(make: () => ComposedSource): { get(): ComposedSource; close(): void } {
  let made: ComposedSource | undefined;
  return {
    get: () => {
      made ??= make();
      return made;
    },
    close: () => made?.close(),
  };
}
