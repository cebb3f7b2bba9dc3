import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Template } from '../../../local/azure/resourceManager/deployment.ts';
import { problemsOf, usual } from './problems.ts';

const text = readFileSync(join(import.meta.dirname, '../../../infra/azure/connector.json'), 'utf8');

/** One mistake: what the template says, what it says instead, and what the check must tell. */
type Plant = readonly [right: string, wrong: string, told: string];

const expressions: readonly Plant[] = [
  ["parameters('location')", "parameters('place')", 'there is no parameter place'],
  ["variables('planName')", "variables('plan')", 'there is no variable plan'],
  ["[format('{0}-plan', ", "[formatted('{0}-plan', ", 'there is no function formatted'],
  ["[format('{0}-plan', ", "[format('{0}-{1}-plan', ", 'format has no value for {1}'],
  ["[not(empty(parameters('packageUri')))]", "[not(empty(parameters('packageUri'))]", 'expected'],
  ["[not(empty(parameters('packageUri')))]", "[parameters('packageUri')]", 'must be true or false'],
  ["variables('roles').blobOwner", "variables('roles').blobOwners", 'there is no blobOwners'],
  [
    "[split(parameters('workspaceResourceId'), '/')[2]]",
    "[split(parameters('workspaceResourceId'), '/')[12]]",
    'there is no 12',
  ],
  [
    "resourceId('Microsoft.Web/serverfarms', variables",
    "resourceId('Microsoft.Web/serverfarms', 'one', variables",
    'takes 1 names',
  ],
  ["[format('{0}/onedeploy', parameters('appName'))]", "[parameters('appName')]", 'takes 2 names'],
  [').primaryEndpoints.blob]', ').endpoints.blob]', 'there is no endpoints'],
  [').identity.principalId]', ').identity.objectId]', 'there is no objectId'],
  ['.endpoints.logsIngestion]', '.endpoints.logs]', 'there is no logs'],
  [", 'Full').identity", ').identity', 'there is no identity'],
  ["lambdaVariables('id')", "lambdaVariables('each')", 'there is no lambda variable each'],
  [
    "resourceId('Microsoft.Insights/components', parameters('appName')), '2020",
    "resourceId('Microsoft.Insights/components', variables('planName')), '2020",
    'there is no resource',
  ],
  [
    '"planName": "[format(\'{0}-plan\', parameters(\'appName\'))]"',
    '"planName": "[reference(parameters(\'appName\')).name]"',
    'properties and outputs only',
  ],
  ['"defaultValue": 2048', '"defaultValue": 1024', 'must be one of 512, 2048, 4096'],
  ['"defaultValue": 40', '"defaultValue": 4000', 'must be within 1 and 1000'],
  ['"defaultValue": true', '"defaultValue": "yes"', 'must be of type bool'],
  ["variables('settingsDeployment'))]\"", "variables('tablesDeployment'))]\"", 'which is not there'],
];

const bodies: readonly Plant[] = [
  ['"allowSharedKeyAccess"', '"allowSharedKeysAccess"', 'has no properties.allowSharedKeysAccess'],
  ['"supportsHttpsTrafficOnly": true', '"supportsHttpsTrafficOnly": "true"', 'must be a boolean'],
  ['"minimumTlsVersion": "TLS1_2"', '"minimumTlsVersion": "1.2"', 'must be one of TLS1_0'],
  ['"kind": "StorageV2"', '"kind": "StorageV3"', 'must be one of Storage'],
  ['"publicAccess": "None"', '"publicAccess": "Never"', 'publicAccess must be one of'],
  ['"serverFarmId"', '"serverFarm"', 'has no properties.serverFarm'],
  ['"httpsOnly": true', '"httpsOnly": 1', 'must be a boolean'],
  ['"instanceMemoryMB": "[', '"instanceMemoryMb": "[', 'instanceMemoryMb'],
  [
    '"maximumInstanceCount": "[parameters(\'maximumInstanceCount\')]"',
    '"maximumInstanceCount": "many"',
    'must be a number',
  ],
  ['"type": "blobContainer"', '"type": "container"', 'must be one of blobContainer'],
  ['"name": "node",', '"name": "nodejs",', 'must be one of'],
  ['"type": "SystemAssignedIdentity"', '"type": "SystemAssigned"', 'must be one of'],
  ['"ftpsState": "Disabled"', '"ftpsState": "Off"', 'must be one of'],
  ['"allow": false', '"allowed": false', 'has no properties.allowed'],
  ['"plan": "Analytics"', '"plan": "Analytic"', 'must be one of'],
  ['"type": "dateTime"', '"type": "timestamp"', 'must be one of'],
  ['"principalType": "ServicePrincipal"', '"principalType": "ManagedIdentity"', 'must be one of'],
  ['"principalId": "[reference(', '"principal": "[reference(', 'principalId is required'],
  ['"apiVersion": "2022-04-01"', '"apiVersion": "2022-04-02"', 'nothing is known'],
  ['"streamDeclarations"', '"streamDeclaration"', 'streamDeclaration'],
  ['"transformKql": "source"', '"transformKql": "AWSCloudTrail"', 'transformKql'],
  ['"category": "LogErrors"', '"category": "Log Errors"', 'category'],
  ['"DisableLocalAuth": true', '"DisableLocalAuthentication": true', 'DisableLocalAuth'],
  ['"functionAlias"', '"functionalias"', 'functionalias'],
  ['"remoteBuild": false', '"remoteBuild": true', 'remoteBuild'],
  ['"windowSize": "PT30M"', '"windowSize": "30 minutes"', 'windowSize'],
  ["[format('PT{0}H', parameters('quietHours'))]", "[format('PT{0}D', parameters('quietHours'))]", 'windowSize'],
  ['"operator": "LessThan"', '"operator": "LowerThan"', 'operator'],
  ['"metricName": "RowsDropped_Count"', '"metricName": "RowsDropped"', 'metricName'],
  ['"evaluationFrequency": "PT5M"', '"evaluationFrequency": "PT7M"', 'evaluationFrequency'],
  ['"scope": "inner"', '"scope": "within"', 'scope'],
];

const sense: readonly Plant[] = [
  ['"Microsoft.OperationalInsights/workspaces/tables/read"', '"*/read"', 'may do more than read columns'],
  ['"outputStream": "Custom-AWSCloudTrail_CL"', '"outputStream": "Custom-AWSCloudTrail"', 'leads to no table'],
  [
    '"outputStream": "Custom-AWSCloudTrailConnectorHealth_CL"',
    '"outputStream": "Custom-AWSCloudTrail_CL"',
    'AWSCloudTrailConnectorHealth_CL has no column',
  ],
  ["/AWSCloudTrail_CL'", "/AWSCloudTrail-CL'", 'no name of a custom table'],
  [
    '"destinations": [\n              "workspace"',
    '"destinations": [\n              "sentinel"',
    'there is no destination sentinel',
  ],
  ['"kind": "Direct"', '"kind": "Linux"', 'kind Direct'],
  [
    '"name": "AwsEventId",\n                "type": "string"',
    '"name": "AwsEventId",\n                "type": "dynamic"',
    'AwsEventId of type string',
  ],
  ['"name": "SourceObject",', '"name": "SourceObjects",', 'SourceObject'],
  [
    "'cloudtrail-{0}', uniqueString(resourceGroup().id, parameters('appName')))]\",\n    \"tables",
    "'data-collection-of-cloudtrail-{0}', uniqueString(resourceGroup().id, parameters('appName')))]\",\n    \"tables",
    'at most 30 characters',
  ],
  ['"metricsPublisher": "3913510d', '"metricsPublisher": "3913510e', 'lacks the role'],
  [
    '"blobOwner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"',
    '"blobOwner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"',
    'for nothing',
  ],
  ['"name": "FC1"', '"name": "Y1"', 'not Flex Consumption'],
  ['"reserved": true', '"reserved": false', 'Flex Consumption is Linux'],
  ['"version": "22"', '"version": "20"', 'Node 22 or newer'],
  ['"type": "SystemAssigned"', '"type": "None"', 'no identity'],
  ['primaryEndpoints.blob)]"', 'primaryEndpoints.blob, 1)]s"', 'a container that is not made'],
  ['"allowSharedKeyAccess": false', '"allowSharedKeyAccess": true', 'takes keys'],
  ['"allowBlobPublicAccess": false', '"allowBlobPublicAccess": true', 'made public'],
  ['"allow": false', '"allow": true', 'takes passwords'],
  ["'ct{0}'", "'ct-{0}'", 'no allowed name'],
  ["createObject('SQS_QUEUE_URL'", "createObject('SQS_QUEUE'", 'there is no setting'],
  ['"HEALTH_STREAM": "Custom-', '"HEALTH_STREAM": "Custom-My', 'not the stream of the health table'],
  ['"WORKSPACE_ID":', '"WORKSPACEID":', 'WORKSPACE_ID is missing'],
  ['"DCR_IMMUTABLE_IDS":', '"DCR_IMMUTABLE_ID":', 'there is no setting DCR_IMMUTABLE_ID'],
  [
    'AzureWebJobsStorage__tableServiceUri',
    'AzureWebJobsStorage__tablesServiceUri',
    'AzureWebJobsStorage__tableServiceUri is missing',
  ],
  [
    '"AzureCloud": "https://monitor.azure.com/.default"',
    '"AzureCloud": "https://monitor.azure.us/.default"',
    'LOGS_INGESTION_SCOPE must be',
  ],
  ['"operator": "LessThan"', '"operator": "GreaterThan"', 'no alert fires when rows stop'],
  ['"siteConfig": {', '"siteConfig": { "appSettings": [],', 'replace what the user set'],
];

/** With the standard table as the destination. */
const standard: readonly Plant[] = [
  ['project-rename EventTime_CF =', 'project-rename EventTimes_CF =', 'EventTimes_CF'],
  ['extend AwsEventId = toguid(AwsEventId), ', 'extend ', 'AwsEventId of type string; the other side guid'],
  ['AwsRequestId = toguid(AwsRequestId)', 'AwsRequestId = tostring(AwsRequestId)', 'not known here'],
  ['EventTime_CF = EventTime,', 'EventTime_CF = EventTimes,', 'names EventTimes, which the stream does not declare'],
  ['"Microsoft-AWSCloudTrail"', '"Custom-AWSCloudTrail"', 'leads to no table'],
  [
    "concat(filter(parameters('presentColumns'), lambda('column', not(contains(parameters('addedNames'), lambdaVariables('column').name)))), parameters('addedColumns'))",
    "parameters('addedColumns')",
    'loses a column that somebody added',
  ],
  ["not(contains(parameters('addedNames')", "not(contains(createArray('EventTime')", 'gets a column twice'],
  ['"name": "EventTime_CF"', '"name": "EventTimeCF"', 'must end in _CF'],
  ["'AWSCloudTrail'), '2022-10-01').schema", "'AWSCloudTrails'), '2022-10-01').schema", 'there is no resource'],
];

describe('the check of the Azure template', () => {
  it.each(standard)('catches %s written as %s, when rows go into the standard table', async (right, wrong, told) => {
    expect(text.includes(right)).toBe(true);

    const broken = JSON.parse(text.replaceAll(right, wrong)) as Template;

    expect((await problemsOf(broken, { ...usual, table: 'AWSCloudTrail' })).join('\n')).toContain(told);
  });

  it.each([...expressions, ...bodies, ...sense])('catches %s written as %s', async (right, wrong, told) => {
    expect(text.includes(right)).toBe(true);
    const broken = text.replaceAll(right, wrong);

    const problems = await problemsOf(JSON.parse(broken) as Template, {
      ...usual,
      awsRoleArn: 'arn:aws:iam::222222222222:role/reader',
      sqsQueueUrl: 'https://sqs.eu-central-1.amazonaws.com/222222222222/queue',
      readTableColumns: true,
      actionGroupIds: [usual.workspaceResourceId],
    });

    expect(problems.join('\n')).toContain(told);
  });

  it('catches every dependency that is left out', async () => {
    const template = JSON.parse(text) as Template;
    const uncaught: string[] = [];
    let plants = 0;
    for (const [index, resource] of template.resources.entries()) {
      for (const left of (resource['dependsOn'] ?? []) as readonly string[]) {
        plants++;
        const dependsOn = (resource['dependsOn'] as readonly string[]).filter((each) => each !== left);
        const resources = template.resources.with(index, { ...resource, dependsOn });
        if ((await problemsOf({ ...template, resources }, { ...usual, readTableColumns: true })).length === 0)
          uncaught.push(`${String(resource['name'])}: ${left}`);
      }
    }
    expect(plants).toBeGreaterThan(25);
    expect(uncaught).toEqual([]);
  });
});
