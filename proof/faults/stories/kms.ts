import { expectAllThereOnce, inStoryWorld } from './inStoryWorld.ts';
import { hourMs, minuteMs, type Story } from './story.ts';
import type { StoryWorld } from './storyWorld.ts';

const otherBucket = 'another-trail-bucket';
/** The first messages spend receives of their own before the bucket's circuit opens; the others go on for days. */
const deniedHours = 12;
const maxReceiveCount = 10;

/** One bucket's key is denied for half a day: the other bucket goes on as if nothing were, and nothing is dead-lettered. */
export const kms: Story = {
  summary: 'KMS denies one of two buckets for twelve hours, while the other one works',
  tell: () =>
    inStoryWorld(
      {
        ...{ seed: 'kms', maxReceiveCount, mostRecords: 20_000 },
        settings: { ALLOWED_BUCKETS: `example-cloudtrail-logs,${otherBucket}` },
      },
      async (world, expect) => {
        const { aws, ingestion } = world.clouds;
        const began = world.clock.now();
        const { permit, put } = addDeniedBucket(world);
        let fedUpTo = began;
        const open: string[] = [];
        const feed = async (): Promise<void> => {
          for (; fedUpTo <= world.clock.now(); fedUpTo += 10 * minuteMs) {
            const file = world.makeFile(3);
            open.push(...file.ids);
            await world.deliver(file);
            put(world);
          }
        };
        await world.drainWhile(async () => {
          await feed();
          return world.clock.now() < began + deniedHours * hourMs;
        }, minuteMs);
        const hasWorkingBucket = await world.deliveries.hasAll(open.slice(0, -30));
        const mostReceives = world.mostReceives();
        const requests = aws.stats().failures['s3:GetObject:AccessDenied'] ?? 0;
        expect(hasWorkingBucket, 'the working bucket was held up by the denied one');
        expect(aws.stats().deadLetters === 0, 'messages went to the dead-letter queue');
        expect(mostReceives < maxReceiveCount, `a message was received ${mostReceives} times during the denial`);
        permit();
        const permittedAt = world.clock.now();
        await world.drainWhile(() => !world.isQueueEmpty() && world.clock.now() < permittedAt + 13 * hourMs, minuteMs);
        return {
          'hours of denial': deniedHours,
          'refused reads': requests,
          'most receives of one message': mostReceives,
          'dead letters': aws.stats().deadLetters,
          'hours until all had arrived': Math.round(((world.clock.now() - permittedAt) / hourMs) * 10) / 10,
          'rows in the table': ingestion.stats().rows,
          ...(await expectAllThereOnce(world, expect)),
        };
      },
    ),
};

/** The bucket is encrypted with a key whose policy leaves all to IAM, and the role's policy does not name the key. */
function addDeniedBucket({ clouds: { aws } }: StoryWorld) {
  const bucket = aws.addBucket(otherBucket);
  const queueArn = aws.world.queues.get(aws.queueUrl)?.arn ?? '';
  const kmsKeyArn = 'arn:aws:kms:eu-central-1:222222222222:key/0b1e5c1d-7a3f-4c52-9d0e-5f6a7b8c9d0e';
  const root = { AWS: 'arn:aws:iam::222222222222:root' };
  aws.world.setKeyPolicy(kmsKeyArn, policy({ Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }));
  const found = aws.world.buckets.get(otherBucket);
  if (found !== undefined) found.kmsKeyArn = kmsKeyArn;
  const names = [aws.bucket, otherBucket];
  const permissions = [
    {
      Effect: 'Allow',
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      Resource: queueArn,
    },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: names.map((name) => `arn:aws:s3:::${name}/AWSLogs/*`) },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: names.map((name) => `arn:aws:s3:::${name}`) },
  ];
  aws.world.setPermissions(aws.roleArn, policy(...permissions));
  return {
    permit: () =>
      aws.world.setPermissions(
        aws.roleArn,
        policy(...permissions, { Effect: 'Allow', Action: 'kms:Decrypt', Resource: kmsKeyArn }),
      ),
    put: (world: StoryWorld): void => {
      const file = world.makeFile(3);
      bucket.putLogFile(file.key, file.gzip);
      world.announce(otherBucket, file.key);
    },
  };
}

function policy(...statements: unknown[]): unknown {
  return { Version: '2012-10-17', Statement: statements };
}
