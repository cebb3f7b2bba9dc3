/** How a setting's text is read and checked; see value.ts. */
export type SettingKind =
  | 'guid'
  | 'choice'
  | 'audience'
  | 'role-arn'
  | 'region'
  | 'access-key-id'
  | 'secret-access-key'
  | 'queue-url'
  | 'buckets'
  | 'sources'
  | 'selectors'
  | 'loopback-url'
  | 'https-url'
  | 'scope'
  | 'rule-ids'
  | 'rule-resources'
  | 'stream'
  | 'schedule'
  | 'whole-number'
  | 'number';

/** When a setting may not be left out. `source`: unless every source in SOURCES names its own. */
export type Need = 'always' | 'source' | 'managed-identity' | 'access-key' | 'never';

export type SettingGroup = 'workspace' | 'queue' | 'credentials' | 'destination' | 'running' | 'tuning';

/** One setting of the app: the documentation, the sample and the error messages all come from here. */
export interface Setting {
  readonly group: SettingGroup;
  readonly kind: SettingKind;
  readonly need: Need;
  readonly fallback?: string;
  /** How the documentation tells a default that is derived, when there is no `fallback`. */
  readonly derived?: string;
  /** Name under which a drain takes the number; with `times`, in thousandths, as milliseconds are of seconds. */
  readonly field?: string;
  readonly times?: 1000;
  /** Numbers only; both ends are allowed. */
  readonly bounds?: readonly [number, number];
  readonly choices?: readonly string[];
  /** Completes "NAME must be …"; numbers and choices say it by their bounds. */
  readonly expectation?: string;
  /** Its value is never shown, in any message. */
  readonly secret?: true;
  readonly sentence: string;
  readonly example: string;
  /** Part of local.settings.sample.json. */
  readonly sample?: true;
}

const table = {
  WORKSPACE_ID: {
    group: 'workspace',
    kind: 'guid',
    need: 'always',
    expectation: 'the Log Analytics workspace ID, a GUID',
    sentence:
      "The workspace ID, sent as the external ID whenever a role in AWS is assumed, letter for letter as the role's trust policy has it.",
    example: '3c1f5f0e-6f0a-4f5c-9d1b-2a7e8c4d9b10',
    sample: true,
  },
  SQS_QUEUE_URL: {
    group: 'queue',
    kind: 'queue-url',
    need: 'source',
    expectation: 'the https URL of a standard (not FIFO) SQS queue',
    sentence:
      'The queue that announces new log files; its region is taken from the URL, and no one else may read from it.',
    example: 'https://sqs.us-east-1.amazonaws.com/111122223333/cloudtrail-to-sentinel',
    sample: true,
  },
  ALLOWED_BUCKETS: {
    group: 'queue',
    kind: 'buckets',
    need: 'source',
    expectation: 'a comma-separated list of S3 bucket names',
    sentence: 'The only buckets that are ever read; a message that announces an object elsewhere is refused.',
    example: 'example-trail-bucket',
    sample: true,
  },
  SOURCES: {
    group: 'queue',
    kind: 'sources',
    need: 'never',
    expectation: 'a JSON list of 1 to 50 objects, one for each source',
    sentence: 'Several sources in one deployment, each with settings of its own; see "Several sources" below.',
    example: '[{"name":"production","queueUrl":"https://sqs.us-east-1.amazonaws.com/111122223333/trail"}]',
  },
  AWS_ROLE_ARN: {
    group: 'credentials',
    kind: 'role-arn',
    need: 'source',
    expectation: 'the ARN of an IAM role',
    sentence: 'The role that may read the queue and the buckets; it is assumed with the workspace ID as external ID.',
    example: 'arn:aws:iam::111122223333:role/sentinel-cloudtrail-reader',
    sample: true,
  },
  AWS_CREDENTIALS: {
    group: 'credentials',
    kind: 'choice',
    need: 'never',
    fallback: 'managed-identity',
    choices: ['managed-identity', 'access-key', 'default'],
    sentence:
      "How the app proves who it is to AWS: with its managed identity and no stored key, with an IAM user's access key, or with what the AWS SDK finds in its surroundings (meant for a developer's machine).",
    example: 'managed-identity',
    sample: true,
  },
  AWS_WEB_IDENTITY_AUDIENCE: {
    group: 'credentials',
    kind: 'audience',
    need: 'managed-identity',
    expectation: 'the application ID URI of an app registration, without /.default',
    sentence: "The audience of the managed identity's token, as registered in AWS's identity provider.",
    example: 'api://5d1c6b0a-7f43-4c8e-8a8f-0d3b9a1e2c44',
    sample: true,
  },
  AWS_HUB_ROLE_ARN: {
    group: 'credentials',
    kind: 'role-arn',
    need: 'managed-identity',
    expectation: 'the ARN of an IAM role',
    sentence:
      'The role that trusts the managed identity; from it the role in `AWS_ROLE_ARN` is assumed, in the same partition.',
    example: 'arn:aws:iam::444455556666:role/sentinel-hub',
    sample: true,
  },
  AWS_ACCESS_KEY_ID: {
    group: 'credentials',
    kind: 'access-key-id',
    need: 'access-key',
    expectation: 'the ID of a long-lived access key (16 to 128 letters and digits, not beginning with ASIA)',
    secret: true,
    sentence: 'The access key of an IAM user that may assume `AWS_ROLE_ARN`; keep it in Key Vault.',
    example: '@Microsoft.KeyVault(SecretUri=https://example.vault.azure.net/secrets/aws-access-key-id)',
  },
  AWS_SECRET_ACCESS_KEY: {
    group: 'credentials',
    kind: 'secret-access-key',
    need: 'access-key',
    expectation: 'a secret access key (16 to 128 characters without spaces)',
    secret: true,
    sentence: 'The secret of that access key; keep it in Key Vault.',
    example: '@Microsoft.KeyVault(SecretUri=https://example.vault.azure.net/secrets/aws-secret-access-key)',
  },
  AWS_STS_REGION: {
    group: 'credentials',
    kind: 'region',
    need: 'never',
    derived: "a region of the role's partition that no account can switch off, such as `us-east-1` or `us-gov-west-1`",
    expectation: 'an AWS region',
    sentence: 'The region whose security token service is asked; it must be switched on in the accounts of both roles.',
    example: 'us-east-1',
  },
  AWS_ENDPOINT_URL: {
    group: 'credentials',
    kind: 'loopback-url',
    need: 'never',
    expectation: 'an http or https URL of this machine (127.0.0.1, localhost or [::1]) without a path',
    sentence: 'Sends every request for AWS to a program on this machine instead; for development and tests only.',
    example: 'http://127.0.0.1:4566',
  },
  LOGS_INGESTION_ENDPOINT: {
    group: 'destination',
    kind: 'https-url',
    need: 'always',
    expectation: 'an https URL without a path',
    sentence:
      "The logs ingestion endpoint of the data collection rule, or of a data collection endpoint in the workspace's region.",
    example: 'https://sentinel-cloudtrail-ab12.westeurope-1.ingest.monitor.azure.com',
    sample: true,
  },
  LOGS_INGESTION_SCOPE: {
    group: 'destination',
    kind: 'scope',
    need: 'never',
    fallback: 'https://monitor.azure.com/.default',
    expectation: 'an https URL that ends in /.default',
    sentence:
      'What the token for Azure Monitor is asked for; `https://monitor.azure.us/.default` in Azure Government, `https://monitor.azure.cn/.default` in Azure operated by 21Vianet.',
    example: 'https://monitor.azure.com/.default',
  },
  DCR_IMMUTABLE_IDS: {
    group: 'destination',
    kind: 'rule-ids',
    need: 'always',
    expectation: 'a comma-separated list of immutable IDs of data collection rules (dcr-…)',
    sentence:
      'The data collection rules that take the rows; one takes 2 GB a minute, and with several the requests are spread over them.',
    example: 'dcr-00000000000000000000000000000000',
    sample: true,
  },
  DCR_RESOURCE_IDS: {
    group: 'destination',
    kind: 'rule-resources',
    need: 'never',
    derived: 'none: then `npm run check` does not compare columns',
    expectation: 'a comma-separated list of resource IDs of data collection rules (/subscriptions/…)',
    sentence:
      'The same rules as resources, for `npm run check` alone: it reads their streams, and the tables, and says which column is missing.',
    example:
      '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/connector/providers/Microsoft.Insights/dataCollectionRules/sentinel-cloudtrail',
  },
  ARM_ENDPOINT_URL: {
    group: 'destination',
    kind: 'loopback-url',
    need: 'never',
    derived: 'Azure Resource Manager of the cloud that `LOGS_INGESTION_SCOPE` names',
    expectation: 'an http or https URL of this machine (127.0.0.1, localhost or [::1]) without a path',
    sentence: 'Reads resources of Azure from a program on this machine instead; for development and tests only.',
    example: 'http://127.0.0.1:4567',
  },
  DCR_STREAM: {
    group: 'destination',
    kind: 'stream',
    need: 'never',
    fallback: 'Custom-AWSCloudTrail',
    expectation: 'a stream name that begins with Custom-',
    sentence: 'The stream that each of the rules declares for the rows.',
    example: 'Custom-AWSCloudTrail',
    sample: true,
  },
  SELECTORS: {
    group: 'destination',
    kind: 'selectors',
    need: 'never',
    expectation: 'a JSON list of 1 to 50 selectors',
    sentence:
      "Which records are not sent, in the language of CloudTrail's advanced event selectors; see [selectors.md](selectors.md). Each record dropped is counted under the selector's name. Default: none is dropped.",
    example:
      '[{"Name":"KMS by services","Action":"drop","FieldSelectors":[{"Field":"eventSource","Equals":["kms.amazonaws.com"]},{"Field":"userIdentity.invokedBy","EndsWith":[".amazonaws.com"]}]}]',
  },
  HEALTH_STREAM: {
    group: 'destination',
    kind: 'stream',
    need: 'never',
    expectation: 'a stream name that begins with Custom-',
    sentence:
      'The stream that the first of the rules declares for the health of the sources: with it, one row a source and drain goes to the health table. Without it none is sent; the health page needs none.',
    example: 'Custom-AWSCloudTrailConnectorHealth_CL',
  },
  AZURE_CLIENT_ID: {
    group: 'destination',
    kind: 'guid',
    need: 'never',
    derived: "the app's system-assigned identity",
    expectation: 'the client ID of a user-assigned managed identity, a GUID',
    sentence: 'The identity used for Azure Monitor and, with `AWS_CREDENTIALS` `managed-identity`, for AWS.',
    example: '9a2f5a53-0c2e-4c43-8f7b-5b0f6f0f3e21',
  },
  DRAIN_SCHEDULE: {
    group: 'running',
    kind: 'schedule',
    need: 'never',
    fallback: '0 * * * * *',
    expectation: 'an NCRONTAB expression with six fields (second, minute, hour, day, month, day of week)',
    sentence: 'When a drain begins; a drain that is still running is not started a second time.',
    example: '0 * * * * *',
    sample: true,
  },
  SLICE_SECONDS: {
    group: 'tuning',
    field: 'sliceMs',
    times: 1000,
    kind: 'number',
    need: 'never',
    fallback: '240',
    bounds: [0.5, 300],
    sentence: 'The longest a drain runs before it ends by itself.',
    example: '240',
  },
  STOP_RECEIVING_SECONDS: {
    group: 'tuning',
    field: 'stopReceivingMs',
    times: 1000,
    kind: 'number',
    need: 'never',
    fallback: '25',
    bounds: [0, 299],
    sentence:
      'How long before its end a drain stops receiving messages, so that it can finish or return what it holds.',
    example: '25',
  },
  VISIBILITY_SECONDS: {
    group: 'tuning',
    field: 'visibilitySeconds',
    kind: 'whole-number',
    need: 'never',
    fallback: '180',
    bounds: [1, 3600],
    sentence:
      'How long a received message stays hidden from other readers; after a crash its log files wait this long to be read again.',
    example: '180',
  },
  HEARTBEAT_SECONDS: {
    group: 'tuning',
    field: 'heartbeatMs',
    times: 1000,
    kind: 'number',
    need: 'never',
    fallback: '60',
    bounds: [0.1, 1800],
    sentence: 'How often that time is renewed for every message held.',
    example: '60',
  },
  MOST_DRAINERS: {
    group: 'running',
    kind: 'whole-number',
    need: 'never',
    fallback: '8',
    bounds: [1, 100],
    sentence:
      'How many drainers may work on one source at the same time when its backlog is deep, the timer’s own included; each is an instance of the app. 1 switches scaling out off.',
    example: '8',
  },
  RECEIVERS: {
    group: 'tuning',
    field: 'receivers',
    kind: 'whole-number',
    need: 'never',
    fallback: '4',
    bounds: [1, 20],
    sentence:
      'How many receive calls are made on the queue of a source at the same time while answers come full; a trickle is asked for by one alone.',
    example: '4',
  },
  // 20 s is the longest SQS waits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
  LONG_POLL_SECONDS: {
    group: 'tuning',
    field: 'longPollSeconds',
    kind: 'whole-number',
    need: 'never',
    fallback: '10',
    bounds: [1, 20],
    sentence: 'How long a receive call waits for messages while there is work; the first call of a drain is short.',
    example: '10',
  },
  OBJECTS_IN_FLIGHT: {
    group: 'tuning',
    field: 'objectsInFlight',
    kind: 'whole-number',
    need: 'never',
    fallback: '64',
    bounds: [1, 1000],
    sentence: 'How many log files of a source are read at the same time.',
    example: '64',
  },
  BYTES_IN_FLIGHT: {
    group: 'tuning',
    field: 'bytesInFlight',
    kind: 'whole-number',
    need: 'never',
    fallback: '33554432',
    bounds: [1, 1_073_741_824],
    sentence: 'How many compressed bytes those log files may have together; one larger than this is read alone.',
    example: '33554432',
  },
  DECOMPRESSED_BYTES_CAP: {
    group: 'tuning',
    field: 'decompressedBytesCap',
    kind: 'whole-number',
    need: 'never',
    fallback: '536870912',
    bounds: [1, 8_589_934_592],
    sentence:
      'The largest a log file may become when it is decompressed; a larger one is refused as `object-too-large`.',
    example: '536870912',
  },
  EXPANSION_ALARM: {
    group: 'tuning',
    field: 'expansionAlarm',
    kind: 'whole-number',
    need: 'never',
    fallback: '200',
    bounds: [1, 1_000_000],
    sentence:
      'How many times longer than a log file as it lies in the bucket its rows may be before `object-odd` warns of it, since rows are billed; less than 10 MB is never told. CloudTrail stays below 30.',
    example: '200',
  },
  // 1 MB a call: https://learn.microsoft.com/azure/azure-monitor/service-limits#logs-ingestion-api
  BATCH_BYTES: {
    group: 'tuning',
    field: 'batchBytes',
    kind: 'whole-number',
    need: 'never',
    fallback: '1000000',
    bounds: [10_000, 1_000_000],
    sentence: 'The most bytes of JSON, before compression, that one request to Azure Monitor carries.',
    example: '1000000',
  },
  LINGER_MS: {
    group: 'tuning',
    field: 'lingerMs',
    kind: 'whole-number',
    need: 'never',
    fallback: '1000',
    bounds: [0, 60_000],
    sentence: 'How many milliseconds a batch that is not full waits for further rows when nothing is being read.',
    example: '1000',
  },
  UPLOADS_IN_FLIGHT: {
    group: 'tuning',
    field: 'uploadsInFlight',
    kind: 'whole-number',
    need: 'never',
    fallback: '8',
    bounds: [1, 64],
    sentence: 'How many requests to Azure Monitor a source has under way at the same time.',
    example: '8',
  },
  GZIP_LEVEL: {
    group: 'tuning',
    field: 'gzipLevel',
    kind: 'whole-number',
    need: 'never',
    fallback: '6',
    bounds: [1, 9],
    sentence: 'How hard request bodies are compressed: 1 is quickest, 9 is smallest.',
    example: '6',
  },
  CATCH_UP_GZIP_LEVEL: {
    group: 'tuning',
    field: 'catchUpGzipLevel',
    kind: 'whole-number',
    need: 'never',
    fallback: '3',
    bounds: [1, 9],
    sentence:
      'The same while a backlog is worked off: 3 takes half the time of 6 and makes bodies a fifth larger. Set it to GZIP_LEVEL to compress always alike.',
    example: '3',
  },
  UPLOAD_ATTEMPTS: {
    group: 'tuning',
    field: 'uploadAttempts',
    kind: 'whole-number',
    need: 'never',
    fallback: '5',
    bounds: [1, 20],
    sentence:
      'How often one request body is sent to a rule that does not answer, or answers 5xx, before the circuit of the rule opens. Throttling and a refused token have bounds of their own.',
    example: '5',
  },
  BUCKET_FAILURES: {
    group: 'tuning',
    field: 'bucketFailures',
    kind: 'whole-number',
    need: 'never',
    fallback: '3',
    bounds: [1, 100],
    sentence:
      'How many log files of a bucket must fail alike, with no success between, before the bucket is left alone for a while.',
    example: '3',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof table;

/** The bounds of one drain, alike for every source: each setting that has a `field`, under that name. */
export type Tuning = {
  readonly [Name in SettingName as (typeof table)[Name] extends { readonly field: infer Field extends string }
    ? Field
    : never]: number;
};

/** Every setting the app reads, in the order of the documentation. */
export const settingsTable: Readonly<Record<SettingName, Setting>> = table;

/** What the timer runs by when nobody says otherwise. */
export const defaultSchedule: string = table.DRAIN_SCHEDULE.fallback;

export const settingNames = Object.keys(table) as readonly SettingName[];

/** What a value must look like, as a phrase after "must be". */
export function formOf(name: SettingName): string {
  const { kind, bounds, choices, expectation, example, secret }: Setting = settingsTable[name];
  if (choices !== undefined) return `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
  if (bounds !== undefined) {
    return `a ${kind === 'whole-number' ? 'whole number' : 'number'} from ${bounds[0]} to ${bounds[1]}`;
  }
  return secret ? `${expectation}` : `${expectation}, such as ${example}`;
}
