// Made from tools/generate/arm by `npm run generate`. What is deployed stands in connector.json; this only hands on.
targetScope = 'subscription'

@description('Name of the azd environment; the resource group is named after it.')
param environmentName string

@description('Region of the function app.')
param location string

@description('Resource ID of the Log Analytics workspace that Microsoft Sentinel works on: /subscriptions/…/providers/Microsoft.OperationalInsights/workspaces/NAME.')
param workspaceResourceId string

@description('Region of that workspace; the data collection rule and the alerts are made there.')
param workspaceLocation string

@description('Table that the events go into. AWSCloudTrail is Microsoft Sentinel\'s own, which its rules and workbooks read; it must be there already, and gets a few columns more, whose names end in _CF.')
param table string = 'AWSCloudTrail_CL'

@description('Resource ID of a data collection endpoint in the workspace\'s region, for private link. Empty: rows go to the rule\'s own endpoint.')
param dataCollectionEndpointId string = ''

@description('Resource ID of a subnet, delegated to Microsoft.App/environments, that the app calls out from. Empty: none.')
param subnetId string = ''

@description('Application setting AWS_ROLE_ARN. The role that may read the queue and the buckets; it is assumed with the workspace ID as external ID. Empty: the setting stays as it is, or is left out.')
param awsRoleArn string = ''

@description('Application setting SQS_QUEUE_URL. The queue that announces new log files; its region is taken from the URL, and no one else may read from it. Empty: the setting stays as it is, or is left out.')
param sqsQueueUrl string = ''

@description('Application setting ALLOWED_BUCKETS. The only buckets that are ever read; a message that announces an object elsewhere is refused. Empty: the setting stays as it is, or is left out.')
param allowedBuckets string = ''

@description('Application setting AWS_HUB_ROLE_ARN. The role that trusts the managed identity; from it the role in `AWS_ROLE_ARN` is assumed, in the same partition. Empty: the setting stays as it is, or is left out.')
param hubRoleArn string = ''

@description('Application setting AWS_WEB_IDENTITY_AUDIENCE. The audience of the managed identity\'s token, as registered in AWS\'s identity provider. Empty: the setting stays as it is, or is left out.')
param audience string = ''

@description('Application setting DRAIN_SCHEDULE. When a drain begins; a drain that is still running is not started a second time. Empty: the setting stays as it is, or is left out.')
param drainSchedule string = ''

resource group 'Microsoft.Resources/resourceGroups@2022-09-01' = {
  name: 'rg-${environmentName}'
  location: location
}

module connector 'connector.json' = {
  name: 'connector'
  scope: group
  params: {
    location: location
    workspaceResourceId: workspaceResourceId
    workspaceLocation: workspaceLocation
    table: table
    dataCollectionEndpointId: dataCollectionEndpointId
    subnetId: subnetId
    awsRoleArn: awsRoleArn
    sqsQueueUrl: sqsQueueUrl
    allowedBuckets: allowedBuckets
    hubRoleArn: hubRoleArn
    audience: audience
    drainSchedule: drainSchedule
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output FUNCTION_APP_NAME string = connector.outputs.functionAppName
output MANAGED_IDENTITY_OBJECT_ID string = connector.outputs.managedIdentityObjectId
output WORKSPACE_ID string = connector.outputs.workspaceId
