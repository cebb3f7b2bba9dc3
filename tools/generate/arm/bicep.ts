import { parameters } from './parameters.ts';

/**
 * Parameters that main.bicep hands on, and the variables of an azd environment that they are taken from. Those without
 * one have no default and are not in the file: azd asks for them, and remembers the answer.
 */
const handedOn = {
  workspaceResourceId: undefined,
  workspaceLocation: undefined,
  table: 'SENTINEL_TABLE',
  dataCollectionEndpointId: 'DATA_COLLECTION_ENDPOINT_ID',
  subnetId: 'SUBNET_ID',
  awsRoleArn: 'AWS_ROLE_ARN',
  sqsQueueUrl: 'SQS_QUEUE_URL',
  allowedBuckets: 'ALLOWED_BUCKETS',
  hubRoleArn: 'AWS_HUB_ROLE_ARN',
  audience: 'AWS_WEB_IDENTITY_AUDIENCE',
  drainSchedule: 'DRAIN_SCHEDULE',
} as const;

type Name = keyof typeof handedOn;
const names = Object.keys(handedOn) as readonly Name[];

/** infra/azure/main.bicep: the template as a module, in a resource group of its own. */
export function renderBicep(): string {
  const declarations = names.map(
    (name) => `@description('${descriptionOf(name)}')\nparam ${name} ${typeOf(name)}${defaultOf(name)}\n`,
  );
  return `${[
    '// Made from tools/generate/arm by `npm run generate`. What is deployed stands in connector.json; this only hands on.',
    "targetScope = 'subscription'\n",
    "@description('Name of the azd environment; the resource group is named after it.')\nparam environmentName string\n",
    "@description('Region of the function app.')\nparam location string\n",
    ...declarations,
    "resource group 'Microsoft.Resources/resourceGroups@2022-09-01' = {",
    `  name: 'rg-${placeholder('environmentName')}'`,
    '  location: location',
    '}\n',
    "module connector 'connector.json' = {",
    "  name: 'connector'",
    '  scope: group',
    '  params: {',
    '    location: location',
    ...names.map((name) => `    ${name}: ${name}`),
    '  }',
    '}\n',
    'output AZURE_RESOURCE_GROUP string = group.name',
    'output FUNCTION_APP_NAME string = connector.outputs.functionAppName',
    'output MANAGED_IDENTITY_OBJECT_ID string = connector.outputs.managedIdentityObjectId',
    'output WORKSPACE_ID string = connector.outputs.workspaceId',
  ].join('\n')}\n`;
}

/** infra/azure/main.parameters.json: what azd fills in from its environment. */
export function renderBicepParameters(): string {
  const values = {
    environmentName: placeholder('AZURE_ENV_NAME'),
    location: placeholder('AZURE_LOCATION'),
    ...Object.fromEntries(
      names.filter((name) => handedOn[name] !== undefined).map((name) => [name, placeholderOf(name)]),
    ),
  };
  const file = {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function placeholderOf(name: Name): string {
  return placeholder(`${handedOn[name]}=${String(parameters[name]?.defaultValue ?? '')}`);
}

/** Written alike in Bicep's texts and in azd's files. */
function placeholder(name: string): string {
  return `\${${name}}`;
}

function typeOf(name: Name): string {
  return parameters[name]?.type ?? 'string';
}

function defaultOf(name: Name): string {
  if (handedOn[name] === undefined) return '';
  return ` = '${String(parameters[name]?.defaultValue ?? '')}'`;
}

function descriptionOf(name: Name): string {
  return (parameters[name]?.metadata?.description ?? '').replaceAll("'", "\\'");
}
