import { standardTable } from '../../../shared/cloudtrail/standardTable.ts';

/** https://learn.microsoft.com/azure/azure-monitor/reference/tables/awscloudtrail */
const texts =
  'EventVersion EventSource EventTypeName EventName UserIdentityType UserIdentityPrincipalid UserIdentityArn UserIdentityAccountId UserIdentityInvokedBy UserIdentityAccessKeyId UserIdentityUserName SessionIssuerType SessionIssuerPrincipalId SessionIssuerArn SessionIssuerAccountId SessionIssuerUserName AWSRegion SourceIpAddress UserAgent ErrorCode ErrorMessage RequestParameters ResponseElements AdditionalEventData AwsRequestId_ Resources APIVersion RecipientAccountId ServiceEventDetails VpcEndpointId SourceSystem OperationName Category EC2RoleDelivery TlsVersion CipherSuite ClientProvidedHostHeader IpProtocol SourcePort DestinationPort CidrIp UserIdentityUserId UserIdentityStoreArn Type';

const columnsByType = {
  dateTime: 'TimeGenerated SessionCreationDate',
  // The Tables API shows these as GUIDs, although queries see text; a rule is held against what the API shows.
  guid: 'AwsEventId AwsRequestId SharedEventId TenantId',
  boolean: 'SessionMfaAuthenticated ReadOnly ManagementEvent',
  string: texts,
};

/** Microsoft's own table as every workspace of Sentinel has it; here somebody added a column of theirs, and one of ours. */
export const standardTableBody = {
  properties: {
    schema: {
      name: standardTable,
      columns: [
        { name: 'IPAddress_CF', type: 'string' },
        { name: 'EventTime_CF', type: 'dateTime' },
      ],
      standardColumns: Object.entries(columnsByType).flatMap(([type, names]) =>
        names.split(' ').map((name) => ({ name, type })),
      ),
    },
  },
};

export function isStandardTable(id: string): boolean {
  return id.toLowerCase().endsWith(`/workspaces/sentinel/tables/${standardTable.toLowerCase()}`);
}
