import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Row } from '../../../local/kql/rows.ts';
import { checkerOf } from '../../../tools/kql/check.ts';
import type { FunctionFile } from '../../../tools/kql/functionFiles.ts';
import { schemas } from './asim.ts';
import { asked, eventTime, record, rowsOf, sentinelFolder, standardRowsOf } from './support.ts';

const own = { bucketName: 'finance', Host: 'finance.s3.amazonaws.com' };
const s3 = (eventName: string, more: Record<string, unknown> = {}) =>
  record({
    eventSource: 's3.amazonaws.com',
    eventName,
    eventCategory: 'Data',
    requestParameters: { ...own, key: 'a/b.csv' },
    ...more,
  });
const signin = (eventName: string, more: Record<string, unknown> = {}) =>
  record({ eventSource: 'signin.amazonaws.com', eventType: 'AwsConsoleSignIn', eventName, ...more });
const sts = (eventName: string, requestParameters: unknown, more: Record<string, unknown> = {}) =>
  record({ eventSource: 'sts.amazonaws.com', eventName, requestParameters, ...more });
const iam = (eventName: string, requestParameters: unknown, more: Record<string, unknown> = {}) =>
  record({ eventName, requestParameters, ...more });

const role = { roleArn: 'arn:aws:iam::444455556666:role/teams/auditor', roleSessionName: 's1' };
const denied = { errorCode: 'AccessDenied', errorMessage: 'User is not authorized' };

/** Records, and what a schema makes of each; nothing for what is none of its events. */
const cases: Readonly<
  Record<string, readonly (readonly [Record<string, unknown>, Record<string, unknown> | undefined])[]>
> = {
  Authentication: [
    [
      signin('ConsoleLogin', {
        responseElements: { ConsoleLogin: 'Success' },
        additionalEventData: { MFAUsed: 'Yes', LoginTo: 'https://console' },
      }),
      {
        ...{
          EventType: 'Logon',
          EventSubType: 'Interactive',
          EventResult: 'Success',
          TargetUsername: 'alice',
          User: 'alice',
        },
        ...{ ActorUsername: '', LogonMethod: 'Multi factor authentication', TargetUrl: 'https://console' },
      },
    ],
    [
      signin('ConsoleLogin', { responseElements: { ConsoleLogin: 'Failure' }, errorMessage: 'Failed authentication' }),
      {
        ...{ EventResult: 'Failure', EventResultDetails: 'No such user or password', EventSeverity: 'Low' },
        ...{ EventOriginalResultDetails: 'Failed authentication', LogonMethod: 'Username & Password' },
      },
    ],
    [
      sts('AssumeRole', role, {
        responseElements: { credentials: { accessKeyId: 'ASIA1' }, assumedRoleUser: { assumedRoleId: 'AROA1:s1' } },
      }),
      {
        ...{ EventType: 'Elevate', EventSubType: 'AssumeRole', ActorUsername: 'alice', TargetUsername: 'auditor' },
        ...{ TargetUserId: 'AROA1:s1', TargetUserScopeId: '444455556666', TargetSessionId: 'ASIA1' },
      },
    ],
    [
      sts('AssumeRole', role, denied),
      { EventResult: 'Failure', EventResultDetails: 'Logon violates policy', DvcAction: 'Deny' },
    ],
    [sts('AssumeRoleWithWebIdentity', role), { EventType: 'Logon', LogonProtocol: 'OIDC', TargetUsername: 'auditor' }],
    [
      sts('AssumeRoot', { targetPrincipal: '444455556666' }),
      { EventType: 'Elevate', TargetUsername: 'root', TargetUserType: 'Admin', TargetUserScopeId: '444455556666' },
    ],
    [sts('GetSessionToken', null), { EventType: 'Logon', EventSubType: 'Remote', TargetUsername: 'alice' }],
    [
      signin('SwitchRole', {
        responseElements: { SwitchRole: 'Success' },
        additionalEventData: { SwitchFrom: 'arn:aws:iam::111122223333:user/bob' },
        userIdentity: {
          type: 'AssumedRole',
          arn: 'arn:aws:sts::444455556666:assumed-role/auditor/bob',
          sessionContext: { sessionIssuer: { userName: 'auditor' } },
        },
      }),
      { EventType: 'Elevate', ActorUsername: 'bob', TargetUsername: 'auditor' },
    ],
    [
      signin('UserAuthentication', {
        eventType: 'AwsServiceEvent',
        serviceEventDetails: { UserAuthentication: 'Failure' },
      }),
      { EventResult: 'Failure' },
    ],
    [signin('CredentialVerification', { serviceEventDetails: { CredentialVerification: 'Success' } }), undefined],
    [record({ eventSource: 'sso.amazonaws.com', eventName: 'Logout' }), { EventType: 'Logoff' }],
    [sts('GetCallerIdentity', null), undefined],
    [record(), undefined],
  ],
  AuditEvent: [
    [
      record({
        eventSource: 'cloudtrail.amazonaws.com',
        eventName: 'StopLogging',
        requestParameters: { name: 'main' },
      }),
      {
        EventType: 'Disable',
        Operation: 'StopLogging',
        Object: 'main',
        ObjectType: 'Cloud Resource',
        Value: '{"name":"main"}',
        ValueType: 'Other',
      },
    ],
    [
      iam('AttachRolePolicy', { roleName: 'ops', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
      {
        EventType: 'Set',
        Object: 'arn:aws:iam::aws:policy/AdministratorAccess',
        ObjectType: 'Policy Rule',
        ActorUsername: 'alice',
      },
    ],
    [
      record({
        eventSource: 'kms.amazonaws.com',
        eventName: 'ScheduleKeyDeletion',
        resources: [{ ARN: 'arn:aws:kms:k', type: 'AWS::KMS::Key' }],
        ...denied,
      }),
      {
        EventType: 'Delete',
        Object: 'arn:aws:kms:k',
        ObjectId: 'arn:aws:kms:k',
        OriginalObjectType: 'AWS::KMS::Key',
        EventResult: 'Failure',
        EventResultDetails: 'AccessDenied',
      },
    ],
    [
      record({ eventName: 'ListUsers', readOnly: true }),
      { EventType: 'Read', Object: 'iam.amazonaws.com', ObjectType: 'Other', NewValue: '' },
    ],
    [record({ eventSource: 'ec2.amazonaws.com', eventName: 'RunInstances' }), { EventType: 'Create' }],
    [
      record({
        sourceIPAddress: 'autoscaling.amazonaws.com',
        userIdentity: { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' },
      }),
      {
        SrcIpAddr: '',
        SrcFQDN: 'autoscaling.amazonaws.com',
        SrcHostname: 'autoscaling',
        SrcDomain: 'amazonaws.com',
        ActorUsername: 'autoscaling.amazonaws.com',
        ActorUserType: 'System',
      },
    ],
    [signin('ConsoleLogin'), undefined],
    [s3('GetObject'), undefined],
    [record({ eventName: null, eventCategory: 'Insight', insightDetails: { state: 'Start' } }), undefined],
  ],
  FileEvent: [
    [
      s3('GetObject', { additionalEventData: { bytesTransferredOut: 4096 }, tlsDetails: { tlsVersion: 'TLSv1.3' } }),
      {
        ...{
          EventType: 'FileAccessed',
          EventSubType: 'Download',
          TargetFilePath: 'finance/a/b.csv',
          TargetFileName: 'b.csv',
        },
        ...{
          TargetFileDirectory: 'finance/a',
          TargetFileExtension: 'csv',
          TargetFileSize: 4096,
          FilePath: 'finance/a/b.csv',
        },
        ...{ Url: 'https://finance.s3.amazonaws.com/a/b.csv', NetworkApplicationProtocol: 'HTTPS' },
      },
    ],
    [
      s3('PutObject', { additionalEventData: { bytesTransferredIn: 7 } }),
      { EventType: 'FileCreatedOrModified', TargetFileSize: 7 },
    ],
    [
      s3('CopyObject', {
        requestParameters: { ...own, key: 'copy.csv', 'x-amz-copy-source': '/secret/top%20secret.csv?versionId=1' },
      }),
      {
        EventType: 'FileCopied',
        SrcFilePath: 'secret/top secret.csv',
        SrcFileName: 'top secret.csv',
        SrcFilePathType: 'Unix',
      },
    ],
    [
      s3('DeleteObject', { requestParameters: { ...own, key: 'a', versionId: 'v' } }),
      { EventType: 'FileDeleted', EventSubType: 'Versions' },
    ],
    [
      s3('DeleteBucket', { requestParameters: own }),
      { EventType: 'FolderDeleted', TargetFilePath: 'finance', TargetFileName: 'finance' },
    ],
    [
      s3('GetObject', { userIdentity: { type: 'AWSAccount', accountId: 'anonymous' }, ...denied }),
      {
        ActorUsername: 'anonymous',
        ActorUserType: 'Other',
        EventResult: 'Failure',
        EventResultDetails: 'AccessDenied',
      },
    ],
    [s3('ListObjects'), undefined],
    [record({ eventSource: 'backup.amazonaws.com', eventName: 'CopyObject' }), undefined],
  ],
  UserManagement: [
    [
      iam('CreateUser', { userName: 'bob' }, { responseElements: { user: { userName: 'bob', userId: 'AIDA9' } } }),
      { EventType: 'UserCreated', ActorUsername: 'alice', TargetUsername: 'bob', TargetUserId: 'AIDA9' },
    ],
    [
      iam('UpdateUser', { userName: 'bob', newUserName: 'rob' }),
      {
        EventType: 'UserModified',
        UpdatedPropertyName: 'MultipleProperties',
        PreviousPropertyValue: 'bob',
        NewPropertyValue: 'rob',
      },
    ],
    [
      iam('AddUserToGroup', { userName: 'bob', groupName: 'admins' }),
      { EventType: 'UserAddedToGroup', TargetUsername: 'bob', GroupName: 'admins', GroupNameType: 'Simple' },
    ],
    [
      iam('DeleteGroup', { groupName: 'admins' }),
      { EventType: 'GroupDeleted', TargetUsername: '', TargetUserId: '', GroupName: 'admins' },
    ],
    [iam('ChangePassword', null), { EventType: 'PasswordChanged', TargetUsername: 'alice', TargetUserId: 'AIDA1' }],
    [
      iam('UpdateLoginProfile', { userName: 'bob' }, denied),
      { EventType: 'PasswordReset', EventResult: 'Failure', EventResultDetails: 'NotAuthorized' },
    ],
    [
      record({
        eventSource: 'identitystore.amazonaws.com',
        eventName: 'CreateGroupMembership',
        requestParameters: { groupId: 'g-1', memberId: { userId: 'u-1' } },
      }),
      { EventType: 'UserAddedToGroup', TargetUserId: 'u-1', GroupId: 'g-1' },
    ],
    [record({ eventSource: 'elasticache.amazonaws.com', eventName: 'CreateUser' }), undefined],
    [iam('CreateRole', { roleName: 'x' }), undefined],
  ],
};

/** What a filter is given that lets the first record of its schema through, and what does not. */
const filters: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>> = {
  Authentication: {
    username_has_any: ['dynamic(["alice"])', 'dynamic(["mallory"])'],
    targetappname_has_any: ['dynamic(["AWS"])', 'dynamic(["Okta"])'],
    srchostname_has_any: ['dynamic(["198.51.100.7"])', 'dynamic(["host"])'],
    eventtype_in: ['dynamic(["Logon"])', 'dynamic(["Logoff"])'],
    eventresultdetails_in: ['dynamic([""])', 'dynamic(["Other"])'],
    eventresult: ['"Success"', '"Failure"'],
  },
  AuditEvent: {
    actorusername_has_any: ['dynamic(["alice"])', 'dynamic(["mallory"])'],
    operation_has_any: ['dynamic(["StopLogging"])', 'dynamic(["StartLogging"])'],
    eventtype_in: ['dynamic(["Disable"])', 'dynamic(["Enable"])'],
    eventresult: ['"Success"', '"Failure"'],
    object_has_any: ['dynamic(["main"])', 'dynamic(["other"])'],
    newvalue_has_any: ['dynamic(["name", "x"])', 'dynamic(["x"])'],
  },
  FileEvent: {
    eventtype_in: ['dynamic(["FileAccessed"])', 'dynamic(["FileDeleted"])'],
    actorusername_has_any: ['dynamic(["alice"])', 'dynamic(["mallory"])'],
    targetfilepath_has_any: ['dynamic(["finance"])', 'dynamic(["other"])'],
    srcfilepath_has_any: ['dynamic([])', 'dynamic(["finance"])'],
    hashes_has_any: ['dynamic([])', 'dynamic(["75a599802f1fa166cdadb360960b1dd0"])'],
    dvchostname_has_any: ['dynamic(["s3"])', 'dynamic(["ec2"])'],
  },
  UserManagement: {
    targetusername_has_any: ['dynamic(["bob"])', 'dynamic(["alice"])'],
    actorusername_has_any: ['dynamic(["alice"])', 'dynamic(["bob"])'],
    eventtype_in: ['dynamic(["UserCreated"])', 'dynamic(["UserDeleted"])'],
  },
};
const everywhere: Readonly<Record<string, readonly [string, string]>> = {
  starttime: [`datetime(${eventTime})`, 'datetime(2026-11-30T10:00:01Z)'],
  endtime: [`datetime(${eventTime})`, 'datetime(2026-11-30T09:59:59Z)'],
  srcipaddr_has_any_prefix: ['dynamic(["10.", "198.51."])', 'dynamic(["10.", "198.5"])'],
  disabled: ['false', 'true'],
};

const check = checkerOf();
const parserName = (kind: 'ASim' | 'vim', schema: string): string => `${kind}${schema}AWSCloudTrailEvents`;
const fileOf = (name: string) =>
  parse(readFileSync(join(sentinelFolder, `parsers/${name}.yaml`), 'utf8')) as FunctionFile;

function once<T>(make: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: make() };
    return value.of;
  };
}

describe.each(Object.entries(schemas))(
  'the schema %s',
  (schema, { aliases, allowed, mandatory, parameters, recommended, version }) => {
    const [filtering, plain] = [parserName('vim', schema), parserName('ASim', schema)];
    const records = cases[schema] ?? [];
    const [[first = {}] = []] = records;
    const all = records.map(([each], index) => ({ ...each, eventID: `${index}` }));
    const made = once(() => asked(plain, rowsOf(all)));
    const madeOfStandard = once(() => asked(plain, [], { standard: standardRowsOf(all) }));
    const output = check('a.kql', plain).queries[0]?.output ?? new Map<string, string>();

    it.each([plain, filtering])('has its mandatory and recommended fields, with their types, in %s', (name) => {
      const found = check('a.kql', name).queries[0]?.output;
      const wanted = { ...mandatory, ...recommended };
      expect(Object.fromEntries(Object.keys(wanted).map((field) => [field, found?.get(field)]))).toEqual(wanted);
    });

    it('puts out its own columns alone', () => {
      const raw = [...output.keys()].filter((name) =>
        /^(?:AWS|UserIdentity|Session|Request|Response|Unmapped|.*_CF$)/.test(name),
      );
      expect(raw).toEqual([]);
    });

    it('takes the parameters that unifying parsers give, by their names', () => {
      expect(fileOf(filtering).FunctionParams?.map(({ Name }) => Name)).toEqual(parameters);
      expect(fileOf(plain).FunctionParams?.map(({ Name }) => Name)).toEqual(['disabled', 'pack']);
    });

    it.each(records.map(([each, wanted], index) => [each['eventName'], wanted, `${index}`] as const))(
      'makes of %s what it is, out of either table',
      (_, wanted, id) => {
        for (const rows of [made(), madeOfStandard()])
          expect(rows.filter((row) => row['EventOriginalUid'] === id)).toMatchObject(
            wanted === undefined ? [] : [wanted],
          );
      },
    );

    it('fills what is mandatory, and puts into each field what the schema allows', () => {
      const rows = made();
      expect(rows.length).toBe(records.filter(([, wanted]) => wanted !== undefined).length);
      for (const row of rows) {
        expect(row).toMatchObject({ EventSchema: schema, EventSchemaVersion: version, EventCount: 1 });
        for (const field of Object.keys(mandatory))
          expect([field, row[field]]).not.toEqual([field, expect.toBeOneOf(['', null])]);
        for (const [field, values] of Object.entries(allowed))
          expect([field, row[field]]).toEqual([field, expect.toBeOneOf([...values])]);
        for (const [alias, of] of Object.entries(aliases)) expect([alias, row[alias]]).toEqual([alias, row[of]]);
      }
    });

    it.each(Object.entries({ ...everywhere, ...filters[schema] }))('filters by %s', (parameter, [passes, stops]) => {
      const names = (value: string): unknown[] =>
        asked(`${filtering}(${parameter} = ${value})`, rowsOf([first])).map((row: Row) => row['EventOriginalType']);
      expect(names(passes)).toEqual([first['eventName']]);
      expect(names(stops)).toEqual([]);
    });

    it('packs the rest on demand', () => {
      expect(asked(`${plain} | project AdditionalFields`, rowsOf([first]))).toEqual([{ AdditionalFields: null }]);
      expect(asked(`${plain}(pack = true)`, rowsOf([first]))).toMatchObject([
        { AdditionalFields: { SourceObject: 'test' } },
      ]);
    });

    it('has a filter shown for each parameter', () => {
      expect([...Object.keys({ ...everywhere, ...filters[schema] }), 'pack'].sort()).toEqual([...parameters].sort());
    });
  },
);

it('filters by a prefix of an address of version 6, too', () => {
  const rows = rowsOf([record({ sourceIPAddress: '2001:db8:85a3::7334' })]);
  const many = (prefix: string): number =>
    asked(`vimAuditEventAWSCloudTrailEvents(srcipaddr_has_any_prefix = dynamic(["${prefix}"]))`, rows).length;
  expect([many('2001:db8:'), many('2001:db9:')]).toEqual([1, 0]);
});
