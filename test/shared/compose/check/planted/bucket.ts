import type { Bucket, Trail } from '../../../../../local/aws/scene/world.ts';
import { announcement, type CheckScene } from '../scene.ts';
import { type Mistake, told, without } from './mistake.ts';

const bucketLink = 'bucket example-cloudtrail-logs';
const notificationLink = 'notification of example-cloudtrail-logs';

function bucketOf({ clouds: { aws } }: CheckScene): Bucket {
  const found = aws.world.buckets.get(aws.bucket);
  if (found === undefined) throw new Error('the scene has lost its bucket');
  return found;
}

const announces =
  (changed: Partial<NonNullable<Bucket['notifications']>[number]>): Mistake['plant'] =>
  (scene) => {
    const bucket = bucketOf(scene);
    bucket.notifications = (bucket.notifications ?? []).map((one) => ({ ...one, ...changed }));
    return undefined;
  };

const trail =
  (changed: Partial<Trail>): Mistake['plant'] =>
  ({ clouds }) => {
    for (const one of clouds.aws.world.trails) Object.assign(one, changed);
    return undefined;
  };

const keyPolicy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });

/** The bucket is encrypted with a key that the role may use, unless its policy or state is changed. */
const encrypted =
  (state: 'enabled' | 'disabled' | 'pending-deletion', ...statements: object[]): Mistake['plant'] =>
  (scene) => {
    const { world, roleArn } = scene.clouds.aws;
    const arn = 'arn:aws:kms:eu-central-1:222222222222:key/0b1e5c1d-7a3f-4c52-9d0e-5f6a7b8c9d0e';
    const usable = { Effect: 'Allow', Principal: { AWS: roleArn }, Action: 'kms:Decrypt', Resource: '*' };
    world.setKeyPolicy(arn, keyPolicy(...(statements.length > 0 ? statements : [usable])));
    const key = world.kmsKeys.get(arn);
    if (key !== undefined) key.state = state;
    bucketOf(scene).kmsKeyArn = arn;
    return undefined;
  };

const dataEvents = (...more: object[]) => [
  { Name: 'Management', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
  {
    Name: 'S3',
    FieldSelectors: [
      { Field: 'eventCategory', Equals: ['Data'] },
      { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
      ...more,
    ],
  },
];

export const bucketMistakes: readonly Mistake[] = [
  {
    ...{ name: 'the bucket is gone', link: bucketLink, cause: 'bucket-not-found', remedy: /ALLOWED_BUCKETS/ },
    plant: ({ clouds: { aws } }) => void aws.world.buckets.delete(aws.bucket),
  },
  {
    ...{ name: 'a bucket that is not there', link: 'bucket another-bucket', cause: 'bucket-not-found' },
    remedy: /another-bucket in ALLOWED_BUCKETS/,
    plant: async (scene) => {
      await scene.queueAttributes({
        Policy: JSON.stringify({
          Statement: [
            { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' },
          ],
        }),
      });
      return { settings: { ALLOWED_BUCKETS: 'another-bucket' } };
    },
  },
  {
    ...{ name: 'no s3:ListBucket', link: bucketLink, cause: 'bucket-list-denied', status: 'warning' },
    remedy: /s3:ListBucket/,
    plant: without('s3:ListBucket'),
  },
  {
    ...{ name: 'no log files in the bucket', link: bucketLink, cause: 'no-log-files', status: 'warning' },
    remedy: /15 minutes/,
    plant: (scene) => {
      scene.clouds.aws.deleteLogFile(scene.key);
      return undefined;
    },
  },
  {
    ...{ name: 'the trail is stopped', link: 'trail', cause: 'trail-stopped', remedy: /start-logging/ },
    plant: trail({ isLogging: false }),
  },
  {
    ...{
      name: 'the trail cannot deliver',
      link: 'trail',
      cause: 'trail-delivery-error',
      remedy: /cloudtrail\.amazonaws\.com/,
    },
    plant: trail({ deliveryError: 'AccessDenied' }),
  },
  {
    ...{ name: 'no log file validation', link: 'trail', cause: 'validation-off', status: 'warning' },
    remedy: /--enable-log-file-validation/,
    plant: trail({ validated: false }),
  },
  {
    ...{ name: 'one region only', link: 'trail', cause: 'trail-one-region', status: 'warning' },
    remedy: /--is-multi-region-trail/,
    plant: trail({ multiRegion: false }),
  },
  {
    ...{ name: 'trails may not be looked at', link: 'trail', cause: 'trail-not-told', status: 'not-verifiable' },
    remedy: /cloudtrail:DescribeTrails/,
    plant: (scene) =>
      scene.changePolicy('reader', (text) =>
        text.replace('"cloudtrail:DescribeTrails"', '"cloudtrail:ListTags"'),
      ) as undefined,
  },
  {
    ...{ name: 'a trail of another bucket', link: 'trail', cause: 'no-trail-seen', status: 'not-verifiable' },
    remedy: /another account/,
    plant: trail({ bucket: 'another' }),
  },
  {
    ...{ name: 'the trail records its own bucket', link: 'event selectors', cause: 'feedback-loop', status: 'warning' },
    remedy: /NotStartsWith/,
    plant: trail({ selectors: dataEvents() }),
  },
  {
    ...{ name: 'no management events', link: 'event selectors', cause: 'no-management-events', status: 'warning' },
    remedy: /management events/,
    plant: trail({
      selectors: dataEvents({
        Field: 'resources.ARN',
        NotStartsWith: ['arn:aws:s3:::example-cloudtrail-logs/'],
      }).slice(1),
    }),
  },
  {
    ...{
      name: 'the wrong prefix',
      link: notificationLink,
      cause: 'notification-prefix',
      remedy: /prefix to AWSLogs\//,
    },
    plant: announces({ prefix: 'cloudtrail/' }),
  },
  {
    ...{ name: "the digests' prefix", link: notificationLink, cause: 'notification-prefix', remedy: /AWSLogs\// },
    plant: announces({ prefix: 'AWSLogs/222222222222/CloudTrail-Digest/' }),
  },
  {
    ...{ name: 'the wrong suffix', link: notificationLink, cause: 'notification-suffix', remedy: /\.json\.gz/ },
    plant: announces({ suffix: '.json' }),
  },
  {
    ...{ name: 'no suffix', link: notificationLink, cause: 'notification-suffix-missing', status: 'warning' },
    remedy: /suffix to \.json\.gz/,
    plant: announces({ suffix: '' }),
  },
  {
    ...{ name: 'only removals are announced', link: notificationLink, cause: 'notification-event' },
    remedy: /s3:ObjectCreated:\*/,
    plant: announces({ event: 's3:ObjectRemoved:*' }),
  },
  {
    ...{ name: 'another queue is told', link: notificationLink, cause: 'not-announced', remedy: /AWSLogs\// },
    plant: announces({ target: 'arn:aws:sqs:eu-central-1:222222222222:another' }),
  },
  {
    ...{ name: 'only EventBridge is told', link: notificationLink, cause: 'announced-through-others' },
    ...{ status: 'not-verifiable', remedy: /rule and its target/ },
    plant: (scene) => {
      Object.assign(bucketOf(scene), { notifications: [], tellsEventBridge: true });
      return undefined;
    },
  },
  {
    ...{ name: 'no s3:GetBucketNotification', link: notificationLink, cause: 'notification-not-told' },
    ...{ status: 'not-verifiable', remedy: /CheckAnnouncement/ },
    plant: without('s3:GetBucketNotification'),
  },
  {
    ...{ name: 'no s3:GetObject', link: 'log file', cause: 'object-denied', remedy: /s3:GetObject/ },
    plant: without('s3:GetObject'),
  },
  {
    ...{ name: "the bucket's policy denies", link: 'log file', cause: 'object-denied', remedy: /bucket's policy/ },
    plant: ({ clouds: { aws } }) =>
      void aws.world.setBucketPolicy(
        aws.bucket,
        keyPolicy({ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: '*' }),
      ),
  },
  {
    ...{ name: "KMS denies the log files' key", link: 'log file', cause: 'object-kms-denied', remedy: /kms:Decrypt/ },
    plant: ({ clouds }) => void clouds.aws.break('kms'),
  },
  {
    ...{
      name: "the log files' key is disabled",
      link: 'log file',
      cause: 'object-kms-unusable',
      remedy: /Enable the KMS key/,
    },
    plant: (scene) => {
      scene.changePolicy('reader', (text) =>
        text
          .replace('"s3:GetObject"', '"kms:Decrypt","s3:GetObject"')
          .replaceAll(/"Resource":"arn:aws:s3:::example-cloudtrail-logs\/AWSLogs\/\*"/g, '"Resource":"*"'),
      );
      return encrypted('disabled')(scene);
    },
  },
  {
    ...{ name: 'the log files are archived', link: 'log file', cause: 'object-archived', remedy: /Restore/ },
    plant: ({ clouds }) => {
      const action = { kind: 'answer', status: 403, code: 'InvalidObjectState' } as const;
      clouds.aws.faults.add({ service: 's3', operation: 'GetObject', action });
      return undefined;
    },
  },
  {
    ...{ name: 'the announced log file is gone', link: 'log file', cause: 'object-not-found', remedy: /lifecycle/ },
    plant: async (scene) => {
      const { aws } = scene.clouds;
      aws.purgeQueue();
      scene.announce([announcement(aws.bucket, scene.key.replace('Ab3dE6gH8jK0lMn2', 'Zz3dE6gH8jK0lMn2'))]);
      return undefined;
    },
  },
  {
    ...{
      name: 'log files that are not compressed',
      link: 'log file',
      cause: 'gzip-invalid',
      remedy: /gzip|compresses/,
    },
    plant: async (scene) => {
      await scene.clouds.aws.putLogFile(scene.key, Buffer.from('{"Records":[]}'));
      return undefined;
    },
  },
  {
    ...{ name: 'S3 is out of reach', link: bucketLink, cause: 'object-store-unavailable', remedy: /HTTPS/ },
    plant: ({ clouds }) => {
      clouds.aws.faults.add({ service: 's3', action: { kind: 'reset' } });
      return undefined;
    },
  },
  {
    ...{ name: 'AWS is out of reach', link: 'hub role', cause: 'sts-unavailable', remedy: /HTTPS/ },
    plant: told({ AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }),
  },
];
