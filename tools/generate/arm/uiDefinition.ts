import { formOf, settingsTable } from '../../../shared/settings/table.ts';
import { parameters, settingParameters } from './parameters.ts';
import type { Json } from './template.ts';

/**
 * infra/azure/createUiDefinition.json: the pages that the portal shows for the template.
 * https://learn.microsoft.com/azure/azure-resource-manager/managed-applications/create-uidefinition-elements
 */
export function renderUiDefinition(): string {
  return `${JSON.stringify(definition, undefined, 2)}\n`;
}

/** Left empty at the first deployment: the stacks in AWS need the app's identity, so they come second. */
const awsBoxes = ['hubRoleArn', 'awsRoleArn', 'sqsQueueUrl', 'allowedBuckets', 'audience'] as const;

const patterns: Readonly<Record<(typeof awsBoxes)[number], string>> = {
  hubRoleArn: '^$|^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$',
  awsRoleArn: '^$|^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$',
  sqsQueueUrl: '^$|^https://[^/]+/[0-9]{12}/[A-Za-z0-9_-]{1,80}$',
  allowedBuckets: '^$|^[a-z0-9][a-z0-9.-]+(, ?[a-z0-9][a-z0-9.-]+)*$',
  audience: '^$|^[a-z][a-z0-9+.-]*:[^ ]+$',
};

const definition: Json = {
  $schema: 'https://schema.management.azure.com/schemas/0.1.2-preview/CreateUIDefinition.MultiVm.json#',
  handler: 'Microsoft.Azure.CreateUIDef',
  version: '0.1.2-preview',
  parameters: {
    basics: [
      {
        name: 'workspace',
        type: 'Microsoft.Solutions.ResourceSelector',
        label: 'Log Analytics workspace of Microsoft Sentinel',
        resourceType: 'Microsoft.OperationalInsights/workspaces',
        toolTip: descriptionOf('workspaceResourceId'),
        constraints: { required: true },
      },
      {
        name: 'table',
        type: 'Microsoft.Common.DropDown',
        label: 'Table that the events go into',
        defaultValue: String(parameters['table']?.defaultValue),
        toolTip: descriptionOf('table'),
        constraints: {
          required: true,
          allowedValues: (parameters['table']?.allowedValues ?? []).map((value) => ({ label: String(value), value })),
        },
      },
    ],
    steps: [
      {
        name: 'app',
        label: 'Function app',
        elements: [
          {
            name: 'packageUri',
            type: 'Microsoft.Common.TextBox',
            label: 'Address of connector.zip of a release',
            toolTip: descriptionOf('packageUri'),
            constraints: { required: false, regex: '^$|^https://.+$', validationMessage: 'An https address' },
          },
          {
            name: 'instanceMemoryMB',
            type: 'Microsoft.Common.DropDown',
            label: 'Memory of one instance',
            defaultValue: '2048 MB',
            toolTip: descriptionOf('instanceMemoryMB'),
            constraints: {
              required: true,
              allowedValues: (parameters['instanceMemoryMB']?.allowedValues ?? []).map((value) => ({
                label: `${String(value)} MB`,
                value,
              })),
            },
          },
          {
            name: 'alertsEnabled',
            type: 'Microsoft.Common.CheckBox',
            label: 'Switch the alerts on',
            defaultValue: true,
            toolTip: descriptionOf('alertsEnabled'),
          },
        ],
      },
      {
        name: 'aws',
        label: 'AWS',
        elements: [
          {
            name: 'order',
            type: 'Microsoft.Common.InfoBox',
            options: {
              icon: 'Info',
              text: 'Leave these empty the first time: the stacks in AWS need the identity that this deployment makes. Enter their outputs here when you deploy again.',
            },
          },
          ...awsBoxes.map((name) => ({
            name,
            type: 'Microsoft.Common.TextBox',
            label: settingParameters[name],
            toolTip: settingsTable[settingParameters[name]].sentence,
            constraints: {
              required: false,
              regex: patterns[name],
              validationMessage: `Must be ${formOf(settingParameters[name])}`,
            },
          })),
        ],
      },
    ],
    outputs: {
      location: '[location()]',
      workspaceResourceId: "[basics('workspace').id]",
      workspaceLocation: "[basics('workspace').location]",
      table: "[basics('table')]",
      ...Object.fromEntries(
        ['packageUri', 'instanceMemoryMB', 'alertsEnabled'].map((name) => [name, `[steps('app').${name}]`]),
      ),
      ...Object.fromEntries(awsBoxes.map((name) => [name, `[steps('aws').${name}]`])),
    },
  },
};

function descriptionOf(name: string): string {
  return parameters[name]?.metadata?.description ?? '';
}
