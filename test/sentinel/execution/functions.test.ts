import { describe, expect, it } from 'vitest';
import { asked, eventTime, record, rowsOf, standardRowsOf } from './support.ts';

const hourMs = 3_600_000;
const at = Date.parse(eventTime);
const guid = '0a51b4a6-8f0c-4d0e-9a3e-6b5f6a0d3a11';

describe('AWSCloudTrailEvents', () => {
  const events = (query = '') => `AWSCloudTrailEvents(1d)${query}`;

  it('reads both tables as one', () => {
    const standard = standardRowsOf([record({ eventID: guid, eventName: 'StopLogging' })]);
    const rows = asked(events('| project EventName, EventTime | sort by EventName asc'), rowsOf([record()]), {
      standard,
    });
    expect(rows).toEqual([
      { EventName: 'GetUser', EventTime: at },
      { EventName: 'StopLogging', EventTime: at },
    ]);
  });

  it('knows nothing of a standard row less than of a custom one', () => {
    const records = [record({ eventID: guid, addendum: { reason: 'DELIVERY_DELAY' }, sharedEventID: 'no-guid' })];
    const [own] = asked(events(), rowsOf(records));
    const [standard] = asked(events(), [], { standard: standardRowsOf(records) });
    expect(standard).toMatchObject({
      AwsEventId: guid,
      SharedEventId: 'no-guid',
      SourceObject: 'test',
      UnmappedFields: { addendum: { reason: 'DELIVERY_DELAY' } },
    });
    expect(
      Object.entries(standard ?? {}).filter(([name, value]) => !name.endsWith('_CF') && value !== own?.[name]),
    ).toEqual([['UnmappedFields', own?.['UnmappedFields']]]);
  });

  it('keeps the ID that the standard table cannot hold', () => {
    const standard = standardRowsOf([record({ eventID: 'not-a-guid' })]);
    expect(asked(events('| project AwsEventId'), [], { standard })).toEqual([{ AwsEventId: 'not-a-guid' }]);
  });

  it('does without the columns that a workspace may not have added', () => {
    const [{ EventTime_CF, UnmappedFields_CF, TruncatedColumns_CF, SourceObject_CF, ...bare } = {}] = standardRowsOf([
      record({ eventID: guid }),
    ]);
    expect(asked(events('| project EventTime, UnmappedFields, SourceObject'), [], { standard: [bare] })).toEqual([
      { EventTime: at, UnmappedFields: null, SourceObject: '' },
    ]);
  });

  it('tells an event once, as it arrived first, whichever table has it', () => {
    const records = [record({ eventID: guid })];
    const [first, again] = [rowsOf(records, at + 60_000), rowsOf(records, at + 2 * hourMs)];
    const standard = standardRowsOf(records, at + hourMs);
    const query = events('| project AwsEventId, IngestedAt');
    const now = at + 3 * hourMs;
    expect(asked(query, [...again, ...first], { standard, now })).toEqual([
      { AwsEventId: guid, IngestedAt: at + 60_000 },
    ]);
    expect(asked(query, again, { standard, now })).toEqual([{ AwsEventId: guid, IngestedAt: at + hourMs }]);
  });

  it('keeps one event of two accounts apart, and never merges rows without an ID', () => {
    const rows = rowsOf([
      record({ eventID: guid, recipientAccountId: '111122223333' }),
      record({ eventID: guid, recipientAccountId: '444455556666' }),
      record({ eventID: null }),
      record({ eventID: null }),
    ]);
    expect(asked(events('| summarize count() by AwsEventId'), rows)).toEqual([
      { AwsEventId: guid, count_: 2 },
      { AwsEventId: '', count_: 2 },
    ]);
  });

  it("gives the event's own time where the service replaced TimeGenerated", () => {
    const late = rowsOf([record()], at + 96 * hourMs).map((row) => ({ ...row, TimeGenerated: at + 96 * hourMs }));
    expect(asked(events('| project EventTime, TimeGenerated'), late, { now: at + 97 * hourMs })).toEqual([
      { EventTime: at, TimeGenerated: at + 96 * hourMs },
    ]);
  });

  it('takes only the events that are named, and only what arrived lately', () => {
    const rows = [...rowsOf([record({ eventName: 'StopLogging' })]), ...rowsOf([record()], at - 2 * hourMs)];
    const names = (query: string) => asked(`${query} | project EventName`, rows).map(({ EventName }) => EventName);
    expect(names('AWSCloudTrailEvents(1d, dynamic(["stoplogging"]))')).toEqual(['StopLogging']);
    expect(names('AWSCloudTrailEvents(1d, arrivedWithin = 1h)')).toEqual(['StopLogging']);
    expect(names('AWSCloudTrailEvents(1d)')).toEqual(['StopLogging', 'GetUser']);
  });
});

describe('the functions that open UnmappedFields', () => {
  const session = {
    sessionIssuer: { type: 'Role', userName: 'ops', arn: 'arn:aws:iam::111122223333:role/ops' },
    sourceIdentity: 'carol',
    webIdFederationData: {
      federatedProvider: 'arn:aws:iam::111122223333:oidc-provider/ci',
      attributes: { sub: 'main' },
    },
  };
  const records = [
    record(),
    record({
      userIdentity: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::111122223333:assumed-role/ops/x',
        sessionContext: session,
      },
    }),
    record({
      eventContext: {
        requestContext: { 'aws:SourceVpc': 'vpc-1' },
        tagContext: { principalTags: ['team:red'], resourceTags: [{ arn: 'arn:aws:s3:::b', tags: ['tier:1'] }] },
      },
    }),
    record({
      addendum: {
        reason: 'UPDATED_DATA',
        updatedFields: 'eventVersion',
        originalRequestID: 'r-1',
        originalEventID: guid,
      },
    }),
    record({
      eventName: null,
      eventCategory: 'Insight',
      insightDetails: {
        ...{
          state: 'Start',
          eventSource: 'ec2.amazonaws.com',
          eventName: 'RunInstances',
          insightType: 'ApiErrorRateInsight',
        },
        ...{ errorCode: 'Client.UnauthorizedOperation' },
        insightContext: { statistics: { baseline: { average: 0.25 }, insight: { average: 12 } } },
      },
    }),
  ].map((each, index) => ({ ...each, eventID: `${guid.slice(0, -1)}${index}` }));

  const opened = {
    AWSCloudTrailIdentities: {
      SourceIdentity: 'carol',
      FederatedProvider: 'arn:aws:iam::111122223333:oidc-provider/ci',
      FederationAttributes: '{"sub":"main"}',
      SessionIssuerUserName: 'ops',
    },
    AWSCloudTrailContext: {
      RequestContext: { 'aws:SourceVpc': 'vpc-1' },
      PrincipalTags: ['team:red'],
      ResourceTags: [{ arn: 'arn:aws:s3:::b', tags: ['tier:1'] }],
    },
    AWSCloudTrailAddenda: {
      ...{ AddendumReason: 'UPDATED_DATA', UpdatedFields: 'eventVersion' },
      ...{ OriginalRequestId: 'r-1', OriginalEventId: guid },
    },
    AWSCloudTrailInsights: {
      ...{ InsightState: 'Start', InsightType: 'ApiErrorRateInsight', InsightEventName: 'RunInstances' },
      ...{ InsightEventSource: 'ec2.amazonaws.com', InsightErrorCode: 'Client.UnauthorizedOperation' },
      ...{ InsightBaseline: 0.25, InsightAverage: 12 },
    },
  };

  it.each(Object.entries(opened))('%s takes the one event that has it, out of either table', (name, columns) => {
    expect(asked(`${name}(1d)`, rowsOf(records))).toMatchObject([columns]);
    expect(asked(`${name}(1d)`, [], { standard: standardRowsOf(records) })).toMatchObject([columns]);
  });
});
