import { describe, expect, it } from 'vitest';
import { readQueueLocation } from '../../../../shared/aws/sqs/queueLocation.ts';

describe('readQueueLocation', () => {
  it.each([
    ['https://sqs.eu-central-1.amazonaws.com/111122223333/trail', 'aws', 'eu-central-1'],
    ['https://sqs.us-gov-west-1.amazonaws.com/111122223333/trail', 'aws-us-gov', 'us-gov-west-1'],
    ['https://sqs.cn-north-1.amazonaws.com.cn/111122223333/trail', 'aws-cn', 'cn-north-1'],
    ['https://sqs.eusc-de-east-1.amazonaws.eu/111122223333/trail', 'aws-eusc', 'eusc-de-east-1'],
    ['https://eu-west-1.queue.amazonaws.com/111122223333/trail', 'aws', 'eu-west-1'],
    ['https://sqs-fips.us-east-2.amazonaws.com/111122223333/trail', 'aws', 'us-east-2'],
    ['https://sqs.eu-west-1.api.aws/111122223333/trail', 'aws', 'eu-west-1'],
    ['https://sqs.us-iso-east-1.c2s.ic.gov/111122223333/trail', 'aws-iso', 'us-iso-east-1'],
    ['https://queue.amazonaws.com/111122223333/trail', 'aws', 'us-east-1'],
  ])('reads %s', (url, partition, region) => {
    expect(readQueueLocation(url)).toEqual({
      region,
      origin: new URL(url).origin,
      arn: `arn:${partition}:sqs:${region}:111122223333:trail`,
    });
  });

  it.each([
    'trail',
    'https://example.com/111122223333/trail',
    'https://sqs.eu-central-1.amazonaws.com.example.com/111122223333/trail',
    'https://sqs.eu-central-1.amazonaws.com/trail',
    'https://sqs.eu-central-1.amazonaws.com/111122223333/trail.fifo',
    'https://sqs.eu-central-1.amazonaws.com/111122223333/a/b',
  ])('refuses %s', (url) => {
    expect(readQueueLocation(url)).toBeUndefined();
  });
});
