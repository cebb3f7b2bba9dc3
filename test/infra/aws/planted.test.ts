import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  evaluateStack,
  type Stack,
  type StackPlace,
  type StackResource,
} from '../../../local/aws/cloudFormation/stack.ts';
import { readTemplate, type Template } from '../../../local/aws/cloudFormation/template.ts';
import { problemsOfStack } from './serviceSpec.ts';

const text = readFileSync(join(import.meta.dirname, '../../../infra/aws/connector.yaml'), 'utf8');
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
const newTrail = { ...usual, Logs: 'NewTrail', EncryptWithOwnKey: 'true', Insights: 'true', S3DataEvents: 'true' };

/** Property names below these are IAM's or the service's own words, not CloudFormation's. */
const documents = new Set(['AssumeRolePolicyDocument', 'PolicyDocument', 'KeyPolicy', 'EventPattern', 'RedrivePolicy']);

/** Every place at which a property has a name, as the way to it. */
function* names(value: unknown, way: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* names(item, [...way, index]);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      yield [...way, name];
      if (!documents.has(name)) yield* names(item, [...way, name]);
    }
  }
}

/** The same properties, one of them with another name. */
function misspelt(
  properties: StackResource['properties'],
  way: readonly (string | number)[],
): StackResource['properties'] {
  const copy = structuredClone(properties) as Record<string | number, unknown>;
  let holder = copy;
  for (const step of way.slice(0, -1)) holder = holder[step] as Record<string | number, unknown>;
  const name = way.at(-1) ?? '';
  holder[`${name}s`] = holder[name];
  delete holder[name];
  return copy;
}

function planted(stack: Stack, id: string, properties: StackResource['properties']): Stack {
  const type = stack.resources.get(id)?.type ?? '';
  return { ...stack, resources: new Map([[id, { type, properties }]]) };
}

describe('the check of the templates', () => {
  it('catches every misspelt property of every resource', async () => {
    const uncaught: string[] = [];
    let plants = 0;
    for (const parameters of [usual, newTrail, { ...usual, Announcement: 'EventBridge' }]) {
      const stack = evaluateStack(readTemplate(text), parameters, place);
      for (const [id, { type, properties }] of stack.resources) {
        if (type === 'AWS::CloudFormation::CustomResource') continue;
        for (const way of names(properties)) {
          plants++;
          const problems = await problemsOfStack(planted(stack, id, misspelt(properties, way)));
          if (problems.length === 0) uncaught.push(`${id}.${way.join('.')}`);
        }
      }
    }
    expect(uncaught).toEqual([]);
    expect(plants).toBeGreaterThan(100);
  });

  it('catches every reference to what is not there', () => {
    const references = [...new Set(text.match(/!(?:Ref|GetAtt|Condition) '?[A-Za-z]{3,}(?!:)[A-Za-z.]*/g))];
    const topic = 'arn:aws:sns:eu-central-1:222222222222:trail';
    const key = 'arn:aws:kms:eu-central-1:222222222222:key/1';
    const variants = [
      { ...usual, LogKeyArn: key, PermissionsBoundaryArn: 'arn:aws:iam::222222222222:policy/boundary' },
      {
        ...newTrail,
        Announcement: 'SNS',
        OrganizationId: 'o-exampleorgid',
        LogPrefix: 'a',
        NetworkActivityEvents: 'a,b',
      },
      { ...usual, Announcement: 'EventBridge', BucketAccountId: '333333333333' },
      { ...usual, Announcement: 'SNS', ExistingTopicArn: topic, BucketAccountId: '333333333333' },
      { ...newTrail, ExistingQueueArn: 'arn:aws:sqs:eu-central-1:222222222222:theirs', QueueKeyArn: key },
      { ...newTrail, LambdaDataEvents: 'true', DynamoDbDataEvents: 'true', ManagementEvents: 'WriteOnly' },
    ];

    const uncaught = references.filter((reference) => {
      const broken = readTemplate(text.replaceAll(reference, reference.replace(/([A-Za-z]+)$/, '$1Misspelt')));
      return variants.every((parameters) => isEvaluated(broken, parameters));
    });

    expect(references.length).toBeGreaterThan(40);
    expect(uncaught).toEqual([]);
  });

  it.each([
    ['VisibilityTimeout: 180', 'VisibilityTimeout: soon', 'VisibilityTimeout must be a number'],
    ['SqsManagedSseEnabled: true', 'SqsManagedSseEnabled: perhaps', 'SqsManagedSseEnabled must be a boolean'],
    ['Queues: [!Ref Queue]', 'Queues: !Ref Queue', 'Queues must be a list'],
    ['Type: AWS::SQS::QueuePolicy', 'Type: AWS::SQS::Policy', 'there is no type AWS::SQS::Policy'],
    ['      Queues: [!Ref Queue]\n', '', 'Queues is required'],
  ])('catches %s written as %s', async (right, wrong, problem) => {
    expect(text).toContain(right);
    const stack = evaluateStack(readTemplate(text.replace(right, wrong)), usual, place);
    expect((await problemsOfStack(stack)).join('\n')).toContain(problem);
  });
});

function isEvaluated(template: Template, parameters: Record<string, string>): boolean {
  try {
    evaluateStack(template, parameters, place);
    return true;
  } catch {
    return false;
  }
}
