import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { standardTable } from '../../../shared/cloudtrail/standardTable.ts';
import type { StreamColumn } from '../ingestion/streamColumns.ts';
import { readTransform } from '../ingestion/transform.ts';
import { answersIn, type Surroundings } from './answers.ts';
import { type DeployedResource, deploy, type Template } from './deployment.ts';
import { isStandardTable, standardTableBody } from './standardTable.ts';

/** What infra/azure/connector.json makes, as far as the embedded cloud has it. */
export interface DeployedConnector {
  /** The rule's streams; each column has its place in the table that the stream leads to. */
  readonly streams: Readonly<Record<string, readonly StreamColumn[]>>;
  /** What the rule does to the rows of each stream, in KQL. */
  readonly transforms: Readonly<Record<string, string>>;
  /** Object IDs of the principals that may send to the rule. */
  readonly publishers: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  /** Who may send telemetry, and whether a token is needed for it. */
  readonly insights: { readonly publishers: readonly string[]; readonly needsToken: boolean };
  /** The rule as a resource. */
  readonly rule: { readonly id: string; readonly properties: object };
  /** Object IDs of the principals that may read the rule. */
  readonly ruleReaders: readonly string[];
  /** The tables as resources, by ID. */
  readonly tables: ReadonlyMap<string, TableBody>;
}

/** The tables that the template's parameter `table` offers. */
export const eventTables = ['AWSCloudTrail_CL', standardTable] as const;
export type EventTable = (typeof eventTables)[number];

interface RuleProperties {
  readonly streamDeclarations: Readonly<Record<string, { readonly columns: readonly StreamColumn[] }>>;
  readonly dataFlows: ReadonlyArray<{
    readonly streams: readonly string[];
    readonly transformKql: string;
    readonly outputStream: string;
  }>;
}

interface TableBody {
  readonly properties: {
    readonly schema: {
      readonly columns: readonly Named[];
      /** Of a table of Microsoft's: those that nobody added. */
      readonly standardColumns?: readonly Named[];
    };
  };
}

interface Named {
  readonly name: string;
  readonly type: string;
}

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/monitor#monitoring-metrics-publisher */
const metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb';
/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/monitor#monitoring-reader */
const monitoringReader = '43d0d8ad-25c7-4714-9337-8ba259a9fe05';
const file = join(import.meta.dirname, '../../../infra/azure/connector.json');
const place = { subscriptionId: '00000000-0000-0000-0000-000000000001', resourceGroup: 'connector' };
const workspaceResourceId = `/subscriptions/${place.subscriptionId}/resourceGroups/soc/providers/Microsoft.OperationalInsights/workspaces/sentinel`;

/**
 * Deploys the template into nothing but a workspace: the same file that is deployed into Azure.
 * @throws RangeError when it cannot be worked out, or rule and tables do not fit
 */
export function deployConnector(
  surroundings: Surroundings,
  parameters: { readonly table?: EventTable } = {},
): DeployedConnector {
  const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
  const { resources } = deploy(template, { ...parameters, workspaceResourceId }, place, answersIn(surroundings));
  const rule = only(resources, 'Microsoft.Insights/dataCollectionRules');
  const { streamDeclarations, dataFlows } = rule.body['properties'] as RuleProperties;
  const insights = only(resources, 'Microsoft.Insights/components');
  const tables = tablesOf(resources);
  for (const { streams, outputStream, transformKql } of dataFlows) {
    const table = tableOf(tables, outputStream);
    for (const stream of streams) {
      const declared = streamDeclarations[stream]?.columns ?? [];
      refuseMisfits(stream, readTransform(transformKql)?.columnsAfter(declared) ?? declared, table);
    }
  }
  return {
    transforms: Object.fromEntries(
      dataFlows.flatMap(({ streams, transformKql }) => streams.map((stream) => [stream, transformKql])),
    ),
    streams: Object.fromEntries(Object.entries(streamDeclarations).map(([name, { columns }]) => [name, columns])),
    publishers: principalsOf(resources, rule.id, metricsPublisher),
    insights: {
      publishers: principalsOf(resources, insights.id, metricsPublisher),
      needsToken: (insights.body['properties'] as { DisableLocalAuth?: boolean }).DisableLocalAuth === true,
    },
    rule: { id: rule.id, properties: rule.body['properties'] as object },
    ruleReaders: principalsOf(resources, rule.id, monitoringReader),
    tables,
    settings: only(resources, 'Microsoft.Web/sites/config').body['properties'] as Readonly<Record<string, string>>,
  };
}

function only(resources: readonly DeployedResource[], type: string): DeployedResource {
  const [found, another] = resources.filter((each) => each.type === type);
  if (found === undefined || another !== undefined) throw new RangeError(`the template must make one ${type}`);
  return found;
}

/** Tables by ID, as they answer when asked. Of Microsoft's own the template only says what is added. */
function tablesOf(resources: readonly DeployedResource[]): ReadonlyMap<string, TableBody> {
  const made = resources.filter(({ type }) => type.endsWith('/workspaces/tables'));
  return new Map(
    made.map(({ id, body }) => {
      const { properties } = body as unknown as TableBody;
      const { standardColumns } = standardTableBody.properties.schema;
      return [
        id,
        isStandardTable(id) ? { properties: { schema: { ...properties.schema, standardColumns } } } : { properties },
      ];
    }),
  );
}

function tableOf(tables: ReadonlyMap<string, TableBody>, outputStream: string): TableBody {
  const table = outputStream.replace(/^(?:Custom|Microsoft)-/, '');
  const found = [...tables].find(([id]) => id.endsWith(`/${table}`))?.[1];
  if (found === undefined) throw new RangeError(`the rule leads to ${table}, which the template does not make`);
  return found;
}

/** The service refuses a rule whose columns the table does not have, or has with another type. */
function refuseMisfits(stream: string, columns: readonly Named[], { properties: { schema } }: TableBody): void {
  for (const { name, type } of columns) {
    const inTable = [...schema.columns, ...(schema.standardColumns ?? [])].find((each) => each.name === name)?.type;
    if (inTable?.toLowerCase() !== type) {
      throw new RangeError(`${stream} brings ${name} as ${type}; the table has ${inTable ?? 'no such column'}`);
    }
  }
}

function principalsOf(resources: readonly DeployedResource[], on: string, role: string): readonly string[] {
  return resources.flatMap(({ type, scope, body }) => {
    if (type !== 'Microsoft.Authorization/roleAssignments' || scope !== on) return [];
    const { roleDefinitionId, principalId } = body['properties'] as Readonly<Record<string, string>>;
    return roleDefinitionId?.endsWith(role) && principalId !== undefined ? [principalId] : [];
  });
}
