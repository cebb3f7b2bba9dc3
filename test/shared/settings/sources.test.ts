import { describe, expect, it } from 'vitest';
import { readSources } from '../../../shared/settings/sources.ts';

const plain = {
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/reader',
  AWS_HUB_ROLE_ARN: 'arn:aws:iam::444455556666:role/hub',
  AWS_WEB_IDENTITY_AUDIENCE: 'api://connector',
  ALLOWED_BUCKETS: 'trail-bucket',
};
const queue = (name: string): string => `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`;
const one = { name: 'one', queueUrl: queue('one') };

function read(items: unknown, environment: Record<string, string> = plain) {
  const problems = new Set<string>();
  const sources = readSources({ ...environment, SOURCES: JSON.stringify(items) }, problems);
  return { sources, problems: [...problems] };
}

describe('readSources', () => {
  it('takes from the plain settings what a source leaves out', () => {
    const { sources, problems } = read([one, { ...one, name: 'two', queueUrl: queue('two'), buckets: ['b-1', 'b-2'] }]);
    expect(problems).toEqual([]);
    expect(sources).toEqual([
      expect.objectContaining({ name: 'one', roleArn: plain.AWS_ROLE_ARN, allowedBuckets: ['trail-bucket'] }),
      expect.objectContaining({ name: 'two', queueUrl: queue('two'), allowedBuckets: ['b-1', 'b-2'] }),
    ]);
  });

  it('lets a source have everything of its own', () => {
    const item = {
      name: 'gov',
      kind: 'sqs',
      roleArn: 'arn:aws-us-gov:iam::111122223333:role/path/reader',
      hubRoleArn: 'arn:aws-us-gov:iam::444455556666:role/hub',
      audience: 'api://gov',
      credentials: 'managed-identity',
      stsRegion: 'us-gov-east-1',
      queueUrl: 'https://sqs.us-gov-east-1.amazonaws.com/111122223333/trail',
      buckets: 'gov-bucket,other-bucket',
      endpointUrl: 'http://localhost:4566',
    };
    expect(read([item], {})).toEqual({
      problems: [],
      sources: [
        {
          name: 'gov',
          kind: 'sqs',
          credentials: { mode: 'managed-identity', audience: 'api://gov', hubRoleArn: item.hubRoleArn },
          roleArn: item.roleArn,
          stsRegion: 'us-gov-east-1',
          queueUrl: item.queueUrl,
          queueRegion: 'us-gov-east-1',
          partition: 'aws-us-gov',
          allowedBuckets: ['gov-bucket', 'other-bucket'],
          endpointOverride: 'http://localhost:4566',
        },
      ],
    });
  });

  it.each([
    [{ queueUrl: queue('one') }, /^SOURCES\[0\]\.name is missing; set it to a name of 1 to 40/],
    [{ ...one, name: 'Big Name' }, /^SOURCES\[0\]\.name must be a name of .*; got "Big Name"$/],
    [{ ...one, name: 7 }, /^SOURCES\[0\]\.name must be .*; got "7"$/],
    [{ name: 'one' }, /^SOURCES\[0\]\.queueUrl \(or SQS_QUEUE_URL\) is missing; set it to the https URL/],
    [{ ...one, queueUrl: 'x' }, /^SOURCES\[0\]\.queueUrl must be the https URL .*; got "x"$/],
    [{ ...one, queueUrl: null }, /^SOURCES\[0\]\.queueUrl must be .*; got "null"$/],
    [{ ...one, buckets: [1] }, /^SOURCES\[0\]\.buckets must be .*; got "\[1\]"$/],
    [
      { ...one, kind: 'list' },
      /^SOURCES\[0\]\.kind must be "sqs"; got "list", which is not available in this version$/,
    ],
    [{ ...one, kind: 'lookup' }, /^SOURCES\[0\]\.kind must be "sqs"; got "lookup", which is not available/],
    [{ ...one, kind: 'kafka' }, /^SOURCES\[0\]\.kind must be "sqs"; got "kafka"$/],
    [{ ...one, roleARN: 'x' }, /got "roleARN"; did you mean roleArn\?$/],
    [{ ...one, queue: 'x' }, /^SOURCES\[0\] must have no fields but name, kind, roleArn, .*; got "queue"$/],
    [
      { ...one, roleArn: 'arn:aws-cn:iam::111122223333:role/r' },
      /^SOURCES\[0\]\.queueUrl must be in the partition aws-cn/,
    ],
  ])('refuses %j', (item, problem) => {
    expect(read([item]).problems[0]).toMatch(problem);
  });

  it('refuses two sources of one name or one queue', () => {
    expect(read([one, one]).problems).toEqual([
      'SOURCES[1].name must differ from that of every other source; got "one" as in SOURCES[0]',
      `SOURCES[1].queueUrl must differ from that of every other source; got "${queue('one')}" as in SOURCES[0]`,
    ]);
  });

  it('says once what several sources inherit wrongly', () => {
    const two = { name: 'two', queueUrl: queue('two') };
    const { problems } = read([one, two], { ...plain, ALLOWED_BUCKETS: 'Bad_Bucket' });
    expect(problems).toEqual([expect.stringMatching(/^ALLOWED_BUCKETS must be .*; got "Bad_Bucket"$/)]);
  });
});
