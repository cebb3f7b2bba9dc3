/** The types a data collection rule's stream can declare that this table needs. */
export type ColumnType = 'string' | 'boolean' | 'datetime' | 'dynamic';

/**
 * How a cell is made.
 * `text`: the value's own text. `json`: compact JSON text of a nested value. `boolean`, `datetime`: only when the value is one.
 * `derived`: a copy of something inside another column. `connector`: written by the connector about the row.
 * `reserved`: declared, because queries name it, and never written.
 */
export type ColumnKind = 'text' | 'json' | 'boolean' | 'datetime' | 'derived' | 'connector' | 'reserved';

/** A key of an object, or the first entry of a list. */
export type Step = string | 0;

export interface Column<Name extends string = string> {
  readonly name: Name;
  readonly type: ColumnType;
  readonly kind: ColumnKind;
  /** Keys that lead from the record to the value; empty for `connector` and `reserved`. */
  readonly source: readonly string[];
  /** Of a `derived` column: the way to the value, list positions included, when `source` does not lead to one. */
  readonly otherwise?: readonly Step[];
  readonly description: string;
}

/**
 * The one table that drives both row engines, the stream declaration, the table schema and the documentation.
 * Names and types follow https://learn.microsoft.com/azure/azure-monitor/reference/tables/awscloudtrail, all but the
 * service's own TenantId and Type; the last four are additions. Schema and documentation keep this order; the order of
 * the cells in a row means nothing, and is the record's own where the row module writes it.
 */
const table = [
  column(
    'TimeGenerated',
    'datetime',
    'datetime',
    'eventTime',
    'When the event happened; the delivery time of its log file when the record has no usable time. The service replaces a time older than two days.',
  ),
  text('AwsEventId', 'eventID', 'GUID of the event: the key by which duplicates are recognised.'),
  text('EventVersion', 'eventVersion', 'Version of the CloudTrail record format.'),
  text('EventSource', 'eventSource', 'Service that received the request.'),
  text('EventTypeName', 'eventType', 'Kind of event: AwsApiCall, AwsServiceEvent, AwsConsoleSignIn and others.'),
  text('EventName', 'eventName', 'Action that was requested.'),
  text('UserIdentityType', 'userIdentity.type', 'Kind of identity that made the request.'),
  text('UserIdentityPrincipalid', 'userIdentity.principalId', 'Unique identifier of the caller.'),
  text('UserIdentityArn', 'userIdentity.arn', 'ARN of the caller.'),
  text(
    'UserIdentityAccountId',
    'userIdentity.accountId',
    'Account that owns the caller; text, because of leading zeros.',
  ),
  text('UserIdentityInvokedBy', 'userIdentity.invokedBy', 'Service that made the request for the caller.'),
  text('UserIdentityAccessKeyId', 'userIdentity.accessKeyId', 'Access key that signed the request.'),
  text('UserIdentityUserName', 'userIdentity.userName', 'Friendly name of the caller.'),
  column(
    'SessionMfaAuthenticated',
    'boolean',
    'boolean',
    'userIdentity.sessionContext.attributes.mfaAuthenticated',
    'Whether the session was authenticated with a second factor; absent without a session.',
  ),
  column(
    'SessionCreationDate',
    'datetime',
    'datetime',
    'userIdentity.sessionContext.attributes.creationDate',
    'When the temporary credentials were issued.',
  ),
  text(
    'SessionIssuerType',
    'userIdentity.sessionContext.sessionIssuer.type',
    'Kind of identity that issued the session.',
  ),
  text(
    'SessionIssuerPrincipalId',
    'userIdentity.sessionContext.sessionIssuer.principalId',
    'Unique identifier of the issuer.',
  ),
  text('SessionIssuerArn', 'userIdentity.sessionContext.sessionIssuer.arn', 'ARN of the issuer.'),
  text(
    'SessionIssuerAccountId',
    'userIdentity.sessionContext.sessionIssuer.accountId',
    'Account that owns the issuer.',
  ),
  text('SessionIssuerUserName', 'userIdentity.sessionContext.sessionIssuer.userName', 'Friendly name of the issuer.'),
  text('AWSRegion', 'awsRegion', 'Region the request was made to.'),
  text('SourceIpAddress', 'sourceIPAddress', 'Address the request came from, or the name of an AWS service.'),
  text('UserAgent', 'userAgent', 'Agent through which the request was made.'),
  text('ErrorCode', 'errorCode', 'Error of the service; empty when the request succeeded.'),
  text('ErrorMessage', 'errorMessage', 'Description of the error.'),
  json('RequestParameters', 'requestParameters', 'Parameters of the request.'),
  json('ResponseElements', 'responseElements', 'Elements of the response of actions that make changes.'),
  json('AdditionalEventData', 'additionalEventData', 'What else belongs to the event.'),
  reserved('AwsRequestId', 'Deprecated; see AwsRequestId_.'),
  text('AwsRequestId_', 'requestID', 'Identifier of the request, made by the called service; not always a GUID.'),
  json('Resources', 'resources', 'Resources the event touched.'),
  text('APIVersion', 'apiVersion', 'API version of the request.'),
  column('ReadOnly', 'boolean', 'boolean', 'readOnly', 'Whether the action only reads.'),
  text('RecipientAccountId', 'recipientAccountId', 'Account that received the event.'),
  json('ServiceEventDetails', 'serviceEventDetails', 'What triggered a service event, and its result.'),
  text('SharedEventId', 'sharedEventID', 'GUID shared by the events of one action in several accounts.'),
  text('VpcEndpointId', 'vpcEndpointId', 'VPC endpoint through which the request was made.'),
  column('ManagementEvent', 'boolean', 'boolean', 'managementEvent', 'Whether the event is a management event.'),
  reserved('SourceSystem', 'Blank, as in the rows of the standard connector.'),
  reserved('OperationName', 'Blank, as in the rows of the standard connector.'),
  text('Category', 'eventCategory', 'Category of the event: Management, Data, NetworkActivity or Insight.'),
  text(
    'EC2RoleDelivery',
    'userIdentity.sessionContext.ec2RoleDelivery',
    'Version of the instance metadata service that delivered the credentials.',
  ),
  text('TlsVersion', 'tlsDetails.tlsVersion', 'TLS version of the request.'),
  text('CipherSuite', 'tlsDetails.cipherSuite', 'Cipher suite of the request.'),
  text('ClientProvidedHostHeader', 'tlsDetails.clientProvidedHostHeader', 'Host name the client used.'),
  derived('IpProtocol', 'ipProtocol', ['ipProtocol'], 'IP protocol'),
  derived('SourcePort', 'fromPort', ['fromPort'], 'Start of the port range'),
  derived('DestinationPort', 'toPort', ['toPort'], 'End of the port range'),
  derived('CidrIp', 'cidrIp', ['ipRanges', 'items', 0, 'cidrIp'], 'IPv4 range'),
  text(
    'UserIdentityUserId',
    'userIdentity.onBehalfOf.userId',
    'Identity Center user on whose behalf the request was made.',
  ),
  text(
    'UserIdentityStoreArn',
    'userIdentity.onBehalfOf.identityStoreArn',
    'ARN of the Identity Center store of that user.',
  ),
  column(
    'EventTime',
    'datetime',
    'datetime',
    'eventTime',
    'The same time as TimeGenerated, which the service may replace; this column it leaves alone.',
  ),
  {
    ...connector('UnmappedFields', 'Every part of the record that no other column holds, nested as in the record.'),
    type: 'dynamic',
  },
  connector(
    'TruncatedColumns',
    'Names of columns of this row that were too long and were shortened, joined by commas.',
  ),
  connector('SourceObject', 'Delivery minute and unique part of the name of the log file the row came from.'),
] as const satisfies readonly Column[];

/** Whoever names a column that the table has not does not compile. */
export type ColumnName = (typeof table)[number]['name'];

export const columns: readonly Column<ColumnName>[] = table;

/** Index of the column of this name. @throws RangeError when there is none */
export function columnIndex(name: ColumnName): number {
  const index = columns.findIndex((each) => each.name === name);
  if (index < 0) throw new RangeError(`there is no column ${name}`);
  return index;
}

function column<const Name extends string>(
  name: Name,
  type: ColumnType,
  kind: ColumnKind,
  source: string,
  description: string,
): Column<Name> {
  return { name, type, kind, source: source === '' ? [] : source.split('.'), description };
}

function text<const Name extends string>(name: Name, source: string, description: string): Column<Name> {
  return column(name, 'string', 'text', source, description);
}

function json<const Name extends string>(name: Name, source: string, description: string): Column<Name> {
  return column(name, 'string', 'json', source, `${description} Compact JSON text.`);
}

/** A parameter of a security group rule: it stands by itself, or in the first entry of the list of rules. */
function derived<const Name extends string>(
  name: Name,
  parameter: string,
  inRule: readonly Step[],
  what: string,
): Column<Name> {
  return {
    ...column(
      name,
      'string',
      'derived',
      `requestParameters.${parameter}`,
      `${what} of the security group rule in the request. The parameter itself, else that of the first entry of ipPermissions.`,
    ),
    otherwise: ['requestParameters', 'ipPermissions', 'items', 0, ...inRule],
  };
}

function reserved<const Name extends string>(name: Name, description: string): Column<Name> {
  return column(name, 'string', 'reserved', '', description);
}

function connector<const Name extends string>(name: Name, description: string): Column<Name> {
  return column(name, 'string', 'connector', '', description);
}
