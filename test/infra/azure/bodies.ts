import * as v from 'valibot';
import type { DeployedResource } from '../../../local/azure/resourceManager/deployment.ts';
import { loadModels, type Models } from './mappers.ts';
import * as schemas from './schemas.ts';

type Check = (body: Readonly<Record<string, unknown>>) => Promise<readonly string[]>;

/** The version that the package describes is the one to deploy. */
const checks: Readonly<Record<string, Check>> = {
  'Microsoft.Storage/storageAccounts@2024-01-01': along('arm-storage', 'StorageAccountCreateParameters'),
  'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01': along('arm-storage', 'BlobContainer'),
  'Microsoft.Web/serverfarms@2024-04-01': along('arm-appservice', 'AppServicePlan'),
  'Microsoft.Web/sites@2024-04-01': along('arm-appservice', 'Site'),
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01': along(
    'arm-appservice',
    'CsmPublishingCredentialsPoliciesEntity',
  ),
  'Microsoft.Web/sites/config@2024-04-01': along('arm-appservice', 'StringDictionary'),
  'Microsoft.Web/sites/extensions@2024-04-01': by(schemas.packageSchema),
  'Microsoft.OperationalInsights/workspaces/tables@2022-10-01': along('arm-operationalinsights', 'Table'),
  'Microsoft.OperationalInsights/workspaces/savedSearches@2020-08-01': by(schemas.savedSearchSchema),
  'Microsoft.Authorization/roleAssignments@2022-04-01': along('arm-authorization', 'RoleAssignmentCreateParameters'),
  'Microsoft.Authorization/roleDefinitions@2022-04-01': along('arm-authorization', 'RoleDefinition'),
  'Microsoft.Insights/components@2020-02-02': by(schemas.componentSchema),
  'Microsoft.Insights/dataCollectionRules@2023-03-11': by(schemas.ruleSchema),
  'Microsoft.Insights/diagnosticSettings@2021-05-01-preview': by(schemas.diagnosticsSchema),
  'Microsoft.Insights/scheduledQueryRules@2023-12-01': by(schemas.queryAlertSchema),
  'Microsoft.Insights/metricAlerts@2018-03-01': by(schemas.metricAlertSchema),
  'Microsoft.Resources/deployments@2022-09-01': by(schemas.deploymentSchema),
};

/** What is wrong with the body of a resource, one sentence each. */
export async function problemsOfBody({ type, body }: DeployedResource): Promise<readonly string[]> {
  const { type: _, apiVersion, name, subscriptionId: __, resourceGroup: ___, ...sent } = body;
  const check = checks[`${type}@${String(apiVersion)}`];
  if (check === undefined) return [`nothing is known of ${type} in version ${String(apiVersion)}`];
  return (await check(sent)).map((problem) => `${type} ${String(name)}: ${problem}`);
}

const packages = {
  'arm-appservice': ['dist/esm', 'dist/esm/models/index.d.ts'],
  'arm-storage': ['dist/esm', 'dist/esm/models/index.d.ts'],
  'arm-operationalinsights': ['dist-esm/src', 'types/arm-operationalinsights.d.ts'],
  'arm-authorization': ['dist-esm/src', 'types/arm-authorization.d.ts'],
} as const;
const loaded = new Map<string, Promise<Models>>();

function along(name: keyof typeof packages, model: string): Check {
  return async (body) => {
    const models = loaded.get(name) ?? loadModels(name, packages[name][0], packages[name][1]);
    loaded.set(name, models);
    return (await models).problemsOf(body, model);
  };
}

function by(schema: v.GenericSchema): Check {
  return async (body) =>
    (v.safeParse(schema, body).issues ?? []).map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`);
}
