import { describe, expect, it } from 'vitest';
import { bucket, key, objectsOf, reasonsOf, refused, s3Event } from './messages.ts';

const event = { eventVersion: '1.11', eventSource: 'iam.amazonaws.com', eventID: 'x', eventName: 'CreateUser' };

describe('what is not for the connector', () => {
  it.each<[string, unknown, RegExp, RegExp]>([
    ['an event', event, /^the message is a CloudTrail event/, /in S3/],
    ['events', { Records: [event, event] }, /^record 1 of 2 is a CloudTrail event.*1 more/, /in S3/],
    [
      'an event in EventBridge',
      { 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.iam', detail: event },
      /AWS API Call/,
      /"Object Created"/,
    ],
    [
      'an Insight in EventBridge',
      { 'detail-type': 'AWS Insight via CloudTrail', source: 'aws.cloudtrail', detail: {} },
      /Insight/,
      /"Object Created"/,
    ],
    ['a CloudWatch Logs subscription', { awslogs: { data: 'H4sIAAAA' } }, /CloudWatch Logs subscription/, /bucket/],
    [
      'its content',
      { messageType: 'DATA_MESSAGE', logGroup: 'g', logEvents: [{ message: JSON.stringify(event) }] },
      /CloudWatch Logs/,
      /bucket/,
    ],
    ['an alarm', { AlarmName: 'a', NewStateValue: 'ALARM' }, /alarm of CloudWatch/, /Send/],
    [
      'a DynamoDB stream',
      { Records: [{ eventSource: 'aws:dynamodb', eventVersion: '1.1', eventID: 'x', dynamodb: {} }] },
      /record 1 of 1 is a/,
      /./,
    ],
    [
      'GuardDuty in EventBridge',
      { 'detail-type': 'GuardDuty Finding', source: 'aws.guardduty', detail: { id: 'x' } },
      /"GuardDuty Finding" is not about/,
      /Send/,
    ],
    [
      'Security Lake',
      { bucket: { name: 'aws-security-data-lake-us-east-1-x' }, object: { key: 'a' } },
      /Security Lake/,
      /OCSF/,
    ],
  ])('is named: %s', (_what, message, what, remedy) => {
    expect(refused(message)).toMatchObject({
      code: 'notification-unknown',
      message: expect.stringMatching(what),
      remedy: expect.stringMatching(remedy),
    });
  });

  it.each<[string, unknown]>([
    ["Config's changes", { messageType: 'ConfigurationItemChangeNotification', configurationItem: {} }],
    ["Config's compliance", { messageType: 'ComplianceChangeNotification' }],
    ["Config's snapshots begun", { messageType: 'ConfigurationSnapshotDeliveryStarted' }],
    ["Config's rules", { messageType: 'ConfigRulesEvaluationStarted' }],
    ["Config's large changes", { messageType: 'OversizedConfigurationItemChangeNotification' }],
    ['Config in EventBridge', { 'detail-type': 'Config Configuration Item Change', source: 'aws.config', detail: {} }],
    ['Config in SNS', { Type: 'Notification', Message: '{"messageType":"ConfigurationItemChangeNotification"}' }],
    ['a check of CloudWatch Logs', { messageType: 'CONTROL_MESSAGE', logEvents: [] }],
  ])('is nothing to do: %s', (_what, message) => {
    expect(reasonsOf(message)).toHaveLength(1);
  });

  it.each([
    'ObjectRemoved:Delete',
    'ObjectRemoved:DeleteMarkerCreated',
    's3:ObjectRemoved:Delete',
    'ObjectRestore:Post',
    'ObjectRestore:Delete',
    'LifecycleExpiration:Delete',
    'LifecycleExpiration:DeleteMarkerCreated',
    'LifecycleTransition',
    'IntelligentTiering',
    'ObjectTagging:Put',
    'ObjectTagging:Delete',
    'ObjectAcl:Put',
    'Replication:OperationFailedReplication',
    'ReducedRedundancyLostObject',
  ])('is nothing to do: %s of S3', (eventName) => {
    const records = s3Event.Records.map((record) => ({ ...record, eventName }));
    expect(reasonsOf({ Records: records })).toEqual([`S3 events that announce no new object ("${eventName}")`]);
    expect(objectsOf({ Records: [...records, ...s3Event.Records] })).toHaveLength(1);
  });

  it.each([
    'Object Deleted',
    'Object Restore Initiated',
    'Object Restore Expired',
    'Object Storage Class Changed',
    'Object Access Tier Changed',
    'Object ACL Updated',
    'Object Tags Added',
    'Object Tags Deleted',
  ])('is nothing to do: %s in EventBridge', (type) => {
    const message = { 'detail-type': type, source: 'aws.s3', detail: { bucket: { name: bucket }, object: { key } } };
    expect(reasonsOf(message)).toEqual([`EventBridge event "${type}", which announces no new object`]);
  });

  it.each([
    undefined,
    'ObjectCreated:Put',
    'ObjectCreated:Copy',
    's3:ObjectCreated:CompleteMultipartUpload',
    'ObjectRestore:Completed',
    'ObjectSomething:New',
    'ObjectSynced:Create',
  ])('is not what may announce an object: %s', (eventName) => {
    expect(objectsOf({ Records: s3Event.Records.map((record) => ({ ...record, eventName })) })).toHaveLength(1);
  });

  it("is not Config's announcement of a file, which its key tells to be of no interest", () => {
    const s3ObjectKey = 'AWSLogs/111122223333/Config/us-east-1/2026/11/1/ConfigSnapshot/x.json.gz';
    expect(objectsOf({ messageType: 'ConfigurationSnapshotDeliveryCompleted', s3Bucket: bucket, s3ObjectKey })).toEqual(
      [{ bucket, key: s3ObjectKey }],
    );
  });
});
