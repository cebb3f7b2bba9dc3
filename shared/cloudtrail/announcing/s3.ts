import { shown } from '../../kit/shortText.ts';
import type { ObjectRef } from '../../words/announcement.ts';
import { field, textAt } from './fields.ts';
import { bothReadings, decodeKey } from './keyReadings.ts';
import type { Place, Reading } from './reading.ts';
import { remedies } from './remedies.ts';

/**
 * Events that put no content into a bucket, each with its parts (`ObjectRemoved:Delete`). Anything else about an object is
 * read, known or not: a duplicate is suppressed, a loss is not. Some S3-compatible senders write `s3:` before the name.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
 */
const withoutContent =
  /^(?:s3:)?(?:ObjectRemoved|ObjectRestore:(?:Post|Delete)|LifecycleExpiration|LifecycleTransition|IntelligentTiering|ObjectTagging|ObjectAcl|ObjectAccessed|Replication|ReducedRedundancyLostObject)(?::|$)/;

/** One entry of an S3 event: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function readS3Record(record: object, reading: Reading): boolean {
  const eventName = textAt(record, 'eventName');
  if (eventName !== undefined && withoutContent.test(eventName)) {
    reading.nothing(`S3 events that announce no new object (${shown(eventName)})`);
    return true;
  }
  const bucket = textAt(record, 's3', 'bucket', 'name');
  const object = field(record, 's3', 'object');
  const key = textAt(object, 'key');
  if (bucket === undefined || key === undefined) return false;
  reading.announce({ bucket, key: decodeKey(key) || key, ...detailsOf(object) });
  return true;
}

/**
 * CloudTrail's own notification, its keys as they are: CloudTrail does not encode them. Config announces its files alike.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html
 */
export function readTrailNotification(value: object, at: Place, reading: Reading): boolean {
  const bucket = textAt(value, 's3Bucket');
  const named = field(value, 's3ObjectKey');
  if (bucket === undefined || !(typeof named === 'string' || Array.isArray(named))) return false;
  const keys: readonly unknown[] = [named].flat();
  if (keys.length === 0) reading.nothing('a CloudTrail notification without keys');
  for (const [index, key] of keys.entries()) {
    if (typeof key === 'string' && key !== '') reading.announce({ bucket, key });
    else reading.fault(() => `key ${index + 1} of ${keys.length} in ${at.name()} is not a key`, remedies.unknown);
  }
  return true;
}

/** A job of S3 Batch Operations: https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html */
export function readS3Batch(value: object, at: Place, reading: Reading): boolean {
  const tasks = field(value, 'tasks');
  if (field(value, 'invocationSchemaVersion') === undefined || !Array.isArray(tasks)) return false;
  if (tasks.length === 0) reading.nothing('a job of S3 Batch Operations without tasks');
  for (const [index, task] of tasks.entries()) {
    const bucket = textAt(task, 's3Bucket') ?? bucketOfArn(textAt(task, 's3BucketArn'));
    const key = textAt(task, 's3Key');
    if (bucket === undefined || key === undefined) {
      reading.fault(() => `task ${index + 1} of ${tasks.length} in ${at.name()} names no S3 object`, remedies.unknown);
      continue;
    }
    const versionId = textAt(task, 's3VersionId');
    reading.announce({ bucket, ...bothReadings(key), ...(versionId === undefined ? {} : { versionId }) });
  }
  return true;
}

/** `arn:aws:s3:::name`, in any partition; a name that is no ARN stays. */
export function bucketOfArn(bucket: string | undefined): string | undefined {
  return bucket?.replace(/^arn:aws[a-z-]*:s3:::/, '');
}

/** Longer than any that AWS sends. */
const maxCharacters = 1024;

/** What a message tells of an object besides its place. What makes no sense is left absent rather than refused. */
export function detailsOf(object: unknown): Omit<ObjectRef, 'bucket' | 'key'> {
  const size = field(object, 'size');
  const etag = short(textAt(object, 'eTag') ?? textAt(object, 'etag'));
  const versionId = short(textAt(object, 'versionId') ?? textAt(object, 'version-id'));
  const sequencer = short(textAt(object, 'sequencer'));
  return {
    ...(etag === undefined ? {} : { etag }),
    ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? { sizeBytes: size } : {}),
    ...(versionId === undefined ? {} : { versionId }),
    ...(sequencer === undefined || !/^[0-9a-f]+$/i.test(sequencer) ? {} : { sequencer }),
  };
}

function short(text: string | undefined): string | undefined {
  return text === undefined || text.length > maxCharacters ? undefined : text;
}
