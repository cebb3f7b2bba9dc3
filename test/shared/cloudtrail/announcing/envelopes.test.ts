import { describe, expect, it } from 'vitest';
import { detail, key, object, objectsOf, reasonsOf, refused, s3Event, textOf } from './messages.ts';

const sns = (message: unknown, more: object = {}) => ({
  Type: 'Notification',
  TopicArn: 'arn:aws:sns:us-east-1:111122223333:trail',
  Message: typeof message === 'string' ? message : JSON.stringify(message),
  UnsubscribeURL: 'https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe',
  ...more,
});
const bridge = { 'detail-type': 'Object Created', source: 'aws.s3', detail };
const sqsRecord = (message: unknown, more: object = {}) => ({
  messageId: 'm',
  receiptHandle: 'r',
  body: textOf(message),
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:q',
  ...more,
});
const snsRecord = (message: unknown) => ({ EventSource: 'aws:sns', EventVersion: '1.0', Sns: sns(message) });
const kinesisRecord = (message: unknown) => ({
  eventSource: 'aws:kinesis',
  kinesis: { partitionKey: 'x', data: Buffer.from(textOf(message)).toString('base64') },
});

describe('envelopes', () => {
  it.each<[string, unknown]>([
    ['SNS', sns(s3Event)],
    ['SNS in SNS', sns(sns(s3Event))],
    ['SNS in SNS in SNS', sns(sns(sns(bridge)))],
    ['SNS whose message is no text', { ...sns(''), Message: s3Event }],
    ['SNS without its type', { TopicArn: 'arn:aws:sns:us-east-1:1:t', Message: JSON.stringify(s3Event) }],
    ['SNS with a message for each protocol', sns({ default: JSON.stringify(s3Event), sqs: 'x' })],
    ['EventBridge in SNS', sns(bridge)],
    ['a detail in SNS', sns(detail)],
    ['SNS in an event of EventBridge', { 'detail-type': 'forwarded', source: 'my.forwarder', detail: sns(s3Event) }],
    ['an S3 event in an event of EventBridge', { 'detail-type': 'S3', source: 'custom', detail: s3Event }],
    ["Lambda's event of SQS", { Records: [sqsRecord(s3Event)] }],
    ["Lambda's event of SQS, of SNS", { Records: [sqsRecord(sns(s3Event))] }],
    ["Lambda's event of SNS", { Records: [snsRecord(s3Event)] }],
    ["Lambda's event of SNS, of EventBridge", { Records: [snsRecord(bridge)] }],
    ["Lambda's event of Kinesis", { Records: [kinesisRecord(s3Event)] }],
    [
      "Lambda's destination",
      {
        version: '1.0',
        requestContext: { condition: 'RetriesExhausted' },
        requestPayload: s3Event,
        responsePayload: { errorMessage: 'x' },
      },
    ],
    [
      "Lambda's destination, of SNS",
      { version: '1.0', requestContext: {}, requestPayload: { Records: [snsRecord(s3Event)] } },
    ],
    ["Lambda's destination, of SQS, of SNS, of EventBridge", { requestPayload: { Records: [sqsRecord(sns(bridge))] } }],
    ['a list of a pipe, of SQS', [sqsRecord(s3Event)]],
    ['a list of a pipe, of EventBridge', [bridge]],
    ['a list of details', [detail]],
    ['a list of S3 records', s3Event.Records],
    ['an S3 record alone', s3Event.Records[0]],
    ['a record of SQS alone', sqsRecord(s3Event)],
    ['what the command line receives', { Messages: [{ MessageId: 'm', Body: JSON.stringify(s3Event) }] }],
    [
      'what Firehose transforms',
      { invocationId: 'i', records: [{ recordId: 'r', data: Buffer.from(JSON.stringify(bridge)).toString('base64') }] },
    ],
    ['a request of API Gateway', { httpMethod: 'POST', body: JSON.stringify(s3Event), isBase64Encoded: false }],
    [
      'a request of API Gateway in Base64',
      { body: Buffer.from(JSON.stringify(s3Event)).toString('base64'), isBase64Encoded: true },
    ],
    ['an input of Step Functions', { Input: JSON.stringify(bridge) }],
    ['a payload', { Payload: bridge }],
    ['an event in a field', { event: s3Event }],
    ['a text in a text', JSON.stringify(JSON.stringify(s3Event))],
    ['a text in a text in a text', JSON.stringify(JSON.stringify(JSON.stringify(bridge)))],
  ])('are opened: %s', (_what, message) => {
    expect(objectsOf(message)).toEqual([object]);
  });

  it('keep good and bad parts apart, however deep', () => {
    const message = { Records: [sqsRecord({ foo: 1 }), sqsRecord(s3Event), sqsRecord('hello'), snsRecord(detail)] };
    const other = { ...detail, object: { key: `${key}2` } };
    expect(() => objectsOf(message)).toThrow();
    expect(objectsOf({ Records: [sqsRecord(s3Event), sqsRecord({ Records: [] }), snsRecord(other)] })).toMatchObject([
      { key },
      { key: `${key}2` },
    ]);
  });

  it('name what is wrong within them', () => {
    expect(refused({ Records: [sqsRecord({ foo: 1 })] }).message).toBe(
      'the field body of record 1 of 1 is a JSON object with "foo", which is no known notification',
    );
    expect(refused({ Records: [sqsRecord('hello')] }).message).toMatch(
      /^the field body of record 1 of 1 is 5 characters of text/,
    );
    expect(refused(sns({ foo: 1 })).message).toMatch(/^the SNS message is a JSON object with "foo"/);
    expect(refused(sns(sns('hello'))).message).toMatch(/^the SNS message in the SNS message is 5 characters/);
    expect(refused({ message: 'something happened' }).message).toMatch(/^the message is a JSON object with "message"/);
  });

  it.each<[string, unknown, RegExp]>([
    ['a test event in SQS of Lambda', { Records: [sqsRecord({ Event: 's3:TestEvent', Bucket: 'b' })] }, /test event/],
    ['a validation message in SNS of Lambda', { Records: [snsRecord('CloudTrail validation message.')] }, /validation/],
    ['an empty batch in a field', { requestPayload: { Records: [] } }, /without records/],
  ])('hold nothing to do: %s', (_what, message, reason) => {
    expect(reasonsOf(message)).toEqual([expect.stringMatching(reason)]);
  });

  it.each([
    ['SubscriptionConfirmation', /asks to confirm .*topic "arn:aws:sns:us-east-1:111122223333:trail"/],
    ['UnsubscribeConfirmation', /ended/],
  ])('tell of a %s wherever it stands, and never show its address', (Type, message) => {
    const confirmation = sns('You have chosen to subscribe', {
      Type,
      Token: 'EXAMPLETOKEN',
      SubscribeURL: 'https://sns/?Token=EXAMPLETOKEN',
    });
    for (const text of [
      confirmation,
      sqsRecord(confirmation),
      { Records: [sqsRecord(confirmation)] },
      [confirmation],
    ]) {
      const fault = refused(text);
      expect(fault).toMatchObject({ code: 'subscription-unconfirmed', message: expect.stringMatching(message) });
      expect(`${fault.message} ${fault.remedy}`).not.toMatch(/https:|EXAMPLETOKEN/);
    }
  });
});
