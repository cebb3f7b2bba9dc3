import { describe, expect, it } from 'vitest';
import { parseNotification } from '../../../../shared/cloudtrail/announcing/notification.ts';
import { bucket, detail, key, objectsOf, reasonsOf, refused } from './messages.ts';

describe('places of objects, however they are told', () => {
  it.each<[string, unknown]>([
    ["EventBridge's detail alone", detail],
    ['an event without its kind', { source: 'aws.s3', detail }],
    ['bucket and key', { bucket, key }],
    ['Bucket and Key', { Bucket: bucket, Key: key }],
    ['bucket and object', { bucket, object: key }],
    ['bucketName and objectKey', { time: 'x', bucketName: bucket, objectKey: key }],
    ['bucket_name and object_key', { bucket_name: bucket, object_key: key }],
    ['bucket-name and object-key', { 'bucket-name': bucket, 'object-key': key }],
    ['s3Bucket and s3Key', { s3Bucket: bucket, s3Key: key }],
    ['S3Bucket and S3Key', { S3Bucket: bucket, S3Key: key }],
    ['a bucket with a name and a key', { bucket: { name: bucket }, key }],
    ['a bucket and an object with a key', { bucket, object: { key } }],
    ['an ARN of the bucket', { bucketArn: `arn:aws:s3:::${bucket}`, key }],
    ['an ARN of another partition', { bucket: `arn:aws-us-gov:s3:::${bucket}`, key }],
    ['a field s3', { s3: { bucket, key } }],
    ['a detail of a transformer', { detail: { bucket, key } }],
    ['several keys', { bucket, keys: [key] }],
    ["a pointer's fields for a log file", { s3BucketName: bucket, s3Key: key }],
    [
      'a task of S3 Batch',
      {
        invocationSchemaVersion: '1.0',
        invocationId: 'i',
        job: { id: 'j' },
        tasks: [{ taskId: 't', s3Key: key, s3VersionId: null, s3BucketArn: `arn:aws:s3:::${bucket}` }],
      },
    ],
    [
      'a task of S3 Batch since version 2',
      { invocationSchemaVersion: '2.0', tasks: [{ taskId: 't', s3Key: key, s3Bucket: bucket }] },
    ],
  ])('are read from %s', (_what, message) => {
    expect(objectsOf(message)).toMatchObject([{ bucket, key }]);
  });

  it('keep both readings of a key, since nothing tells whether it is encoded', () => {
    const encoded = `a+b%2Fc/${key}`;
    for (const message of [
      { bucket, key: encoded },
      { ...detail, object: { key: encoded } },
    ]) {
      expect(objectsOf(message)).toMatchObject([{ key: encoded, alternativeKey: `a b/c/${key}` }]);
    }
  });

  it('are read where even the slashes are encoded', () => {
    for (const message of [
      { bucket, key: encodeURIComponent(key) },
      { ...detail, object: { key: encodeURIComponent(key) } },
    ]) {
      expect(objectsOf(message)).toEqual([{ bucket, key }]);
    }
  });

  it('carry what is told beside', () => {
    expect(objectsOf({ bucket, key, size: 7, etag: 'e', 'version-id': 'v', sequencer: '0A' })).toEqual([
      { bucket, key, sizeBytes: 7, etag: 'e', versionId: 'v', sequencer: '0A' },
    ]);
  });

  it('are read from every task of S3 Batch that has one', () => {
    const tasks = [{ s3Key: key, s3Bucket: bucket, s3VersionId: 'v' }, { s3Key: '' }];
    const { objects, faults } = parseNotification(JSON.stringify({ invocationSchemaVersion: '2.0', tasks }));
    expect(objects).toEqual([{ bucket, key, versionId: 'v' }]);
    expect(faults).toMatchObject([{ message: 'task 2 of 2 in the message names no S3 object' }]);
  });

  it.each<[string, unknown]>([
    ['deletion', { ...detail, reason: 'DeleteObject', 'deletion-type': 'Permanently Deleted' }],
    ['expiry', { ...detail, reason: 'Lifecycle Expiration', 'deletion-type': 'Delete Marker Created' }],
    ['another storage class', { ...detail, 'destination-storage-class': 'GLACIER' }],
  ])('announce nothing when a detail tells of a %s', (_what, message) => {
    expect(reasonsOf(message)).toEqual([expect.stringMatching(/announces no new object/)]);
  });

  it.each<[string, unknown]>([
    ['version 2', ['software.amazon.payloadoffloading.PayloadS3Pointer', { s3BucketName: 'b', s3Key: '0b5e' }]],
    ['version 1', ['com.amazon.sqs.javamessaging.MessageS3Pointer', { s3BucketName: 'b', s3Key: '0b5e' }]],
    ['a class of one’s own', ['com.example.MyS3Pointer', { s3BucketName: 'b', s3Key: '0b5e' }]],
    ['no class', { s3BucketName: 'b', s3Key: '0b5e' }],
  ])('are no pointers of the SQS extended client: %s', (_what, message) => {
    expect(refused(message)).toMatchObject({
      message: 'the message is a pointer of the SQS extended client to a body kept in S3',
      remedy: expect.stringContaining('without the SQS extended client'),
    });
    expect(refused({ Type: 'Notification', Message: JSON.stringify(message) }).message).toMatch(
      /^the SNS message is a pointer/,
    );
  });

  it('are missed where an input path left the bucket behind', () => {
    for (const message of [detail.object, { object: detail.object }, { key }]) {
      expect(refused(message)).toMatchObject({
        message: 'the message names an object of S3 without its bucket',
        remedy: expect.stringContaining('input path'),
      });
    }
  });

  it.each<[string, unknown]>([
    ['a bucket alone', { bucket }],
    ['a key alone', { key }],
    ['empty names', { bucket: '', key: '' }],
    ['numbers', { bucket: 1, key: 2 }],
    ['a list of anything', { bucket, keys: [1] }],
  ])('are not made up from %s', (_what, message) => {
    expect(refused(message).code).toBe('notification-unknown');
  });
});
