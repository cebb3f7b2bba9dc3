import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateStack } from '../cloudFormation/stack.ts';
import { readTemplate } from '../cloudFormation/template.ts';
import { addRole } from './members.ts';
import type { World } from './world.ts';

const folder = join(import.meta.dirname, '../../../infra/aws');

/** Makes in the world what a template of `infra/aws` makes in an account: roles, queues with their policies, identity providers. */
export function addStack(
  world: World,
  file: string,
  account: string,
  parameters: Readonly<Record<string, string>>,
): void {
  const template = readTemplate(readFileSync(join(folder, file), 'utf8'));
  const place = { account, region: world.region, partition: 'aws', urlSuffix: 'amazonaws.com' };
  const { resources } = evaluateStack(template, parameters, place);
  for (const { type, properties } of resources.values()) {
    if (type === 'AWS::SQS::Queue') {
      const name = String(properties['QueueName']);
      const url = `https://sqs.${world.region}.amazonaws.com/${account}/${name}`;
      world.queues.set(url, { arn: `arn:aws:sqs:${world.region}:${account}:${name}`, url, name, account });
    } else if (type === 'AWS::IAM::OIDCProvider') {
      const clientIds = [...(properties['ClientIdList'] as readonly string[])];
      world.oidcProviders.push({ account, url: String(properties['Url']), clientIds });
    } else if (type === 'AWS::IAM::Role' && typeof properties['RoleName'] === 'string') {
      const trust = properties['AssumeRolePolicyDocument'];
      const [policy] = properties['Policies'] as ReadonlyArray<{ readonly PolicyDocument: unknown }>;
      addRole(
        world,
        `arn:aws:iam::${account}:role/${properties['RoleName']}`,
        typeof trust === 'string' ? JSON.parse(trust) : trust,
        policy?.PolicyDocument,
      );
    }
  }
  for (const { type, properties } of resources.values()) {
    if (type !== 'AWS::CloudFormation::CustomResource' || properties['QueueArn'] === undefined) continue;
    // What the template's function would do to the bucket.
    const bucket = world.buckets.get(String(properties['Bucket']));
    if (bucket === undefined) continue;
    const [target, prefix, suffix] = [properties['QueueArn'], properties['Prefix'], properties['Suffix']].map(String);
    bucket.notifications = [
      { target: target ?? '', event: 's3:ObjectCreated:*', prefix: prefix ?? '', suffix: suffix ?? '' },
    ];
  }
  // Their queues are there by now.
  for (const { type, properties } of resources.values()) {
    if (type !== 'AWS::SQS::QueuePolicy') continue;
    for (const url of properties['Queues'] as readonly string[])
      world.setQueuePolicy(url, properties['PolicyDocument']);
  }
}
