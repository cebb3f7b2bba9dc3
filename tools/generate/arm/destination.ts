import { columns } from '../../../shared/cloudtrail/columns.ts';
import {
  addedColumns,
  standardOutput,
  standardTable,
  standardTransform,
} from '../../../shared/cloudtrail/standardTable.ts';
import { healthColumns, healthStream, healthTable } from '../../../shared/pipeline/status/healthColumns.ts';
import { settingsTable } from '../../../shared/settings/table.ts';
import { functions } from './functions.ts';
import { deployment, type Json, type Resource, versions } from './template.ts';

interface Column {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'datetime' | 'dynamic' | 'long' | 'guid';
  readonly description: string;
}

interface Target {
  readonly table: string;
  readonly stream: string;
  readonly description: string;
  readonly columns: readonly Column[];
  readonly condition?: string;
  /** The way from the stream into the table. */
  readonly flow: { readonly transformKql: string; readonly outputStream: string };
}

export const eventTable = 'AWSCloudTrail_CL';
/** The stream that the app sends to when nobody says otherwise. */
export const eventStream: string = settingsTable.DCR_STREAM.fallback ?? '';

/** The tables that events can go into, the first unless somebody says otherwise. */
export const eventTables = [eventTable, standardTable] as const;

/** How rows of the event stream get into each of them. */
export const flows: Readonly<Record<(typeof eventTables)[number], Target['flow']>> = {
  [eventTable]: { transformKql: 'source', outputStream: `Custom-${eventTable}` },
  [standardTable]: { transformKql: standardTransform, outputStream: standardOutput },
};

const targets: readonly Target[] = [
  {
    table: eventTable,
    stream: eventStream,
    description: 'Events of AWS CloudTrail',
    columns,
    condition: `[equals(parameters('table'), '${eventTable}')]`,
    flow: {
      transformKql: "[variables('flows')[parameters('table')].transformKql]",
      outputStream: "[variables('flows')[parameters('table')].outputStream]",
    },
  },
  {
    table: healthTable,
    stream: healthStream,
    description: 'How the CloudTrail connector is',
    columns: healthColumns,
    flow: { transformKql: 'source', outputStream: `Custom-${healthTable}` },
  },
];

/** What the standard table has by hand of others; asked only when it is wanted, since it need not be there. */
const presentColumns = `[if(equals(parameters('table'), '${standardTable}'), coalesce(tryGet(reference(resourceId(split(parameters('workspaceResourceId'), '/')[2], split(parameters('workspaceResourceId'), '/')[4], 'Microsoft.OperationalInsights/workspaces/tables', last(split(parameters('workspaceResourceId'), '/')), '${standardTable}'), '${versions.workspace}').schema, 'columns'), createArray()), createArray())]`;

/**
 * Microsoft's table is there already; it only gets columns more. What others added is sent with ours, since a list
 * without it would take it away, and the plan is not sent, since it is the owner's.
 */
const standardTableMore: Resource = {
  condition: `[equals(parameters('table'), '${standardTable}')]`,
  type: 'Microsoft.OperationalInsights/workspaces/tables',
  apiVersion: versions.workspace,
  name: `[format('{0}/${standardTable}', parameters('workspaceName'))]`,
  properties: {
    schema: {
      name: standardTable,
      columns:
        "[concat(filter(parameters('presentColumns'), lambda('column', not(contains(parameters('addedNames'), lambdaVariables('column').name)))), parameters('addedColumns'))]",
    },
  },
};

/** The tables and the functions over them, in the workspace's own resource group, and the rule that leads to them. */
export const destination: readonly Resource[] = [
  deployment(
    "[variables('tablesDeployment')]",
    {
      subscriptionId: "[split(parameters('workspaceResourceId'), '/')[2]]",
      resourceGroup: "[split(parameters('workspaceResourceId'), '/')[4]]",
    },
    {
      workspaceName: "[last(split(parameters('workspaceResourceId'), '/'))]",
      table: "[parameters('table')]",
      presentColumns,
      addedColumns: addedColumns.map(inTable),
      addedNames: addedColumns.map(({ name }) => name),
    },
    {
      parameters: {
        workspaceName: { type: 'string' },
        table: { type: 'string' },
        presentColumns: { type: 'array' },
        addedColumns: { type: 'array' },
        addedNames: { type: 'array' },
      },
      resources: [...targets.map(tableOf), standardTableMore, ...functions],
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
      dataFlows: targets.map(({ stream, flow }) => ({ streams: [stream], destinations: ['workspace'], ...flow })),
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

function tableOf({ table, description, columns, condition }: Target): Resource {
  return {
    ...(condition !== undefined && { condition }),
    type: 'Microsoft.OperationalInsights/workspaces/tables',
    apiVersion: versions.workspace,
    name: `[format('{0}/${table}', parameters('workspaceName'))]`,
    properties: {
      plan: 'Analytics',
      schema: {
        name: table,
        description,
        columns: columns.map(inTable),
      },
    },
  };
}

function inTable({ name, type, description }: Column): { readonly [name: string]: Json } {
  // Tables write this one type otherwise than streams do.
  return { name, type: type === 'datetime' ? 'dateTime' : type, description };
}
