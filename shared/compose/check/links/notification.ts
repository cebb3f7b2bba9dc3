import { NotTold } from '../../../aws/answers/notTold.ts';
import type { BucketNotification } from '../../../aws/s3/bucketReads.ts';
import { type Finding, failure, type Link, notVerifiable, ok, warning } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';

/** What the bucket announces, against where the trail writes. */
export function notificationLink(look: SourceLook, bucket: string): Link {
  const { name, parts, settings, found } = look;
  return {
    name: name(`notification of ${bucket}`),
    needs: [name('target role')],
    run: async (signal) => {
      const { buckets, queue } = parts();
      try {
        const { list, tellsEventBridge } = await buckets.notifications(bucket, signal);
        const ours = list.filter(({ target }) => target === queue.arn);
        const others = [...list.filter(({ kind }) => kind === 'topic').map(({ target }) => target)];
        if (tellsEventBridge) others.push('EventBridge');
        if (ours.length === 0) return roundabout(look, bucket, others);
        const key = found.newest.get(bucket) ?? `${found.prefixes.get(bucket) ?? ''}${usualKey(settings.queueRegion)}`;
        const findings = ours.map((one) => judge(one, key, bucket));
        return findings.find(({ status }) => status === 'ok') ?? findings[0] ?? ok('');
      } catch (error) {
        if (!(error instanceof NotTold)) throw error;
        return notVerifiable(
          'notification-not-told',
          error.message,
          `To have it looked at, allow s3:GetBucketNotification on the bucket to ${settings.roleArn} (statement CheckAnnouncement of infra/aws/connector.yaml).`,
        );
      }
    },
  };
}

function usualKey(region: string): string {
  return `AWSLogs/111122223333/CloudTrail/${region}/2026/11/01/111122223333_CloudTrail_${region}_20261101T0000Z_Ab3dE6gH8jK0lMn2.json.gz`;
}

/** CloudTrail puts each log file once. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
const putEvents = new Set(['s3:ObjectCreated:*', 's3:ObjectCreated:Put']);

function judge({ events, prefix, suffix }: BucketNotification, key: string, bucket: string): Finding {
  const where = `s3://${bucket}`;
  const console = `in the S3 console: ${bucket} > Properties > Event notifications`;
  const root = /^(?:.*\/)?AWSLogs\//.exec(key)?.[0] ?? 'AWSLogs/';
  if (!events.some((event) => putEvents.has(event))) {
    const detail = `${where} announces ${events.join(', ')} to the queue, and no new objects`;
    return failure('notification-event', detail, `Choose s3:ObjectCreated:* ${console}.`);
  }
  if (!key.startsWith(prefix)) {
    const detail = `${where} announces only keys that begin with "${prefix}", and the trail writes to "${root}"`;
    return failure('notification-prefix', detail, `Set the prefix to ${root} ${console}.`);
  }
  if (!key.endsWith(suffix)) {
    const detail = `${where} announces only keys that end with "${suffix}", and log files end with .json.gz`;
    return failure('notification-suffix', detail, `Set the suffix to .json.gz ${console}.`);
  }
  if (suffix === '') {
    const detail = `${where} announces whatever is written below "${prefix}", log files or not`;
    return warning('notification-suffix-missing', detail, `Set the suffix to .json.gz ${console}.`);
  }
  return ok(`new keys that begin with "${prefix}" and end with "${suffix}" are announced to the queue`);
}

/** Through a topic or EventBridge, into which the role cannot look: the messages tell. */
function roundabout({ found }: SourceLook, bucket: string, others: readonly string[]): Finding {
  const policy = found.attributes?.policy ?? '';
  const isExpected = /"(?:sns|events)\.amazonaws\.com/.test(policy);
  if (others.length > 0 || isExpected) {
    return notVerifiable(
      'announced-through-others',
      `the bucket does not announce to the queue itself; ${others.length > 0 ? `it tells ${others.join(', ')}` : "the queue's policy lets SNS or EventBridge send"}`,
      'Look at the subscription of the topic, or at the rule and its target; a message in the queue proves them.',
    );
  }
  return failure(
    'not-announced',
    `s3://${bucket} announces nothing to the queue, nor to a topic or to EventBridge`,
    `Let the bucket announce s3:ObjectCreated:* with prefix AWSLogs/ and suffix .json.gz to the queue (parameter Announcement of infra/aws/connector.yaml; ${bucket} > Properties > Event notifications).`,
  );
}
