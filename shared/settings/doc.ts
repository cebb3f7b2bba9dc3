import { sourceFields } from './sources.ts';
import {
  formOf,
  type Need,
  type Setting,
  type SettingGroup,
  type SettingName,
  settingNames,
  settingsTable,
} from './table.ts';

/** docs/settings.md, whole. */
export function renderSettingsDoc(): string {
  return `${[...introduction, ...groups.flatMap(renderGroup), ...renderSources(), ...conclusion].join('\n')}\n`;
}

/** local.settings.sample.json, whole: what most deployments need, with values that pass the checks but name nothing real. */
export function renderSampleSettings(): string {
  const values = {
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    FUNCTIONS_WORKER_RUNTIME: 'node',
    ...Object.fromEntries(
      settingNames.filter((name) => settingsTable[name].sample).map((name) => [name, settingsTable[name].example]),
    ),
  };
  return `${JSON.stringify({ IsEncrypted: false, Values: values }, undefined, 2)}\n`;
}

const introduction = [
  '# Settings',
  '',
  '<!-- Made by `npm run generate` from shared/settings/table.ts: change it there. -->',
  '',
  'Every setting is an application setting of the function app; on a machine of your own they stand under `Values` in',
  '`local.settings.json`, for which `local.settings.sample.json` is the pattern. A setting that is empty counts as absent.',
  '',
  'All settings are checked together at the beginning of every drain. If anything is wrong, nothing is read or uploaded, and',
  'one message names every problem: the setting, what it must be, and the value found. Values of secrets are never shown.',
];

const groups: readonly { readonly group: SettingGroup; readonly title: string; readonly text: string }[] = [
  { group: 'workspace', title: 'Workspace', text: 'Who the app is to AWS.' },
  { group: 'queue', title: 'Queue and buckets', text: 'Where log files are announced, and where they may lie.' },
  {
    group: 'credentials',
    title: 'Access to AWS',
    text: 'With `managed-identity` no key is stored anywhere: the token of the managed identity is exchanged for the hub role, and the hub role assumes the role with the external ID.',
  },
  { group: 'destination', title: 'Destination in Azure', text: 'Where the rows go.' },
  { group: 'running', title: 'Schedule', text: 'When the app works.' },
  {
    group: 'tuning',
    title: 'Tuning',
    text: 'The defaults suit most deployments. Limits on what is in flight hold for each source separately; memory grows with their sum.',
  },
];

const needs: Readonly<Record<Need, string>> = {
  always: 'yes',
  source: 'yes, unless every source names its own',
  'managed-identity': 'with `managed-identity`',
  'access-key': 'with `access-key`',
  never: 'no',
};

function renderGroup({ group, title, text }: (typeof groups)[number]): readonly string[] {
  const names = settingNames.filter((name) => settingsTable[name].group === group);
  return [
    '',
    `## ${title}`,
    '',
    text,
    '',
    '| Setting | Required | Default | Must be | What it is for |',
    '|---|---|---|---|---|',
    ...names.map(renderRow),
  ];
}

function renderRow(name: SettingName): string {
  const setting: Setting = settingsTable[name];
  const standard = setting.fallback === undefined ? (setting.derived ?? '–') : code(setting.fallback);
  const secret = setting.secret ? ' Secret.' : '';
  return `| ${code(name)} | ${needs[setting.need]} | ${standard} | ${formInMarkdown(name)} | ${setting.sentence}${secret} |`;
}

/** The wording of the error messages, with the example set as code. */
function formInMarkdown(name: SettingName): string {
  const { example } = settingsTable[name];
  const form = formOf(name);
  return form.endsWith(`, such as ${example}`) ? `${form.slice(0, -example.length)}${code(example)}` : form;
}

function renderSources(): readonly string[] {
  return [
    '',
    '## Several sources',
    '',
    'Without `SOURCES` there is one source, called `default`, made of the settings above. With it, each object of the list is',
    'a source of its own: drained, limited and reported apart from the others, so that a failure of one stops none of them. A field',
    'that is left out takes the value of the plain setting. Unknown fields are refused, and two sources may share neither name nor queue.',
    '',
    '| Field | Required | In place of |',
    '|---|---|---|',
    '| `name` | yes | 1 to 40 lower-case letters, digits and hyphens, beginning with a letter; it names the source in events and in storage |',
    '| `kind` | no | `sqs`, the default and the only kind in this version |',
    ...Object.entries(sourceFields).map(
      ([field, setting]) =>
        `| ${code(field)} | no | ${code(setting)}${field === 'buckets' ? ', also as a JSON list' : ''} |`,
    ),
    '',
    'Access keys have no field, because the list itself is not a secret: sources with `access-key` share `AWS_ACCESS_KEY_ID` and',
    '`AWS_SECRET_ACCESS_KEY`. For example:',
    '',
    '```json',
    JSON.stringify(sourcesExample, undefined, 2),
    '```',
  ];
}

/** Two accounts, one of them in another partition and so with a hub of its own. */
export const sourcesExample = [
  {
    name: 'production',
    roleArn: 'arn:aws:iam::111122223333:role/sentinel-cloudtrail-reader',
    queueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/cloudtrail-to-sentinel',
    buckets: ['example-trail-bucket'],
  },
  {
    name: 'government',
    roleArn: 'arn:aws-us-gov:iam::777788889999:role/sentinel-cloudtrail-reader',
    hubRoleArn: 'arn:aws-us-gov:iam::123456789012:role/sentinel-hub',
    queueUrl: 'https://sqs.us-gov-west-1.amazonaws.com/777788889999/cloudtrail-to-sentinel',
    buckets: ['example-government-trail-bucket'],
  },
] as const;

const conclusion = [
  '',
  '## What is checked between settings',
  '',
  '- The queue, the hub role and the STS region are in the partition of the role (`aws`, `aws-us-gov`, `aws-cn`, …): neither roles nor sessions cross partitions.',
  '- `LOGS_INGESTION_SCOPE` belongs to the same cloud as `LOGS_INGESTION_ENDPOINT`.',
  '- `SLICE_SECONDS` is more than `STOP_RECEIVING_SECONDS`.',
  '- `VISIBILITY_SECONDS` is more than twice `HEARTBEAT_SECONDS`, so that one renewal may fail.',
  '- `LINGER_MS` is less than `SLICE_SECONDS`.',
  '',
  '## Queue URLs',
  '',
  'The host must be one of SQS itself, in the region that the URL names: `sqs.<region>.<suffix>`, its FIPS and dual-stack forms, or the older',
  '`<region>.queue.<suffix>` and `queue.amazonaws.com` (which is `us-east-1`). Anything else is refused, because the requests and their session token',
  'go to that host. A URL is never taken from a message.',
  '',
  '## Settings of Azure itself',
  '',
  'The Functions host reads these; the app has no say in their form.',
  '',
  '| Setting | What it is for |',
  '|---|---|',
  '| `AzureWebJobsStorage` | The storage account of the function app, as a connection string or by identity (`AzureWebJobsStorage__accountName`). The app keeps its own state there as well. |',
  '| `FUNCTIONS_WORKER_RUNTIME` | `node`. Not used on Flex Consumption, where the runtime is a property of the app. |',
  '| `APPLICATIONINSIGHTS_CONNECTION_STRING` | Where logs and metrics go. The app sends the figures of its health there as well; without it there are none. |',
  '| `APPLICATIONINSIGHTS_AUTHENTICATION_STRING` | `Authorization=AAD`: both are sent as the managed identity, with `ClientId=…;` before it as a user-assigned one. It needs the role *Monitoring Metrics Publisher* on the Application Insights resource. |',
];

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
