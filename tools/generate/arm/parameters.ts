import { type Setting, type SettingName, settingsTable } from '../../../shared/settings/table.ts';
import { eventTables } from './destination.ts';
import type { Parameter } from './template.ts';

/**
 * Parameters that become application settings. Those that a stack in AWS has an output for have the output's name (case
 * does not count in names of parameters), so the outputs can be copied as they are.
 */
export const settingParameters = {
  awsRoleArn: 'AWS_ROLE_ARN',
  sqsQueueUrl: 'SQS_QUEUE_URL',
  allowedBuckets: 'ALLOWED_BUCKETS',
  hubRoleArn: 'AWS_HUB_ROLE_ARN',
  audience: 'AWS_WEB_IDENTITY_AUDIENCE',
  sources: 'SOURCES',
  awsCredentials: 'AWS_CREDENTIALS',
  awsAccessKeyId: 'AWS_ACCESS_KEY_ID',
  awsSecretAccessKey: 'AWS_SECRET_ACCESS_KEY',
  awsStsRegion: 'AWS_STS_REGION',
  drainSchedule: 'DRAIN_SCHEDULE',
  mostDrainers: 'MOST_DRAINERS',
} as const satisfies Readonly<Record<string, SettingName>>;

const own: Readonly<Record<string, Parameter>> = {
  workspaceResourceId: {
    type: 'string',
    minLength: 1,
    metadata: {
      description:
        'Resource ID of the Log Analytics workspace that Microsoft Sentinel works on: /subscriptions/…/providers/Microsoft.OperationalInsights/workspaces/NAME.',
    },
  },
  workspaceLocation: {
    type: 'string',
    defaultValue: '[resourceGroup().location]',
    metadata: { description: 'Region of that workspace; the data collection rule and the alerts are made there.' },
  },
  table: {
    type: 'string',
    defaultValue: eventTables[0],
    allowedValues: eventTables,
    metadata: {
      description:
        "Table that the events go into. AWSCloudTrail is Microsoft Sentinel's own, which its rules and workbooks read; it must be there already, and gets a few columns more, whose names end in _CF.",
    },
  },
  location: {
    type: 'string',
    defaultValue: '[resourceGroup().location]',
    metadata: { description: 'Region of the function app and its storage; one that offers the Flex Consumption plan.' },
  },
  appName: {
    type: 'string',
    defaultValue: "[format('cloudtrail-{0}', uniqueString(resourceGroup().id))]",
    minLength: 2,
    maxLength: 43,
    metadata: { description: 'Name of the function app. The other names are made from the resource group.' },
  },
  instanceMemoryMB: {
    type: 'int',
    defaultValue: 2048,
    allowedValues: [512, 2048, 4096],
    metadata: { description: 'Memory of one instance of the app.' },
  },
  maximumInstanceCount: {
    type: 'int',
    defaultValue: 40,
    minValue: 1,
    maxValue: 1000,
    metadata: { description: 'The most instances at the same time; MOST_DRAINERS bounds them further.' },
  },
  packageUri: {
    type: 'string',
    defaultValue: '',
    metadata: {
      description:
        "Address of a release's connector.zip. Empty: nothing is installed, and the app's code stays as it is.",
    },
  },
  dataCollectionEndpointId: {
    type: 'string',
    defaultValue: '',
    metadata: {
      description:
        "Resource ID of a data collection endpoint in the workspace's region, for private link. Empty: rows go to the rule's own endpoint.",
    },
  },
  subnetId: {
    type: 'string',
    defaultValue: '',
    metadata: {
      description:
        'Resource ID of a subnet, delegated to Microsoft.App/environments, that the app calls out from. Empty: none.',
    },
  },
  storageSku: {
    type: 'string',
    defaultValue: 'Standard_LRS',
    allowedValues: ['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'],
    metadata: { description: "How the app's own storage account is replicated." },
  },
  alertsEnabled: {
    type: 'bool',
    defaultValue: true,
    metadata: { description: 'Whether the alerts are switched on.' },
  },
  actionGroupIds: {
    type: 'array',
    defaultValue: [],
    metadata: {
      description: 'Resource IDs of the action groups that an alert tells. Without one it is seen in the portal only.',
    },
  },
  silentMinutes: {
    type: 'int',
    defaultValue: 30,
    allowedValues: [15, 30, 45, 60, 120, 180],
    metadata: {
      description:
        'How long no sign of life may come from the app before an alert fires. Must be several times the time between two drains.',
    },
  },
  quietHours: {
    type: 'int',
    defaultValue: 2,
    allowedValues: [1, 2, 3, 4, 5, 6],
    metadata: {
      description:
        'How long no event may arrive before an alert fires. CloudTrail itself is quiet in an account without activity.',
    },
  },
  readTableColumns: {
    type: 'bool',
    defaultValue: false,
    metadata: {
      description:
        "Whether the app may read the table's columns (not its rows), so that the connection check can compare them. Makes a custom role, which needs the right Microsoft.Authorization/roleDefinitions/write on the workspace's resource group.",
    },
  },
  tags: {
    type: 'object',
    defaultValue: {},
    metadata: { description: 'Tags of every resource.' },
  },
};

/** Every parameter of the template; what a setting is for is told by the table of settings. */
export const parameters: Readonly<Record<string, Parameter>> = {
  ...own,
  ...Object.fromEntries(Object.entries(settingParameters).map(([parameter, name]) => [parameter, ofSetting(name)])),
};

function ofSetting(name: SettingName): Parameter {
  const { sentence, choices, secret }: Setting = settingsTable[name];
  return {
    type: secret ? 'secureString' : 'string',
    defaultValue: '',
    ...(choices && { allowedValues: ['', ...choices] }),
    metadata: {
      description: `Application setting ${name}. ${sentence} Empty: the setting stays as it is, or is left out.`,
    },
  };
}
