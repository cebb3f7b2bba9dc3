/**
 * What the schemas of ASIM demand, kept by hand from https://learn.microsoft.com/azure/sentinel/normalization-common-fields and
 * the page of each schema: fields by class, with the types that a table has; values that the schema enumerates.
 */
export interface Schema {
  readonly version: string;
  readonly mandatory: Readonly<Record<string, string>>;
  readonly recommended: Readonly<Record<string, string>>;
  /** Names of fields that repeat another. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly allowed: Readonly<Record<string, readonly string[]>>;
  /** Parameters of the filtering parser, in their order. */
  readonly parameters: readonly string[];
}

const strings = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, 'string']));

const common = {
  mandatory: {
    ...{ TimeGenerated: 'datetime', EventCount: 'int', EventStartTime: 'datetime', EventEndTime: 'datetime' },
    ...strings('EventType', 'EventResult', 'EventProduct', 'EventVendor', 'EventSchema', 'EventSchemaVersion', 'Dvc'),
    ...strings('EventSeverity'),
  },
  recommended: strings(
    ...['Type', 'EventResultDetails', 'EventUid', 'DvcIpAddr', 'DvcHostname', 'DvcDomain', 'DvcDomainType'],
    ...['SrcIpAddr', 'SrcHostname', 'SrcDomain', 'SrcDomainType', 'Src'],
  ),
  allowed: {
    EventResult: ['Success', 'Partial', 'Failure', 'NA'],
    EventSeverity: ['Informational', 'Low', 'Medium', 'High'],
    EventVendor: ['AWS'],
    EventProduct: ['CloudTrail'],
    DvcDomainType: ['', 'Windows', 'FQDN'],
    SrcDomainType: ['', 'Windows', 'FQDN'],
    ActorUserIdType: ['', 'SID', 'UID', 'AADID', 'OktaId', 'AWSId'],
    ActorUsernameType: ['', 'UPN', 'Windows', 'DN', 'Simple'],
    ActorUserType: ['', 'Regular', 'Machine', 'Admin', 'System', 'Application', 'Service Principal', 'Other'],
  },
};
const target = {
  TargetUserIdType: common.allowed.ActorUserIdType,
  TargetUsernameType: common.allowed.ActorUsernameType,
};
const times = ['starttime', 'endtime'];
const last = ['disabled', 'pack'];

export const schemas: Readonly<Record<string, Schema>> = {
  Authentication: {
    version: '0.1.3',
    mandatory: common.mandatory,
    recommended: { ...common.recommended, ...strings('TargetHostname', 'TargetDomain', 'TargetDomainType') },
    aliases: { User: 'TargetUsername', IpAddr: 'SrcIpAddr', LogonTarget: 'TargetAppName', Dst: 'TargetFQDN' },
    allowed: {
      ...common.allowed,
      ...target,
      TargetUserType: common.allowed.ActorUserType,
      EventType: ['Logon', 'Logoff', 'Elevate'],
      EventSubType: [
        ...['System', 'Interactive', 'RemoteInteractive', 'Service', 'RemoteService', 'Remote', 'AssumeRole'],
      ],
      EventResultDetails: [
        ...['', 'No such user or password', 'No such user', 'Incorrect password', 'Incorrect key', 'Account expired'],
        ...['Password expired', 'User locked', 'User disabled', 'Logon violates policy', 'Session expired', 'Other'],
      ],
      ASimMatchingUsername: ['-', 'TargetUsername', 'ActorUsername', 'Both'],
    },
    parameters: [
      ...times,
      ...['username_has_any', 'targetappname_has_any', 'srcipaddr_has_any_prefix', 'srchostname_has_any'],
      ...['eventtype_in', 'eventresultdetails_in', 'eventresult'],
      ...last,
    ],
  },
  AuditEvent: {
    version: '0.1',
    mandatory: { ...common.mandatory, ...strings('Operation', 'Object', 'ObjectType') },
    recommended: {
      ...common.recommended,
      ...strings('ActorUsername', 'TargetHostname', 'TargetDomain', 'TargetDomainType'),
    },
    aliases: { User: 'ActorUsername', IpAddr: 'SrcIpAddr', Application: 'TargetAppName', Value: 'NewValue' },
    allowed: {
      ...common.allowed,
      EventType: [...['Set', 'Read', 'Create', 'Delete', 'Execute', 'Install', 'Clear', 'Enable', 'Disable', 'Other']],
      ObjectType: ['Cloud Resource', 'Configuration Atom', 'Policy Rule', 'Other'],
      ValueType: ['', 'Other'],
    },
    parameters: [
      ...times,
      ...['srcipaddr_has_any_prefix', 'actorusername_has_any', 'operation_has_any', 'eventtype_in', 'eventresult'],
      ...['object_has_any', 'newvalue_has_any'],
      ...last,
    ],
  },
  FileEvent: {
    version: '0.2.1',
    mandatory: { ...common.mandatory, ...strings('ActorUsername', 'TargetFilePath', 'TargetFilePathType') },
    recommended: {
      ...common.recommended,
      ...strings('ActorUserId', 'TargetFileName', 'SrcFileName', 'SrcFilePath', 'SrcFilePathType', 'HashType'),
      TargetFileSize: 'long',
    },
    aliases: {
      ...{ User: 'ActorUsername', IpAddr: 'SrcIpAddr', Application: 'TargetAppName', Url: 'TargetUrl' },
      ...{ FilePath: 'TargetFilePath', FileName: 'TargetFileName' },
    },
    allowed: {
      ...common.allowed,
      EventType: [
        ...['FileAccessed', 'FileCreated', 'FileModified', 'FileDeleted', 'FileRenamed', 'FileCopied', 'FileMoved'],
        ...['FolderCreated', 'FolderDeleted', 'FolderMoved', 'FolderModified', 'FileCreatedOrModified'],
      ],
      EventSubType: ['', 'Upload', 'Checkin', 'Download', 'Preview', 'Checkout', 'Extended', 'Recycled', 'Versions'],
      TargetFilePathType: ['Unix'],
      SrcFilePathType: ['', 'Unix'],
    },
    parameters: [
      ...times,
      ...['eventtype_in', 'srcipaddr_has_any_prefix', 'actorusername_has_any', 'targetfilepath_has_any'],
      ...['srcfilepath_has_any', 'hashes_has_any', 'dvchostname_has_any'],
      ...last,
    ],
  },
  UserManagement: {
    version: '0.1.2',
    mandatory: { ...common.mandatory, ...strings('ActorUsername') },
    recommended: common.recommended,
    aliases: {
      ...{ User: 'ActorUsername', IpAddr: 'SrcIpAddr', Hostname: 'DvcHostname', UpdatedPropertyName: 'EventSubType' },
    },
    allowed: {
      ...common.allowed,
      ...target,
      EventType: [
        ...['UserCreated', 'UserDeleted', 'UserModified', 'UserLocked', 'UserUnlocked', 'UserDisabled', 'UserEnabled'],
        ...['PasswordChanged', 'PasswordReset', 'GroupCreated', 'GroupDeleted', 'GroupModified', 'UserAddedToGroup'],
        ...['UserRemovedFromGroup', 'GroupEnumerated', 'UserRead', 'GroupRead'],
      ],
      EventResultDetails: ['', 'NotAuthorized', 'Other'],
    },
    parameters: [
      ...times,
      ...['srcipaddr_has_any_prefix', 'targetusername_has_any', 'actorusername_has_any', 'eventtype_in'],
      ...last,
    ],
  },
};
