import { readTransform, type TableColumn } from '../../../local/azure/ingestion/transform.ts';
import type { Deployed, DeployedResource } from '../../../local/azure/resourceManager/deployment.ts';
import { standardTableBody } from '../../../local/azure/resourceManager/standardTable.ts';
import { columns } from '../../../shared/cloudtrail/columns.ts';
import { healthColumns, healthStream } from '../../../shared/pipeline/status/healthColumns.ts';
import { readSettings } from '../../../shared/settings/settings.ts';
import { settingNames, settingsTable } from '../../../shared/settings/table.ts';

interface Column {
  readonly name: string;
  readonly type: string;
}

interface Schema {
  readonly name: string;
  readonly columns: readonly Column[];
}

interface RuleProperties {
  readonly streamDeclarations: Readonly<Record<string, { readonly columns: readonly Column[] }>>;
  readonly destinations: { readonly logAnalytics: ReadonlyArray<{ readonly name: string }> };
  readonly dataFlows: ReadonlyArray<{
    readonly streams: readonly string[];
    readonly destinations: readonly string[];
    readonly transformKql: string;
    readonly outputStream: string;
  }>;
}

/** Built-in roles by the type that they are given on. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const rolesFor: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.Storage/storageAccounts': [
    'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
    '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
  ],
  'Microsoft.Insights/dataCollectionRules': [
    '3913510d-42f4-4e42-8a64-420c390055eb',
    '43d0d8ad-25c7-4714-9337-8ba259a9fe05',
  ],
  'Microsoft.Insights/components': ['3913510d-42f4-4e42-8a64-420c390055eb'],
};

/** https://learn.microsoft.com/azure/azure-functions/functions-app-settings; Flex refuses the ones that choose a runtime. */
const hostSettings = new Set([
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__queueServiceUri',
  'AzureWebJobsStorage__tableServiceUri',
  'AzureWebJobsStorage__credential',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
]);

/** Settings that no default can stand for: without them the connector does nothing. */
const needed = settingNames.filter((name) => settingsTable[name].need === 'always');

/** What no type says: what must fit together for the connector to work. */
export function problemsOfSense({ resources }: Deployed): readonly string[] {
  return [...sense(resources)];
}

function* sense(resources: readonly DeployedResource[]): Generator<string> {
  yield* waits(resources);
  yield* rules(resources);
  yield* roles(resources);
  yield* settings(resources);
  yield* hosting(resources);
}

function* waits(resources: readonly DeployedResource[]): Generator<string> {
  const before = (id: string, seen = new Set<string>()): ReadonlySet<string> => {
    const key = id.toLowerCase();
    if (!seen.has(key)) {
      seen.add(key);
      for (const next of resources.find((each) => each.id.toLowerCase() === key)?.dependsOn ?? []) before(next, seen);
    }
    return seen;
  };
  for (const resource of resources) {
    const { id, dependsOn } = resource;
    const all = new Set(dependsOn.flatMap((each) => [...before(each)]));
    if (all.has(id.toLowerCase())) yield `${id} waits for itself`;
    const isAwaited = (other: DeployedResource): boolean =>
      all.has(other.id.toLowerCase()) || (other.inside !== undefined && all.has(other.inside.toLowerCase()));
    for (const other of resources) {
      if (needs(resource, other) && !isAwaited(other)) yield `${id} needs ${other.id} and does not wait for it`;
    }
  }
}

/** Whether a resource can only be made when the other is there. */
function needs(resource: DeployedResource, other: DeployedResource): boolean {
  if (resource.reads.includes(other.id) || resource.id.toLowerCase().startsWith(`${other.id.toLowerCase()}/`))
    return true;
  const isTable = other.type === 'Microsoft.OperationalInsights/workspaces/tables';
  const asksTables = /Rules$/.test(resource.type) && resource.inside === undefined;
  if (isTable && asksTables) return JSON.stringify(resource.body).includes(other.id.split('/').at(-1) ?? '');
  // The package is put into the container by the app's own identity, and the app starts with it.
  const isBlobRole = JSON.stringify(other.body['properties'] ?? '').includes('b7e6dc6d-f1e8-4753-8033-0f276bb0955b');
  return (
    resource.type === 'Microsoft.Web/sites/extensions' && (isBlobRole || other.type === 'Microsoft.Web/sites/config')
  );
}

function* rules(resources: readonly DeployedResource[]): Generator<string> {
  const tables = new Map(
    ofType(resources, 'Microsoft.OperationalInsights/workspaces/tables').map(({ id, body }) => [
      id.split('/').at(-1) ?? '',
      (body['properties'] as { schema: Schema }).schema,
    ]),
  );
  for (const [name, schema] of tables) {
    if (schema.name !== name) yield `the schema of ${name} has the name ${schema.name}`;
    if (name === 'AWSCloudTrail') {
      const added = schema.columns.map((column) => column.name);
      for (const each of added) if (!each.endsWith('_CF')) yield `${each}, added to ${name}, must end in _CF`;
      if (new Set(added).size < added.length) yield `${name} gets a column twice`;
      if (!added.includes('IPAddress_CF')) yield `${name} loses a column that somebody added`;
      continue;
    }
    if (!/^[A-Za-z][\w-]{0,58}_CL$/.test(name)) yield `${name} is no name of a custom table`;
    if (schema.columns.find((each) => each.name === 'TimeGenerated')?.type !== 'dateTime') {
      yield `${name} needs a column TimeGenerated of type dateTime`;
    }
  }
  const [rule, another] = ofType(resources, 'Microsoft.Insights/dataCollectionRules');
  if (rule === undefined || another !== undefined) return yield 'there must be one data collection rule';
  if (String(rule.body['name']).length > 30) yield 'the name of a rule of kind Direct has at most 30 characters';
  if (rule.body['kind'] !== 'Direct') yield 'only a rule of kind Direct has an endpoint of its own';
  const { streamDeclarations, destinations, dataFlows } = rule.body['properties'] as RuleProperties;
  yield* sameColumns('columns.ts', columns, streamDeclarations['Custom-AWSCloudTrail']?.columns);
  yield* sameColumns('healthColumns.ts', healthColumns, streamDeclarations[healthStream]?.columns);
  for (const flow of dataFlows) {
    const [, owner, name = ''] = /^(Custom|Microsoft)-(.+)$/.exec(flow.outputStream) ?? [];
    const table = owner === (name.endsWith('_CL') ? 'Custom' : 'Microsoft') ? tables.get(name) : undefined;
    if (table === undefined) yield `${flow.outputStream} leads to no table`;
    for (const name of flow.destinations) {
      if (!destinations.logAnalytics.some((each) => each.name === name)) yield `there is no destination ${name}`;
    }
    for (const stream of flow.streams) {
      const declared = streamDeclarations[stream]?.columns ?? [];
      const brought = (readTransform(flow.transformKql)?.columnsAfter(declared as TableColumn[]) ?? declared).map(
        (column) => ({
          name: column.name,
          type: column.type === 'datetime' ? 'dateTime' : column.type,
        }),
      );
      if (table === undefined) continue;
      yield* sameColumns(stream, brought, name.endsWith('_CL') ? table.columns : standardColumnsWith(table.columns));
    }
  }
  for (const stream of Object.keys(streamDeclarations)) {
    if (!dataFlows.some(({ streams }) => streams.includes(stream))) yield `no data flow takes ${stream}`;
  }
}

/** Without what the service itself writes, and what others added for themselves. */
function standardColumnsWith(added: readonly Column[]): readonly Column[] {
  const own = ['TenantId', 'Type', 'IPAddress_CF'];
  return [...standardTableBody.properties.schema.standardColumns, ...added].filter(({ name }) => !own.includes(name));
}

function* sameColumns(what: string, one: readonly Column[] = [], other: readonly Column[] = []): Generator<string> {
  for (const { name, type } of one) {
    const found = other.find((each) => each.name === name);
    if (found?.type !== type)
      yield `${what} has the column ${name} of type ${type}; the other side ${found?.type ?? 'none'}`;
  }
  for (const { name } of other) if (!one.some((each) => each.name === name)) yield `${what} has no column ${name}`;
  if (new Set(other.map(({ name }) => name.toLowerCase())).size < other.length) yield `${what} has a column twice`;
}

function* roles(resources: readonly DeployedResource[]): Generator<string> {
  const builtIn = ofType(resources, 'Microsoft.Authorization/roleAssignments').filter(({ scope }) => !isTable(scope));
  const given = builtIn.map(({ scope = '', body }) => {
    const { roleDefinitionId } = body['properties'] as Record<string, string>;
    return `${typeOf(scope)} ${roleDefinitionId?.split('/').at(-1)}`;
  });
  const wanted = Object.entries(rolesFor).flatMap(([type, ids]) => ids.map((id) => `${type} ${id}`));
  for (const role of wanted) if (!given.includes(role)) yield `the app lacks the role ${role}`;
  for (const { body } of ofType(resources, 'Microsoft.Authorization/roleDefinitions')) {
    const { permissions } = body['properties'] as { permissions: unknown };
    const read = [{ actions: ['Microsoft.OperationalInsights/workspaces/tables/read'], notActions: [] }];
    if (JSON.stringify(permissions) !== JSON.stringify(read)) yield 'the own role may do more than read columns';
  }
  for (const role of given) if (!wanted.includes(role)) yield `the app has the role ${role} for nothing`;
}

function isTable(scope = ''): boolean {
  return scope.includes('/workspaces/sentinel/tables/');
}

function* settings(resources: readonly DeployedResource[]): Generator<string> {
  const [config] = ofType(resources, 'Microsoft.Web/sites/config');
  if (config === undefined) return yield 'the app gets no settings';
  const values = config.body['properties'] as Readonly<Record<string, string>>;
  for (const name of Object.keys(values)) {
    if (!hostSettings.has(name) && !(settingNames as readonly string[]).includes(name))
      yield `there is no setting ${name}`;
  }
  for (const name of [...hostSettings, ...needed]) if (!values[name]) yield `the setting ${name} is missing`;
  if (values['HEALTH_STREAM'] !== healthStream) yield 'HEALTH_STREAM is not the stream of the health table';
  const whole = { ...stack, ...values };
  const reading = readSettings(whole);
  if (!reading.ok) yield* reading.problems;
}

/** What the stacks in AWS add where no parameter says it. */
const stack = {
  AWS_HUB_ROLE_ARN: 'arn:aws:iam::111111111111:role/sentinel-connector-hub',
  AWS_ROLE_ARN: 'arn:aws:iam::222222222222:role/sentinel-cloudtrail-reader',
  SQS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/222222222222/cloudtrail-notifications',
  ALLOWED_BUCKETS: 'example-cloudtrail-logs',
};

function* hosting(resources: readonly DeployedResource[]): Generator<string> {
  const body = (type: string): Readonly<Record<string, unknown>> => ofType(resources, type)[0]?.body ?? {};
  const site = body('Microsoft.Web/sites') as {
    kind?: string;
    identity?: { type?: string };
    properties?: SiteProperties;
  };
  const { sku, properties: plan } = body('Microsoft.Web/serverfarms') as {
    sku?: { name?: string; tier?: string };
    properties?: { reserved?: boolean };
  };
  if (sku?.name !== 'FC1' || sku.tier !== 'FlexConsumption') yield 'the plan is not Flex Consumption';
  if (plan?.reserved !== true) yield 'Flex Consumption is Linux: reserved must be true';
  if (site.kind !== 'functionapp,linux') yield 'the app is no function app on Linux';
  if (site.identity?.type !== 'SystemAssigned') yield 'the app has no identity';
  const { functionAppConfig: config, httpsOnly, siteConfig } = site.properties ?? {};
  if (httpsOnly !== true) yield 'the app answers without TLS';
  if (siteConfig?.appSettings !== undefined) yield 'appSettings of the site would replace what the user set';
  if (config?.runtime?.name !== 'node' || Number(config.runtime.version) < 22) yield 'the app needs Node 22 or newer';
  if (config?.deployment?.storage?.authentication?.type !== 'SystemAssignedIdentity') yield 'the package needs a key';
  const [container] = ofType(resources, 'Microsoft.Storage/storageAccounts/blobServices/containers');
  if (config?.deployment?.storage?.value?.split('/').at(-1) !== container?.id.split('/').at(-1)) {
    yield 'the package goes to a container that is not made';
  }
  const storage = body('Microsoft.Storage/storageAccounts') as { name?: string; properties?: Record<string, unknown> };
  if (!/^[a-z0-9]{3,24}$/.test(storage.name ?? '')) yield 'the storage account has no allowed name';
  if (storage.properties?.['allowSharedKeyAccess'] !== false) yield 'the storage account takes keys';
  if (storage.properties?.['allowBlobPublicAccess'] !== false) yield 'the storage account may be made public';
  if (storage.properties?.['minimumTlsVersion'] !== 'TLS1_2') yield 'the storage account takes old TLS';
  for (const way of ['scm', 'ftp']) {
    const policies = ofType(resources, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies');
    const policy = policies.find(({ id }) => id.endsWith(`/${way}`))?.body['properties'] as { allow?: boolean };
    if (policy?.allow !== false) yield `${way} takes passwords`;
  }
  const silent = ofType(resources, 'Microsoft.Insights/scheduledQueryRules').filter(({ body: alert }) =>
    JSON.stringify(alert).includes('"operator":"LessThan"'),
  );
  if (silent.length < 2) yield 'no alert fires when rows stop';
}

interface SiteProperties {
  readonly httpsOnly?: boolean;
  readonly siteConfig?: { readonly appSettings?: unknown };
  readonly functionAppConfig?: {
    readonly runtime?: { readonly name?: string; readonly version?: string };
    readonly deployment?: {
      readonly storage?: { readonly value?: string; readonly authentication?: { readonly type?: string } };
    };
  };
}

function ofType(resources: readonly DeployedResource[], type: string): readonly DeployedResource[] {
  return resources.filter((each) => each.type === type);
}

/** The type in a resource ID. */
function typeOf(id: string): string {
  const [namespace, kind] = id.split('/providers/').at(-1)?.split('/') ?? [];
  return `${namespace}/${kind}`;
}
