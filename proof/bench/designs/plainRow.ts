/** The parts of a parsed record that have columns. */
interface ParsedRecord {
  readonly [field: string]: unknown;
  readonly userIdentity?: {
    readonly [field: string]: unknown;
    readonly sessionContext?: {
      readonly sessionIssuer?: Readonly<Record<string, unknown>>;
      readonly attributes?: Readonly<Record<string, unknown>>;
      readonly ec2RoleDelivery?: unknown;
    };
    readonly onBehalfOf?: Readonly<Record<string, unknown>>;
  } | null;
  readonly requestParameters?: {
    readonly [field: string]: unknown;
    readonly ipPermissions?: { readonly items?: readonly IpPermission[] };
  } | null;
  readonly tlsDetails?: Readonly<Record<string, unknown>>;
}

interface IpPermission {
  readonly ipProtocol?: unknown;
  readonly fromPort?: unknown;
  readonly toPort?: unknown;
  readonly ipRanges?: { readonly items?: readonly { readonly cidrIp?: unknown }[] };
}

/** Maps a parsed record to the table's columns, all but `UnmappedFields` and `TruncatedColumns`. */
export function plainRow(record: ParsedRecord, sourceObject: string): Record<string, unknown> {
  const identity = record.userIdentity ?? {};
  const issuer = identity.sessionContext?.sessionIssuer ?? {};
  const attributes = identity.sessionContext?.attributes ?? {};
  const tls = record.tlsDetails ?? {};
  const request = record.requestParameters ?? {};
  const permission = request.ipPermissions?.items?.[0];
  return {
    TimeGenerated: record['eventTime'],
    AwsEventId: record['eventID'],
    EventVersion: record['eventVersion'],
    EventSource: record['eventSource'],
    EventTypeName: record['eventType'],
    EventName: record['eventName'],
    UserIdentityType: identity['type'],
    UserIdentityPrincipalid: identity['principalId'],
    UserIdentityArn: identity['arn'],
    UserIdentityAccountId: identity['accountId'],
    UserIdentityInvokedBy: identity['invokedBy'],
    UserIdentityAccessKeyId: identity['accessKeyId'],
    UserIdentityUserName: identity['userName'],
    SessionMfaAuthenticated: truth(attributes['mfaAuthenticated']),
    SessionCreationDate: attributes['creationDate'],
    SessionIssuerType: issuer['type'],
    SessionIssuerPrincipalId: issuer['principalId'],
    SessionIssuerArn: issuer['arn'],
    SessionIssuerAccountId: issuer['accountId'],
    SessionIssuerUserName: issuer['userName'],
    AWSRegion: record['awsRegion'],
    SourceIpAddress: record['sourceIPAddress'],
    UserAgent: record['userAgent'],
    ErrorCode: record['errorCode'],
    ErrorMessage: record['errorMessage'],
    RequestParameters: json(record.requestParameters),
    ResponseElements: json(record['responseElements']),
    AdditionalEventData: json(record['additionalEventData']),
    AwsRequestId_: record['requestID'],
    Resources: json(record['resources']),
    APIVersion: record['apiVersion'],
    ReadOnly: record['readOnly'],
    RecipientAccountId: record['recipientAccountId'],
    ServiceEventDetails: json(record['serviceEventDetails']),
    SharedEventId: record['sharedEventID'],
    VpcEndpointId: record['vpcEndpointId'],
    ManagementEvent: record['managementEvent'],
    Category: record['eventCategory'],
    EC2RoleDelivery: identity.sessionContext?.ec2RoleDelivery,
    TlsVersion: tls['tlsVersion'],
    CipherSuite: tls['cipherSuite'],
    ClientProvidedHostHeader: tls['clientProvidedHostHeader'],
    IpProtocol: text(request['ipProtocol'] ?? permission?.ipProtocol),
    SourcePort: text(request['fromPort'] ?? permission?.fromPort),
    DestinationPort: text(request['toPort'] ?? permission?.toPort),
    CidrIp: text(request['cidrIp'] ?? permission?.ipRanges?.items?.[0]?.cidrIp),
    UserIdentityUserId: identity.onBehalfOf?.['userId'],
    UserIdentityStoreArn: identity.onBehalfOf?.['identityStoreArn'],
    EventTime: record['eventTime'],
    SourceObject: sourceObject,
  };
}

function json(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : JSON.stringify(value);
}

function text(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

function truth(value: unknown): boolean | undefined {
  return value === 'true' ? true : value === 'false' ? false : undefined;
}
