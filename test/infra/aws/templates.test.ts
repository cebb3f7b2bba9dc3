import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateStack, type StackPlace } from '../../../local/aws/cloudFormation/stack.ts';
import { readTemplate, type Template } from '../../../local/aws/cloudFormation/template.ts';
import { readPolicy } from '../../../local/aws/trust/iam/policy.ts';
import { problemsOfStack } from './serviceSpec.ts';

const folder = join(import.meta.dirname, '../../../infra/aws');
const templateOf = (name: string): Template => readTemplate(readFileSync(join(folder, name), 'utf8'));
const connector = templateOf('connector.yaml');
const hub = templateOf('hub.yaml');

const place: StackPlace = {
  account: '222222222222',
  region: 'eu-central-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
};
const usual = {
  WorkspaceId: '8ecf8077-cf51-4820-aadd-14040956f35d',
  ConnectorPrincipalArn: 'arn:aws:iam::111111111111:role/sentinel-connector-hub',
  BucketName: 'example-cloudtrail-logs',
};
const existingQueue = 'arn:aws:sqs:eu-central-1:222222222222:theirs';
const topic = 'arn:aws:sns:eu-central-1:222222222222:trail';
const key = 'arn:aws:kms:eu-central-1:222222222222:key/0b1e5c1d-7a3f-4c52-9d0e-5f6a7b8c9d0e';

/** Every way of wiring, each with what it must make and must not make. */
const variants: ReadonlyArray<
  readonly [name: string, parameters: Record<string, string>, makes: readonly string[], leavesOut: readonly string[]]
> = [
  ['an existing bucket by S3', {}, ['Queue', 'ExistingBucketNotification'], ['Bucket', 'Trail', 'Rule', 'Topic']],
  [
    'an existing bucket by SNS',
    { Announcement: 'SNS', ExistingTopicArn: topic },
    ['Subscription'],
    ['ExistingBucketNotification', 'Topic'],
  ],
  ['an existing bucket by EventBridge', { Announcement: 'EventBridge' }, ['Rule', 'ExistingBucketNotification'], []],
  [
    "another account's bucket by EventBridge",
    { Announcement: 'EventBridge', BucketAccountId: '333333333333' },
    ['Rule'],
    ['ExistingBucketNotification'],
  ],
  ['an existing bucket wired by hand', { Announcement: 'None' }, ['Queue'], ['ExistingBucketNotification', 'Rule']],
  [
    'an existing queue',
    { ExistingQueueArn: existingQueue, QueueKeyArn: key, LogKeyArn: key },
    ['ReaderRole'],
    ['Queue', 'QueuePolicy', 'DeadLetterQueue', 'ExistingBucketNotification'],
  ],
  [
    'a new trail',
    { Logs: 'NewTrail' },
    ['Trail', 'Bucket', 'BucketPolicy', 'Queue'],
    ['LogKey', 'NotificationFunction'],
  ],
  [
    'a new trail with everything',
    {
      Logs: 'NewTrail',
      EncryptWithOwnKey: 'true',
      OrganizationId: 'o-exampleorgid',
      LogPrefix: 'audit/all',
      S3DataEvents: 'true',
      LambdaDataEvents: 'true',
      DynamoDbDataEvents: 'true',
      Insights: 'true',
      NetworkActivityEvents: 'ec2.amazonaws.com,kms.amazonaws.com',
      ManagementEvents: 'WriteOnly',
      PermissionsBoundaryArn: 'arn:aws:iam::222222222222:policy/boundary',
    },
    ['Trail', 'LogKey'],
    ['Topic'],
  ],
  ['a new trail by SNS', { Logs: 'NewTrail', Announcement: 'SNS' }, ['Topic', 'TopicPolicy', 'Subscription'], []],
  ['a new trail by EventBridge', { Logs: 'NewTrail', Announcement: 'EventBridge' }, ['Rule'], ['NotificationFunction']],
  ['Control Tower', { LogPrefix: 'o-exampleorgid' }, ['ReaderRole'], ['Trail']],
];

describe('connector.yaml', () => {
  it.each(variants)(
    'makes what %s needs and nothing else, in resources as CloudFormation knows them',
    async (...variant) => {
      const [, parameters, makes, leavesOut] = variant;

      const stack = evaluateStack(connector, { ...usual, ...parameters }, place);

      const made = [...stack.resources.keys()];
      expect(made).toEqual(expect.arrayContaining([...makes]));
      expect(made.filter((id) => leavesOut.includes(id))).toEqual([]);
      expect(await problemsOfStack(stack)).toEqual([]);
    },
  );

  it.each(variants)('has policies that IAM reads: %s', (_, parameters) => {
    const { resources } = evaluateStack(connector, { ...usual, ...parameters }, place);

    for (const [id, { type, properties }] of resources) {
      if (type === 'AWS::IAM::Role') {
        for (const { PolicyDocument } of properties['Policies'] as ReadonlyArray<{ PolicyDocument: unknown }>) {
          expect(() => readPolicy('identity', id, PolicyDocument)).not.toThrow();
        }
      }
      if (['AWS::SQS::QueuePolicy', 'AWS::S3::BucketPolicy', 'AWS::SNS::TopicPolicy'].includes(type)) {
        expect(() => readPolicy('resource', id, properties['PolicyDocument'])).not.toThrow();
      }
    }
    expect(resources.size).toBeGreaterThan(1);
  });

  it.each([
    ['aws', 'amazonaws.com', 'eu-central-1'],
    ['aws-us-gov', 'amazonaws.com', 'us-gov-west-1'],
    ['aws-cn', 'amazonaws.com.cn', 'cn-north-1'],
    ['aws-eusc', 'amazonaws.eu', 'eusc-de-east-1'],
  ])('names the partition %s and no account of ours anywhere', (partition, urlSuffix, region) => {
    const principal = `arn:${partition}:iam::111111111111:role/hub`;
    const stack = evaluateStack(
      connector,
      { ...usual, ConnectorPrincipalArn: principal, Logs: 'NewTrail', EncryptWithOwnKey: 'true' },
      { account: '444444444444', partition, urlSuffix, region },
    );

    const text = JSON.stringify([...stack.resources]);
    const arns = text.match(/arn:[a-z-]+:/g) ?? [];
    expect(new Set(arns)).toEqual(new Set([`arn:${partition}:`]));
    expect(new Set(text.match(/\b\d{12}\b/g))).toEqual(new Set(['111111111111', '444444444444']));
    expect(stack.outputs['SqsQueueUrl']).toBe(
      `https://sqs.${region}.${urlSuffix}/444444444444/cloudtrail-notifications`,
    );
  });

  it('prints the settings to paste', () => {
    const { outputs } = evaluateStack(connector, { ...usual, ExistingQueueArn: existingQueue }, place);

    expect(String(outputs['ApplicationSettings']).split('\n')).toEqual([
      `WORKSPACE_ID=${usual.WorkspaceId}`,
      'AWS_ROLE_ARN=arn:aws:iam::222222222222:role/sentinel-cloudtrail-reader',
      'SQS_QUEUE_URL=https://sqs.eu-central-1.amazonaws.com/222222222222/theirs',
      'ALLOWED_BUCKETS=example-cloudtrail-logs',
    ]);
  });

  it.each([
    [{ WorkspaceId: 'my-workspace' }, /WorkspaceId must be the workspace ID/],
    [{ ConnectorPrincipalArn: '111111111111' }, /ConnectorPrincipalArn must be the ARN/],
    [{ ExistingQueueArn: `${existingQueue}.fifo` }, /ExistingQueueArn must be the ARN of a standard queue/],
    [{ LogPrefix: 'audit/' }, /LogPrefix must neither begin nor end with a slash/],
    [{ Announcement: 'SNS' }, /ExistingTopicArn must name the topic/],
    [{ BucketAccountId: '333333333333' }, /only its own account may do/],
    [{ Logs: 'NewTrail', ManagementEvents: 'None' }, /would log nothing/],
    [{ Logs: 'NewTrail', Insights: 'true', ManagementEvents: 'None', S3DataEvents: 'true' }, /drawn from management/],
    [{ KeepLogFilesDays: '3' }, /KeepLogFilesDays must be a number of at least 30/],
    [{ BucketNam: 'x' }, /BucketNam is not a parameter/],
  ])('refuses %o with a sentence', (parameters, sentence) => {
    expect(() => evaluateStack(connector, { ...usual, ...(parameters as Record<string, string>) }, place)).toThrow(
      sentence,
    );
  });

  it('keeps the log bucket out of the S3 data events', () => {
    const { resources } = evaluateStack(connector, { ...usual, Logs: 'NewTrail', S3DataEvents: 'true' }, place);

    expect(JSON.stringify(resources.get('Trail')?.properties['AdvancedEventSelectors'])).toContain(
      '"NotStartsWith":["arn:aws:s3:::example-cloudtrail-logs/"]',
    );
  });
});

describe('hub.yaml', () => {
  const parameters = {
    TenantId: '99999999-8888-7777-6666-555555555555',
    ManagedIdentityObjectId: '11111111-2222-3333-4444-555555555555',
    ReaderRoleArns: 'arn:aws:iam::222222222222:role/reader,arn:aws:iam::333333333333:role/reader',
  };

  it.each(['true', 'false'])(
    'pins audience and subject, and is as CloudFormation knows it (CreateProvider %s)',
    async (own) => {
      const stack = evaluateStack(hub, { ...parameters, CreateProvider: own }, { ...place, account: '111111111111' });

      const trust = JSON.parse(
        String(stack.resources.get('HubRole')?.properties['AssumeRolePolicyDocument']),
      ) as unknown;
      expect(() => readPolicy('trust', 'the hub role', trust)).not.toThrow();
      expect(trust).toMatchObject({
        Statement: [
          {
            Principal: {
              Federated: `arn:aws:iam::111111111111:oidc-provider/sts.windows.net/${parameters.TenantId}/`,
            },
            Condition: {
              StringEquals: {
                [`sts.windows.net/${parameters.TenantId}/:aud`]: 'api://cloudtrail-connector',
                [`sts.windows.net/${parameters.TenantId}/:sub`]: parameters.ManagedIdentityObjectId,
              },
            },
          },
        ],
      });
      expect(stack.resources.has('Provider')).toBe(own === 'true');
      expect(await problemsOfStack(stack)).toEqual([]);
    },
  );
});
