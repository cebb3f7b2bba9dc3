import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateStack } from '../../local/aws/cloudFormation/stack.ts';
import { readTemplate } from '../../local/aws/cloudFormation/template.ts';

/** Sample values, and the shell variables that stand for them in the commands. */
const samples = {
  ACCOUNT: '222222222222',
  REGION: 'eu-central-1',
  BUCKET: 'example-cloudtrail-logs',
  QUEUE: 'cloudtrail-notifications',
  HUB_ROLE: 'sentinel-connector-hub',
  READER_ROLE: 'sentinel-cloudtrail-reader',
  TENANT_ID: '5a1c3f7e-2b7d-4a58-9f0e-6d1b8c2e4f90',
  AUDIENCE: 'api://cloudtrail-connector',
  OBJECT_ID: '3d9f2c54-8e17-4b60-a2d5-71f0c9e8ab36',
  WORKSPACE_ID: '8ecf8077-cf51-4820-aadd-14040956f35d',
} as const;

/** docs/aws-commands.md: what both stacks make for an existing bucket that announces by S3, as commands. */
export function renderAwsCommands(): string {
  const reader = made('connector.yaml', {
    WorkspaceId: samples.WORKSPACE_ID,
    ConnectorPrincipalArn: `arn:aws:iam::${samples.ACCOUNT}:role/${samples.HUB_ROLE}`,
    BucketName: samples.BUCKET,
  });
  const hub = made('hub.yaml', {
    TenantId: samples.TENANT_ID,
    Audience: samples.AUDIENCE,
    ManagedIdentityObjectId: samples.OBJECT_ID,
    ReaderRoleArns: `arn:aws:iam::${samples.ACCOUNT}:role/${samples.READER_ROLE}`,
  });
  const { QueueName: _, ...queue } = reader('Queue');
  const notification = reader('ExistingBucketNotification');
  return [
    introduction,
    '```sh',
    ...Object.entries(samples).map(([name, value]) => `${name}=${value}`),
    '```',
    '',
    '## The queues',
    '',
    '```sh',
    ...file('dead-letter-queue.json', attributes(reader('DeadLetterQueue'))),
    'aws sqs create-queue --region "$REGION" --queue-name "$QUEUE-dlq" --attributes file://dead-letter-queue.json',
    '',
    ...file('queue.json', { ...attributes(queue), Policy: JSON.stringify(reader('QueuePolicy')['PolicyDocument']) }),
    'aws sqs create-queue --region "$REGION" --queue-name "$QUEUE" --attributes file://queue.json',
    '```',
    '',
    'You see the address of each queue; the second is the setting `SQS_QUEUE_URL`.',
    '',
    '## Who comes in',
    '',
    '```sh',
    'aws iam create-open-id-connect-provider --url "https://sts.windows.net/$TENANT_ID/" --client-id-list "$AUDIENCE"',
    '',
    ...role('hub', '$HUB_ROLE', hub('HubRole')),
    '```',
    '',
    'You see the ARN of the provider, then the role; its ARN is the setting `AWS_HUB_ROLE_ARN`. `EntityAlreadyExists`: your tenant has a provider',
    'here. Add the audience to it: `aws iam add-client-id-to-open-id-connect-provider`.',
    '',
    '## Who reads',
    '',
    '```sh',
    ...role('reader', '$READER_ROLE', reader('ReaderRole')),
    '```',
    '',
    'You see the role; its ARN is the setting `AWS_ROLE_ARN`, and the name of the bucket is `ALLOWED_BUCKETS`.',
    '',
    '## How log files are announced',
    '',
    'Beside what the bucket announces already. Keep `before.json` until the check says "connected".',
    '',
    '```sh',
    'aws s3api get-bucket-notification-configuration --bucket "$BUCKET" >before.json',
    ...file('ours.json', {
      Id: notification['Id'],
      QueueArn: notification['QueueArn'],
      Events: ['s3:ObjectCreated:*'],
      Filter: {
        Key: {
          FilterRules: [
            { Name: 'prefix', Value: notification['Prefix'] },
            { Name: 'suffix', Value: notification['Suffix'] },
          ],
        },
      },
    }),
    `jq -n 'input as $ours | (try input catch {}) | .QueueConfigurations = ([.QueueConfigurations[]? | select(.Id != $ours.Id)] + [$ours])' \\`,
    '  ours.json before.json >after.json',
    'aws s3api put-bucket-notification-configuration --bucket "$BUCKET" --notification-configuration file://after.json',
    '```',
    '',
    'You see nothing: S3 has sent its test event to the queue. A bucket with EventBridge or SNS needs another link here; `infra/aws/connector.yaml` has them.',
    '',
  ].join('\n');
}

type Properties = Readonly<Record<string, unknown>>;

function made(name: string, parameters: Readonly<Record<string, string>>): (id: string) => Properties {
  const text = readFileSync(join(import.meta.dirname, '../../infra/aws', name), 'utf8');
  const place = { account: samples.ACCOUNT, region: samples.REGION, partition: 'aws', urlSuffix: 'amazonaws.com' };
  const { resources } = evaluateStack(readTemplate(text), parameters, place);
  return (id) => {
    const found = resources.get(id);
    if (found === undefined) throw new RangeError(`${name} makes no ${id}`);
    return found.properties;
  };
}

/** SQS takes every attribute as text. */
function attributes({ QueueName: _, ...properties }: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
}

function role(short: string, name: string, properties: Properties): readonly string[] {
  const trust = properties['AssumeRolePolicyDocument'];
  const policies = properties['Policies'] as ReadonlyArray<{ PolicyName: string; PolicyDocument: unknown }>;
  return [
    ...file(`${short}-trust.json`, typeof trust === 'string' ? (JSON.parse(trust) as unknown) : trust),
    `aws iam create-role --role-name "${name}" --assume-role-policy-document file://${short}-trust.json`,
    ...policies.flatMap(({ PolicyName, PolicyDocument }) => [
      '',
      ...file(`${short}-policy.json`, PolicyDocument),
      `aws iam put-role-policy --role-name "${name}" --policy-name ${PolicyName} --policy-document file://${short}-policy.json`,
    ]),
  ];
}

/** A file written by the shell, which fills the variables in. */
function file(name: string, content: unknown): readonly string[] {
  // The shell leaves the strokes before quotes alone, and fills in what stands after a dollar sign.
  const text = Object.entries(samples).reduce(
    (json, [variable, value]) => json.replaceAll(value, `\${${variable}}`),
    JSON.stringify(content, undefined, 2),
  );
  return [`cat >${name} <<EOF`, text, 'EOF'];
}

const introduction = `# AWS without CloudFormation

<!-- Made from infra/aws by \`npm run generate\`: change the stacks. -->

The same as \`hub.yaml\` and \`connector.yaml\` make, for a bucket of this account that announces by itself. Needs the AWS CLI and \`jq\`. Set these
to your own values; the tenant, the audience, the object ID of the managed identity and the workspace ID are known from [the first steps](deploy.md).
In GovCloud and China replace \`arn:aws:\` too. Where log files or queue are encrypted with your own KMS key, add \`kms:Decrypt\` on it to the reader's policy;
where keys begin with a prefix, put it before \`AWSLogs/\`, both times.
`;
