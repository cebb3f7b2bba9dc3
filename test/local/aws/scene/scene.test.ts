import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BreakName, breakNames } from '../../../../local/aws/scene/breaks.ts';
import type { AwsCloud } from '../../../../local/aws/startAwsCloud.ts';
import { readerSession, refusalOf, s3Client, sqsClient, startCloud } from '../cloudFixture.ts';

let cloud: AwsCloud;

beforeAll(async () => {
  ({ cloud } = await startCloud());
  await cloud.putLogFile('AWSLogs/a', Buffer.from('x'));
});
afterAll(() => cloud.stop());

/** The connector's whole way, from token to bytes. */
async function walk(): Promise<void> {
  const keys = await readerSession(cloud);
  await sqsClient(cloud, keys).send(new ReceiveMessageCommand({ QueueUrl: cloud.queueUrl }));
  await s3Client(cloud, keys).send(new GetObjectCommand({ Bucket: cloud.bucket, Key: 'AWSLogs/a' }));
}

describe('breakScene', () => {
  const expected: Partial<Record<BreakName, { code: string; message: RegExp }>> = {
    'external-id': { code: 'AccessDenied', message: /sts:AssumeRole on resource/ },
    'target-trust': { code: 'AccessDenied', message: /sts:AssumeRole on resource/ },
    'hub-policy': { code: 'AccessDenied', message: /sts:AssumeRole on resource/ },
    audience: { code: 'InvalidIdentityToken', message: /Incorrect token audience/ },
    provider: { code: 'InvalidIdentityToken', message: /No OpenIDConnect provider found/ },
    subject: { code: 'AccessDenied', message: /Not authorized to perform sts:AssumeRoleWithWebIdentity/ },
    'sqs-receive': { code: 'AccessDenied', message: /sqs:receivemessage/ },
    's3-get': { code: 'AccessDenied', message: /s3:GetObject/ },
    kms: { code: 'AccessDenied', message: /kms:Decrypt/ },
  };

  it.each(Object.entries(expected))(
    '%s stops the connector as it would in AWS, and can be repaired',
    async (name, { code, message }) => {
      await walk();
      const repair = cloud.break(name as BreakName);
      const refusal = await refusalOf(walk());
      repair();
      expect(refusal).toMatchObject({ code, message: expect.stringMatching(message) });
      await walk();
    },
  );

  it('has a name for each', () => {
    expect(breakNames).toEqual(expect.arrayContaining([...Object.keys(expected), 'sqs-delete', 's3-list']));
  });
});

describe('startAwsCloud', () => {
  it('listens on loopback only', () => {
    expect(cloud.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('reads replaced documents as strictly as the first ones', () => {
    const misspelt = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sqs:Recieve', Resource: '*' } };
    expect(() => cloud.world.setPermissions(cloud.roleArn, misspelt)).toThrow('"sqs:Recieve" is not an action of sqs');
    expect(() => cloud.world.setTrust('arn:aws:iam::222222222222:role/none', {})).toThrow(
      'has no arn:aws:iam::222222222222:role/none',
    );
    expect(() => cloud.world.setQueuePolicy(cloud.queueUrl, misspelt)).toThrow('exactly one of Principal');
  });

  it('refuses a message larger than SQS takes', () => {
    expect(() => cloud.announce(['x'.repeat(1_048_577)])).toThrow('must not be larger than 1 MiB');
  });
});
