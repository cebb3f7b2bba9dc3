import { columns } from '../../../shared/cloudtrail/columns.ts';
import { healthColumns, healthStream, healthTable } from '../../../shared/pipeline/status/healthColumns.ts';
import { settingsTable } from '../../../shared/settings/table.ts';
import { functions } from './functions.ts';
import { deployment, type Resource, versions } from './template.ts';

interface Column {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'datetime' | 'dynamic' | 'long';
  readonly description: string;
}

interface Target {
  readonly table: string;
  readonly stream: string;
  readonly description: string;
  readonly columns: readonly Column[];
}

export const eventTable = 'AWSCloudTrail_CL';
/** The stream that the app sends to when nobody says otherwise. */
export const eventStream: string = settingsTable.DCR_STREAM.fallback ?? '';

const targets: readonly Target[] = [
  { table: eventTable, stream: eventStream, description: 'Events of AWS CloudTrail', columns },
  { table: healthTable, stream: healthStream, description: 'How the CloudTrail connector is', columns: healthColumns },
];

/** The tables and the functions over them, in the workspace's own resource group, and the rule that leads to them. */
export const destination: readonly Resource[] = [
  deployment(
    "[variables('tablesDeployment')]",
    {
      subscriptionId: "[split(parameters('workspaceResourceId'), '/')[2]]",
      resourceGroup: "[split(parameters('workspaceResourceId'), '/')[4]]",
    },
    { workspaceName: "[last(split(parameters('workspaceResourceId'), '/'))]" },
    {
      parameters: { workspaceName: { type: 'string' } },
      resources: [...targets.map(tableOf), ...functions],
    },
  ),
  {
    type: 'Microsoft.Insights/dataCollectionRules',
    apiVersion: versions.rule,
    name: "[variables('ruleName')]",
    location: "[parameters('workspaceLocation')]",
    tags: "[parameters('tags')]",
    // A rule of another kind has no endpoint of its own, and cannot get one later.
    kind: 'Direct',
    dependsOn: [
      "[resourceId(split(parameters('workspaceResourceId'), '/')[2], split(parameters('workspaceResourceId'), '/')[4], 'Microsoft.Resources/deployments', variables('tablesDeployment'))]",
    ],
    properties: {
      description: 'Takes the rows of the CloudTrail connector.',
      dataCollectionEndpointId:
        "[if(empty(parameters('dataCollectionEndpointId')), null(), parameters('dataCollectionEndpointId'))]",
      streamDeclarations: Object.fromEntries(
        targets.map((target) => [target.stream, { columns: target.columns.map(({ name, type }) => ({ name, type })) }]),
      ),
      destinations: {
        logAnalytics: [{ name: 'workspace', workspaceResourceId: "[parameters('workspaceResourceId')]" }],
      },
      dataFlows: targets.map(({ stream, table }) => ({
        streams: [stream],
        destinations: ['workspace'],
        transformKql: 'source',
        outputStream: `Custom-${table}`,
      })),
    },
  },
  {
    type: 'Microsoft.Insights/diagnosticSettings',
    apiVersion: versions.diagnostics,
    scope: "[variables('ruleId')]",
    name: 'errors',
    dependsOn: ["[variables('ruleId')]"],
    properties: {
      workspaceId: "[parameters('workspaceResourceId')]",
      logs: [{ category: 'LogErrors', enabled: true }],
    },
  },
];

function tableOf({ table, description, columns }: Target): Resource {
  return {
    type: 'Microsoft.OperationalInsights/workspaces/tables',
    apiVersion: versions.workspace,
    name: `[format('{0}/${table}', parameters('workspaceName'))]`,
    properties: {
      plan: 'Analytics',
      schema: {
        name: table,
        description,
        columns: columns.map(({ name, type, description: text }) => ({
          name,
          // Tables write this one type otherwise than streams do.
          type: type === 'datetime' ? 'dateTime' : type,
          description: text,
        })),
      },
    },
  };
}
