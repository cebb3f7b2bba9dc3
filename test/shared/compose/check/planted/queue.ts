import { gzipSync } from 'node:zlib';
import { openStorage } from '../../../../../shared/azure/storage/account.ts';
import type { StorageAccount } from '../../../../../shared/azure/storage/accountValues.ts';
import { failedEntriesIn } from '../../../../../shared/compose/state.ts';
import { systemClock } from '../../../../../shared/kit/systemClock.ts';
import { ConnectorError } from '../../../../../shared/words/errors.ts';
import { announcement, type CheckScene } from '../scene.ts';
import { type Mistake, told, without } from './mistake.ts';

const deny = (action: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: action, Resource: '*' }],
});

const attributes =
  (changed: Readonly<Record<string, string>>, name: 'queue' | 'dlq' = 'queue'): Mistake['plant'] =>
  async (scene) => {
    await scene.queueAttributes(changed, name);
    return undefined;
  };

const redrive = (maxReceiveCount: number): string =>
  JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:222222222222:cloudtrail-notifications-dlq',
    maxReceiveCount,
  });

function storageOf({ storage: { connectionString } }: CheckScene['clouds']): StorageAccount {
  return { kind: 'connection-string', connectionString };
}

const message =
  (bodies: (bucket: string) => readonly string[]): Mistake['plant'] =>
  (scene) => {
    scene.clouds.aws.purgeQueue();
    scene.announce(bodies(scene.clouds.aws.bucket));
    return undefined;
  };

export const queueMistakes: readonly Mistake[] = [
  {
    ...{ name: 'there is no such queue', link: 'queue', cause: 'queue-not-found', remedy: /SQS_QUEUE_URL/ },
    plant: told({ SQS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/222222222222/another' }),
  },
  {
    ...{
      name: 'the queue is in another region',
      link: 'queue',
      cause: 'queue-not-found',
      remedy: /region in SQS_QUEUE_URL/,
    },
    plant: told({ SQS_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/222222222222/cloudtrail-notifications' }),
  },
  {
    ...{ name: 'no sqs:GetQueueAttributes', link: 'queue', cause: 'queue-denied', remedy: /sqs:GetQueueAttributes/ },
    plant: without('sqs:GetQueueAttributes'),
  },
  {
    ...{ name: "the queue's policy denies", link: 'queue', cause: 'queue-denied', remedy: /queue's policy/ },
    plant: ({ clouds: { aws } }) => void aws.world.setQueuePolicy(aws.queueUrl, deny('sqs:*')),
  },
  {
    ...{
      name: 'no dead-letter queue',
      link: 'dead-letter queue',
      cause: 'dead-letter-queue-missing',
      remedy: /RedrivePolicy/,
    },
    plant: attributes({ RedrivePolicy: '' }),
  },
  {
    ...{
      name: 'one receive only',
      link: 'queue: set-up',
      cause: 'receive-count-low',
      remedy: /maxReceiveCount\\*":\\*"10/,
    },
    plant: attributes({ RedrivePolicy: redrive(1) }),
  },
  {
    ...{
      name: 'messages are forgotten in an hour',
      link: 'queue: set-up',
      cause: 'retention-short',
      status: 'warning',
    },
    remedy: /1209600/,
    plant: attributes({ MessageRetentionPeriod: '3600' }),
  },
  {
    ...{ name: 'messages come back at once', link: 'queue: set-up', cause: 'visibility-short', status: 'warning' },
    remedy: /VisibilityTimeout/,
    plant: attributes({ VisibilityTimeout: '0' }),
  },
  {
    ...{ name: 'nobody may send to the queue', link: 'queue: policy', cause: 'queue-policy-missing' },
    remedy: /"Service":"s3\.amazonaws\.com"/,
    plant: attributes({ Policy: JSON.stringify(deny('sqs:DeleteQueue')) }),
  },
  {
    ...{ name: 'another bucket may send to the queue', link: 'queue: policy', cause: 'queue-policy-source' },
    remedy: /arn:aws:s3:::example-cloudtrail-logs/,
    plant: attributes({
      Policy: JSON.stringify({
        Statement: [
          {
            ...{
              Effect: 'Allow',
              Principal: { Service: 's3.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: '*',
            },
            Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::another' } },
          },
        ],
      }),
    }),
  },
  {
    ...{ name: 'dead letters are forgotten sooner', link: 'dead-letter queue', cause: 'dead-letter-retention-short' },
    ...{ status: 'warning', remedy: /1209600/ },
    plant: attributes({ MessageRetentionPeriod: '86400' }, 'dlq'),
  },
  {
    ...{ name: 'the dead-letter queue may not be looked at', link: 'dead-letter queue' },
    ...{ cause: 'dead-letter-queue-not-told', status: 'not-verifiable', remedy: /CheckDeadLetterQueue/ },
    plant: (scene) =>
      scene.changePolicy('reader', (text) =>
        text.replace(/"Resource":"([^"]*)-dlq"/, '"Resource":"$1-other"'),
      ) as undefined,
  },
  {
    ...{ name: 'no sqs:DeleteMessage', link: 'queue: settling', cause: 'queue-denied', remedy: /sqs:DeleteMessage/ },
    plant: without('sqs:DeleteMessage'),
  },
  {
    ...{ name: 'no sqs:ChangeMessageVisibility', link: 'queue: settling', cause: 'queue-denied' },
    remedy: /sqs:ChangeMessageVisibility/,
    plant: without('sqs:ChangeMessageVisibility'),
  },
  {
    ...{ name: 'no sqs:ReceiveMessage', link: 'queue: messages', cause: 'queue-denied', remedy: /sqs:ReceiveMessage/ },
    plant: without('sqs:ReceiveMessage'),
  },
  {
    ...{
      name: "KMS denies the queue's key",
      link: 'queue: messages',
      cause: 'queue-kms-denied',
      remedy: /kms:Decrypt/,
    },
    plant: ({ clouds }) => {
      const action = { kind: 'answer', status: 400, code: 'KmsAccessDenied' } as const;
      clouds.aws.faults.add({ service: 'sqs', operation: 'ReceiveMessage', action });
      return undefined;
    },
  },
  {
    ...{
      name: "the queue's key is disabled",
      link: 'queue: messages',
      cause: 'queue-kms-denied',
      remedy: /Enable the queue/,
    },
    plant: ({ clouds }) => {
      const action = { kind: 'answer', status: 400, code: 'KmsDisabled' } as const;
      clouds.aws.faults.add({ service: 'sqs', operation: 'ReceiveMessage', action });
      return undefined;
    },
  },
  {
    ...{ name: 'a message that fails again and again', link: 'queue: messages', cause: 'message-nearly-spent' },
    ...{ status: 'warning', remedy: /replay -- --list/ },
    plant: async (scene) => {
      await scene.queueAttributes({ RedrivePolicy: redrive(5) });
      await scene.receiveOften(2);
      return undefined;
    },
  },
  {
    ...{ name: 'a message that comes back has few receives left', link: 'queue: messages', cause: 'sample-not-taken' },
    ...{ status: 'warning', remedy: /replay -- --list/ },
    plant: async ({ clouds }) => {
      const failed = failedEntriesIn(openStorage(storageOf(clouds), { clock: systemClock }), systemClock);
      const evidence = { id: 'one', body: '{}', receiveCount: 7, entry: 'one' };
      const error = new ConnectorError('object-denied', 'refused');
      const kept = await failed.recordDelivery('default', evidence, { owner: 'object', error }, []);
      return { undo: async () => failed.closeFailed(kept?.id ?? '') };
    },
  },
  {
    ...{ name: 'messages of somebody else', link: 'queue: messages', cause: 'notification-unknown', remedy: /./ },
    plant: message(() => ['{"order":4711}']),
  },
  {
    ...{ name: 'a bucket that is not allowed', link: 'queue: messages', cause: 'bucket-not-allowed' },
    remedy: /ALLOWED_BUCKETS/,
    plant: message(() => [announcement('another-bucket', 'AWSLogs/222222222222/CloudTrail/x.json.gz')]),
  },
  {
    ...{ name: 'somebody else drains the queue', link: 'queue: only reader', cause: 'drained-by-others' },
    ...{ status: 'warning', remedy: /SNS topic/ },
    plant: async ({ clouds: { aws }, key }) => {
      const unseen = key.replace('Ab3dE6gH8jK0lMn2', 'Xx3dE6gH8jK0lMn2');
      await aws.putLogFile(unseen, gzipSync('{"Records":[]}'));
      aws.purgeQueue();
      return { undo: async () => aws.deleteLogFile(unseen) };
    },
  },
  {
    ...{ name: 'only digests are announced', link: 'queue: messages', cause: 'no-log-files-announced' },
    remedy: /suffix \.json\.gz/,
    plant: message((bucket) => [
      announcement(
        bucket,
        'AWSLogs/222222222222/CloudTrail-Digest/eu-central-1/2026/11/01/222222222222_CloudTrail-Digest_eu-central-1_t_eu-central-1_20261101T000500Z.json.gz',
      ),
    ]),
  },
];
