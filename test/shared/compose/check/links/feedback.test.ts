import { describe, expect, it } from 'vitest';
import type { EventSelectors } from '../../../../../shared/aws/cloudtrail/trails.ts';
import { readsLogBucket } from '../../../../../shared/compose/check/links/feedback.ts';

const type = { Field: 'resources.type', Equals: ['AWS::S3::Object'] };
const advanced = (...fields: object[]): EventSelectors =>
  ({ AdvancedEventSelectors: [{ FieldSelectors: fields }] }) as EventSelectors;
const basic = (...values: string[]): EventSelectors => ({
  EventSelectors: [{ DataResources: [{ Type: 'AWS::S3::Object', Values: values }] }],
});

describe('readsLogBucket', () => {
  it.each([
    ['all objects', advanced(type)],
    ['all objects of the bucket', advanced(type, { Field: 'resources.ARN', StartsWith: ['arn:aws:s3:::logs/'] })],
    ['a part of the bucket', advanced(type, { Field: 'resources.ARN', StartsWith: ['arn:aws:s3:::logs/AWSLogs/'] })],
    ['all but another bucket', advanced(type, { Field: 'resources.ARN', NotStartsWith: ['arn:aws:s3:::other/'] })],
    ['all buckets, in the older form', basic('arn:aws:s3')],
    ['all buckets, written out', basic('arn:aws:s3:::')],
    ['this bucket, in the older form', basic('arn:aws:s3:::logs/')],
    ['another partition', basic('arn:aws-us-gov:s3:::logs/')],
  ])('is true for %s', (_, selectors) => {
    expect(readsLogBucket(selectors, 'logs')).toBe(true);
  });

  it.each([
    ['nothing', {}],
    ['management events', advanced({ Field: 'eventCategory', Equals: ['Management'] })],
    ['writing only', advanced(type, { Field: 'readOnly', Equals: ['false'] })],
    ['all but this bucket', advanced(type, { Field: 'resources.ARN', NotStartsWith: ['arn:aws:s3:::logs/'] })],
    ['another bucket', advanced(type, { Field: 'resources.ARN', StartsWith: ['arn:aws:s3:::logs-of-others/'] })],
    ['functions', advanced({ Field: 'resources.type', Equals: ['AWS::Lambda::Function'] })],
    ['another bucket, in the older form', basic('arn:aws:s3:::other/')],
  ] as const)('is false for %s', (_, selectors) => {
    expect(readsLogBucket(selectors as EventSelectors, 'logs')).toBe(false);
  });
});
