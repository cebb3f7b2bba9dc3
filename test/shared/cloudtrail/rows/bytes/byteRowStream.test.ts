import { describe, expect, test } from 'vitest';
import { context, logOf, map, rowOf } from '../mapping.ts';

const time = '2026-11-01T00:00:01Z';

describe('openByteRowStream, the rows', () => {
  test('hold nested values as compact JSON text, whatever white space the source has', () => {
    const nested = '{ "bucketName" : "b" ,\n "list": [ 1 , 2 ] }';
    const row = rowOf(
      `{"requestParameters":${nested},"responseElements":${nested},"additionalEventData":{"MobileVersion": "Yes"},"resources":[ {"ARN": "a"} ],"serviceEventDetails":${nested}}`,
    );
    expect(row).toMatchObject({
      RequestParameters: '{"bucketName":"b","list":[1,2]}',
      ResponseElements: '{"bucketName":"b","list":[1,2]}',
      AdditionalEventData: '{"MobileVersion":"Yes"}',
      Resources: '[{"ARN":"a"}]',
      ServiceEventDetails: '{"bucketName":"b","list":[1,2]}',
    });
  });

  test('keep keys and nesting of nested values as they are', () => {
    const resources = '[{"ARN":"a","accountId":"1","type":"AWS::S3::Bucket"}]';
    expect(rowOf(`{"resources":${resources}}`)['Resources']).toBe(resources);
    const request = '{"x-amz-acl":"private","InstanceProfileName":"p","b":1,"a":{"9":1,"b":2,"1":3}}';
    expect(rowOf(`{"requestParameters":${request}}`)['RequestParameters']).toBe(request);
  });

  test('leave JSON inside a string a string', () => {
    const request = { policyDocument: JSON.stringify({ Statement: [{ Action: '*' }] }, null, 2) };
    const text = String(rowOf({ requestParameters: request })['RequestParameters']);
    expect(JSON.parse(text)).toEqual(request);
    expect(text).toBe(JSON.stringify(request));
  });

  test('leave booleans and numbers inside nested values what they are', () => {
    const request = '{"egress":false,"portRange":{"to":443},"aclProtocol":"-1","accountIdsToAdd":["all"]}';
    expect(rowOf(`{"requestParameters":${request}}`)['RequestParameters']).toBe(request);
  });

  test('keep every digit of a number', () => {
    const request = '{"a":12345678901234567890,"b":0.0,"c":1.10,"d":1e5,"e":-0}';
    expect(rowOf(`{"requestParameters":${request}}`)['RequestParameters']).toBe(request);
    expect(map(logOf('{"big":12345678901234567890,"zero":0.0}')).bodies[0]).toContain(
      '"big":12345678901234567890,"zero":0.0',
    );
  });

  test('omit what is absent or null, and keep what is empty', () => {
    const row = rowOf({ eventTime: time, requestParameters: null, responseElements: {}, errorCode: '', resources: [] });
    expect(row).toEqual({
      TimeGenerated: time,
      ErrorCode: '',
      ResponseElements: '{}',
      Resources: '[]',
      EventTime: time,
      SourceObject: context.sourceObject,
    });
  });

  test('leave ErrorCode and ErrorMessage out of a success', () => {
    const row = rowOf({ eventName: 'ConsoleLogin', responseElements: { ConsoleLogin: 'Success' } });
    expect(row).not.toHaveProperty('ErrorCode');
    expect(row).not.toHaveProperty('ErrorMessage');
  });

  test('take UserIdentityUserName from the caller alone, never from the issuer', () => {
    const sessionContext = { sessionIssuer: { userName: 'role' } };
    expect(rowOf({ userIdentity: { type: 'AssumedRole', sessionContext } })).not.toHaveProperty('UserIdentityUserName');
    const hidden = 'HIDDEN_DUE_TO_SECURITY_REASONS';
    expect(rowOf({ userIdentity: { userName: hidden } })['UserIdentityUserName']).toBe(hidden);
  });

  test('keep account identifiers as text', () => {
    const row = rowOf({ recipientAccountId: '072643944673', userIdentity: { accountId: '000000000001' } });
    expect(row).toMatchObject({ RecipientAccountId: '072643944673', UserIdentityAccountId: '000000000001' });
  });

  test('leave address and agent untouched', () => {
    const row = rowOf({ sourceIPAddress: 'ec2.amazonaws.com', userAgent: '[S3Console/0.4]' });
    expect(row).toMatchObject({ SourceIpAddress: 'ec2.amazonaws.com', UserAgent: '[S3Console/0.4]' });
  });

  test.each([
    ['true', true],
    ['false', false],
    ['"true"', true],
    ['"True"', true],
    ['"false"', false],
    ['"False"', false],
    ['"\\u0074rue"', true],
  ])('read the boolean %s', (text, expected) => {
    const row = rowOf(
      `{"readOnly":${text},"managementEvent":${text},"userIdentity":{"sessionContext":{"attributes":{"mfaAuthenticated":${text}}}}}`,
    );
    expect(row).toMatchObject({ ReadOnly: expected, ManagementEvent: expected, SessionMfaAuthenticated: expected });
  });

  test('have no boolean where there is none, and keep the value in UnmappedFields', () => {
    const row = rowOf({ readOnly: 'maybe', managementEvent: 1, userIdentity: { type: 'Root' } });
    expect(row).not.toHaveProperty('SessionMfaAuthenticated');
    expect(row).not.toHaveProperty('ReadOnly');
    expect(row['UnmappedFields']).toEqual({ _noEventTime: true, readOnly: 'maybe', managementEvent: 1 });
  });

  test('keep escapes as the source writes them', () => {
    const record =
      '{"userAgent":"a\\u0026b\\/\\u0000\\ud83d\\ude00","requestParameters":{"u":"\\u0026 \\\\ \\" \\ud83d\\ude00"}}';
    const [body = ''] = map(logOf(record)).bodies;
    expect(body).toContain('"UserAgent":"a\\u0026b\\/\\u0000\\ud83d\\ude00"');
    expect(rowOf(record)['RequestParameters']).toBe('{"u":"\\u0026 \\\\ \\" \\ud83d\\ude00"}');
  });

  test('take TimeGenerated and EventTime from eventTime', () => {
    expect(rowOf({ eventTime: time })).toMatchObject({ TimeGenerated: time, EventTime: time });
  });

  test.each([
    ['"20131102T010628Z"', '2013-11-02T01:06:28Z'],
    ['"2023-07-19T21:11:57Z"', '2023-07-19T21:11:57Z'],
    ['"2024-02-29T21:11:57.123Z"', '2024-02-29T21:11:57.123Z'],
    ['"2023-07-19T21:11:57+02:00"', '2023-07-19T21:11:57+02:00'],
  ])('read the time %s', (text, expected) => {
    const row = rowOf(
      `{"eventTime":${text},"userIdentity":{"sessionContext":{"attributes":{"creationDate":${text}}}}}`,
    );
    expect(row).toMatchObject({ TimeGenerated: expected, EventTime: expected, SessionCreationDate: expected });
  });

  test.each([
    '"2023-02-29T00:00:00Z"',
    '"2023-13-01T00:00:00Z"',
    '"2023-01-01T24:00:00Z"',
    '"now"',
    '1698796800',
    '"0000-01-01T00:00:00Z"',
  ])('have the delivery time when eventTime is %s, and say so', (text) => {
    const row = rowOf(`{"eventTime":${text}}`);
    expect(row).toMatchObject({ TimeGenerated: context.fallbackTime, EventTime: context.fallbackTime });
    expect(row['UnmappedFields']).toEqual({ _noEventTime: true, eventTime: JSON.parse(text) });
  });

  test('take Category from eventCategory, and leave OperationName, SourceSystem and AwsRequestId alone', () => {
    const row = rowOf({ eventCategory: 'Management', requestID: 'not-a-guid' });
    expect(row).toMatchObject({ Category: 'Management', AwsRequestId_: 'not-a-guid' });
    expect(Object.keys(row)).not.toEqual(expect.arrayContaining(['OperationName']));
    expect(row).not.toHaveProperty('SourceSystem');
    expect(row).not.toHaveProperty('AwsRequestId');
  });

  test('invent nothing for an Insights record', () => {
    const insightDetails = {
      state: 'Start',
      eventName: 'RunInstances',
      insightContext: { statistics: { baseline: { average: 1 } } },
    };
    const row = rowOf({ eventTime: time, eventType: 'AwsCloudTrailInsight', insightDetails });
    expect(row).toEqual({
      TimeGenerated: time,
      EventTypeName: 'AwsCloudTrailInsight',
      EventTime: time,
      UnmappedFields: { insightDetails },
      SourceObject: context.sourceObject,
    });
  });

  test('hold a value of another kind in a text column as its JSON text', () => {
    const row = rowOf('{"userAgent":["a", 1.10],"errorCode":404,"eventName":true,"awsRegion":{"a": null}}');
    expect(row).toMatchObject({
      UserAgent: '["a",1.10]',
      ErrorCode: '404',
      EventName: 'true',
      AWSRegion: '{"a":null}',
    });
  });
});

describe('openByteRowStream, security group rules', () => {
  test('come from the flat parameters', () => {
    const request = { ipProtocol: 'tcp', fromPort: 22, toPort: 23, cidrIp: '0.0.0.0/0' };
    const row = rowOf({ requestParameters: request });
    expect(row).toMatchObject({ IpProtocol: 'tcp', SourcePort: '22', DestinationPort: '23', CidrIp: '0.0.0.0/0' });
    expect(row['RequestParameters']).toBe(JSON.stringify(request));
  });

  test('come from the first entry of ipPermissions otherwise', () => {
    const items = [
      {
        ipProtocol: '-1',
        fromPort: -1,
        toPort: 65535,
        ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }, { cidrIp: '::' }] },
      },
      { ipProtocol: 'udp' },
    ];
    const row = rowOf({ requestParameters: { groupId: 'sg', ipPermissions: { items } } });
    expect(row).toMatchObject({ IpProtocol: '-1', SourcePort: '-1', DestinationPort: '65535', CidrIp: '10.0.0.0/8' });
  });

  test.each([
    { ipPermissions: {} },
    { ipPermissions: { items: [] } },
    { ipPermissions: { items: ['x'] } },
    { ipProtocol: null, fromPort: {}, toPort: [], cidrIp: true },
    { other: { ipProtocol: 'tcp' } },
  ])('are absent without a usable value: %j', (request) => {
    const row = rowOf({ requestParameters: request });
    for (const column of ['IpProtocol', 'SourcePort', 'DestinationPort', 'CidrIp'])
      expect(row).not.toHaveProperty(column);
  });
});

describe('openByteRowStream, UnmappedFields', () => {
  test('mirrors the nesting of the record and holds exactly what no column took', () => {
    const row = rowOf({
      eventTime: time,
      userIdentity: {
        arn: 'a',
        credentialId: 'c',
        sessionContext: {
          webIdFederationData: { federatedProvider: 'p' },
          sessionIssuer: { arn: 'i' },
          attributes: { creationDate: time, x: 1 },
        },
      },
      tlsDetails: { tlsVersion: 'TLSv1.3', keyExchange: 'x25519' },
      vpcEndpointAccountId: '1',
      addendum: { reason: 'DELIVERY_DELAY', nothing: null },
    });
    expect(row['UnmappedFields']).toEqual({
      userIdentity: {
        credentialId: 'c',
        sessionContext: { webIdFederationData: { federatedProvider: 'p' }, attributes: { x: 1 } },
      },
      tlsDetails: { keyExchange: 'x25519' },
      vpcEndpointAccountId: '1',
      addendum: { reason: 'DELIVERY_DELAY', nothing: null },
    });
  });

  test('leaves out null, empty objects and empty arrays, and is absent when nothing is left', () => {
    const record =
      '{"eventTime":"2026-11-01T00:00:01Z","a":null,"b":{},"c":[ ],"d":{ },"userIdentity":{"sessionContext":{"sessionIssuer":{}}}}';
    expect(rowOf(record)).not.toHaveProperty('UnmappedFields');
  });

  test('holds a known object that is none', () => {
    expect(rowOf({ eventTime: time, userIdentity: 'root', tlsDetails: [1] })['UnmappedFields']).toEqual({
      userIdentity: 'root',
      tlsDetails: [1],
    });
  });

  test('keeps the earlier of repeated keys, since a column takes the last', () => {
    const [body = ''] = map(logOf(`{"eventTime":"${time}","eventName":"A","eventName":"B","x":1,"x":2}`)).bodies;
    expect(body).toContain('"EventName":"B"');
    expect(body).toContain('"UnmappedFields":{"eventName":"A","x":1,"x":2}');
  });

  test('keeps the earlier of repeated objects whole', () => {
    const [body = ''] = map(
      logOf(`{"eventTime":"${time}","userIdentity":{"arn":"1","type":"T","y":1},"userIdentity":{"arn":"2","x":1}}`),
    ).bodies;
    expect(body).toContain('"UserIdentityArn":"2"');
    expect(body).not.toContain('UserIdentityType');
    expect(body).toContain('"UnmappedFields":{"userIdentity":{"arn":"1","type":"T","y":1},"userIdentity":{"x":1}}');
  });

  test('forgets what was derived from a request that a later one replaces', () => {
    const row = rowOf('{"requestParameters":{"ipProtocol":"tcp"},"requestParameters":{"a":1}}');
    expect(row).not.toHaveProperty('IpProtocol');
    expect(row['UnmappedFields']).toEqual({ _noEventTime: true, requestParameters: { ipProtocol: 'tcp' } });
  });

  test('finds keys that are written with escapes', () => {
    expect(rowOf('{"\\u0065ventName":"X","user\\u0049dentity":{"\\u0061rn":"a"}}')).toMatchObject({
      EventName: 'X',
      UserIdentityArn: 'a',
    });
  });
});

describe('openByteRowStream, invalid UTF-8', () => {
  test('becomes U+FFFD, is counted, and costs the neighbours nothing', () => {
    const log = Buffer.concat([
      Buffer.from('{"Records":[{"eventName":"é"},{"eventName":"a'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('","requestParameters":{"x":"日'),
      Buffer.from([0x80]),
      Buffer.from('"}},{"eventName":"ü"}]}'),
    ]);
    for (const pieces of [[1000], [1], [37, 3]]) {
      const { rows, counts, error } = map(log, { pieces });
      expect(error).toBeUndefined();
      expect(rows.map((row) => row['EventName'])).toEqual(['é', 'a\ufffd\ufffd', 'ü']);
      expect(rows[1]?.['RequestParameters']).toBe('{"x":"日\ufffd"}');
      expect(counts).toMatchObject({ rows: 3, repaired: 1 });
    }
  });
});

describe('openByteRowStream, bodies', () => {
  const records = Array.from({ length: 200 }, (_, index) => ({
    eventTime: time,
    eventID: `e${index}`,
    requestParameters: { x: 'y'.repeat(index) },
  }));

  test('hold every row once and in order, and never pass the limit', () => {
    for (const limit of [1000, 1001, 1002, 1003, 4096, 100_000]) {
      const { rows, bodies, counts } = map(logOf(...records), { limit, pieces: [777] });
      expect(rows.map((row) => row['AwsEventId'])).toEqual(records.map((each) => each.eventID));
      expect(Math.max(...bodies.map((body) => Buffer.byteLength(body)))).toBeLessThanOrEqual(limit);
      expect(counts).toEqual({
        records: 200,
        rows: 200,
        rowBytes: expect.any(Number),
        dropped: 0,
        droppedBy: [],
        stubs: 0,
        gathered: 0,
        trailingBytes: 0,
        truncated: 0,
        repaired: 0,
      });
    }
  });

  test('take a row that fills them to the last byte', () => {
    const {
      bodies: [body = ''],
    } = map(logOf({ eventTime: time }));
    const exact = map(logOf({ eventTime: time }, { eventTime: time }), { limit: Buffer.byteLength(body) });
    expect(exact.bodies).toEqual([body, body]);
    expect(exact.counts.truncated).toBe(0);
  });
});
