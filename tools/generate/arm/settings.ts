import { healthStream } from '../../../shared/pipeline/status/healthColumns.ts';
import type { SettingName } from '../../../shared/settings/table.ts';
import { settingParameters } from './parameters.ts';
import { deployment, type Resource, versions } from './template.ts';

const storage = `reference(variables('storageId'), '${versions.storage}').primaryEndpoints`;

/** What the Functions host and its telemetry are told; no key among them. */
const hostSettings = {
  // Addresses instead of the account's name: the name alone leads to the public cloud.
  AzureWebJobsStorage__blobServiceUri: `[${storage}.blob]`,
  AzureWebJobsStorage__queueServiceUri: `[${storage}.queue]`,
  AzureWebJobsStorage__tableServiceUri: `[${storage}.table]`,
  AzureWebJobsStorage__credential: 'managedidentity',
  APPLICATIONINSIGHTS_CONNECTION_STRING: `[reference(resourceId('Microsoft.Insights/components', parameters('appName')), '${versions.insights}').ConnectionString]`,
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD',
};

/** What this deployment knows; a value that the user has changed since stays. */
const defaults: Readonly<Partial<Record<SettingName, string>>> = {
  WORKSPACE_ID: `[toLower(reference(parameters('workspaceResourceId'), '${versions.workspace}').customerId)]`,
  LOGS_INGESTION_ENDPOINT: `[reference(variables('ruleId'), '${versions.rule}').endpoints.logsIngestion]`,
  LOGS_INGESTION_SCOPE: "[variables('scopes')[environment().name]]",
  DCR_IMMUTABLE_IDS: `[reference(variables('ruleId'), '${versions.rule}').immutableId]`,
  DCR_RESOURCE_IDS: "[variables('ruleId')]",
  DCR_STREAM: "[variables('stream')]",
  HEALTH_STREAM: healthStream,
  AWS_CREDENTIALS: 'managed-identity',
  AWS_WEB_IDENTITY_AUDIENCE: 'api://cloudtrail-connector',
};

/** What somebody chose for this deployment; it wins over what the app has. */
const chosen = [
  ...Object.entries(settingParameters).map(([parameter, name]) =>
    unlessEmpty(parameter, name, `parameters('${parameter}')`),
  ),
  unlessEmpty(
    'dataCollectionEndpointId',
    'LOGS_INGESTION_ENDPOINT',
    `reference(parameters('dataCollectionEndpointId'), '${versions.endpoint}').logsIngestion.endpoint`,
  ),
];

/** Puts settings beside those that the app has already: of objects in a `union` the later one wins. */
export const settingsDeployment: Resource = deployment(
  "[variables('settingsDeployment')]",
  {
    dependsOn: [
      "[variables('appId')]",
      "[variables('ruleId')]",
      "[resourceId('Microsoft.Insights/components', parameters('appName'))]",
    ],
  },
  {
    appName: "[parameters('appName')]",
    defaults,
    existing: `[list(resourceId('Microsoft.Web/sites/config', parameters('appName'), 'appsettings'), '${versions.web}').properties]`,
    host: hostSettings,
    chosen: `[union(${chosen.join(', ')})]`,
  },
  {
    parameters: {
      appName: { type: 'string' },
      defaults: { type: 'object' },
      existing: { type: 'secureObject' },
      host: { type: 'secureObject' },
      chosen: { type: 'secureObject' },
    },
    resources: [
      {
        type: 'Microsoft.Web/sites/config',
        apiVersion: versions.web,
        name: "[format('{0}/appsettings', parameters('appName'))]",
        properties: "[union(parameters('defaults'), parameters('existing'), parameters('host'), parameters('chosen'))]",
      },
    ],
  },
);

function unlessEmpty(parameter: string, name: SettingName, value: string): string {
  return `if(empty(parameters('${parameter}')), createObject(), createObject('${name}', ${value}))`;
}
