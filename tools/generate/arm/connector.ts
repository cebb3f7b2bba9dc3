import { alerts } from './alerts.ts';
import { destination, eventStream, flows } from './destination.ts';
import { codePackage, hosting } from './hosting.ts';
import { parameters } from './parameters.ts';
import { columnReader, roleAssignments, roles } from './roles.ts';
import { settingsDeployment } from './settings.ts';
import { type Output, type Template, templateSchema, versions } from './template.ts';

/** infra/azure/connector.json, whole. Names come from parameters and the resource group, never from chance. */
export function renderConnectorTemplate(): string {
  return `${JSON.stringify(template, undefined, 2)}\n`;
}

const template: Template = {
  $schema: templateSchema,
  contentVersion: '1.0.0.0',
  metadata: {
    description:
      'Brings AWS CloudTrail into Microsoft Sentinel: everything on the Azure side. Made by `npm run generate`; change tools/generate/arm.',
  },
  parameters,
  variables: {
    storageName: "[format('ct{0}', uniqueString(resourceGroup().id, parameters('appName')))]",
    planName: "[format('{0}-plan', parameters('appName'))]",
    // At most 30 characters: the name is part of the rule's own endpoint.
    ruleName: "[format('cloudtrail-{0}', uniqueString(resourceGroup().id, parameters('appName')))]",
    tablesDeployment: "[format('tables-{0}', uniqueString(resourceGroup().id, parameters('appName')))]",
    readerDeployment: "[format('reader-{0}', uniqueString(resourceGroup().id, parameters('appName')))]",
    settingsDeployment: "[format('settings-{0}', uniqueString(resourceGroup().id, parameters('appName')))]",
    storageId: "[resourceId('Microsoft.Storage/storageAccounts', variables('storageName'))]",
    appId: "[resourceId('Microsoft.Web/sites', parameters('appName'))]",
    ruleId: "[resourceId('Microsoft.Insights/dataCollectionRules', variables('ruleName'))]",
    stream: eventStream,
    flows,
    scopes: {
      AzureCloud: 'https://monitor.azure.com/.default',
      AzureUSGovernment: 'https://monitor.azure.us/.default',
      AzureChinaCloud: 'https://monitor.azure.cn/.default',
    },
    roles,
  },
  resources: [...hosting, ...destination, ...roleAssignments, columnReader, settingsDeployment, codePackage, ...alerts],
  outputs: {
    functionAppName: output("[parameters('appName')]", 'Name of the function app'),
    managedIdentityObjectId: output(
      `[reference(variables('appId'), '${versions.web}', 'Full').identity.principalId]`,
      'Parameter ManagedIdentityObjectId of hub.yaml',
    ),
    tenantId: output('[tenant().tenantId]', 'Parameter TenantId of hub.yaml'),
    workspaceId: output(
      `[toLower(reference(parameters('workspaceResourceId'), '${versions.workspace}').customerId)]`,
      'Parameter WorkspaceId of connector.yaml: the external ID',
    ),
    dataCollectionRuleId: output("[variables('ruleId')]", 'Resource ID of the data collection rule'),
    dcrImmutableId: output(
      `[reference(variables('ruleId'), '${versions.rule}').immutableId]`,
      'Application setting DCR_IMMUTABLE_IDS',
    ),
    storageAccountName: output("[variables('storageName')]", 'Ledger, failed entries and circuits are here'),
  },
};

function output(value: string, description: string): Output {
  return { type: 'string', value, metadata: { description } };
}
