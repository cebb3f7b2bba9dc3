import type { CredentialMode } from '../words/credentialMode.ts';
import { defaultStsRegion, parseQueueUrl, partitionOfRegion, partitionOfRole } from '../words/partitions.ts';
import { closest } from './misspelt.ts';
import { createReader, type Environment, findPlain, type SettingsReader } from './reader.ts';
import type { SettingName } from './table.ts';
import { type FoundValue, listOf, shownValue } from './value.ts';

/** One queue with the role that may read it. */
export interface SourceSettings {
  readonly name: string;
  readonly kind: 'sqs';
  readonly credentials: CredentialMode;
  readonly roleArn: string;
  readonly stsRegion: string;
  readonly queueUrl: string;
  readonly queueRegion: string;
  readonly partition: string;
  readonly allowedBuckets: readonly string[];
  /** Loopback only: the embedded clouds. */
  readonly endpointOverride?: string;
}

/** The fields of one object in SOURCES and the plain setting that each stands for. */
export const sourceFields = {
  roleArn: 'AWS_ROLE_ARN',
  queueUrl: 'SQS_QUEUE_URL',
  buckets: 'ALLOWED_BUCKETS',
  credentials: 'AWS_CREDENTIALS',
  audience: 'AWS_WEB_IDENTITY_AUDIENCE',
  hubRoleArn: 'AWS_HUB_ROLE_ARN',
  stsRegion: 'AWS_STS_REGION',
  endpointUrl: 'AWS_ENDPOINT_URL',
} as const satisfies Record<string, SettingName>;

/** The one source of the plain settings, or those of SOURCES; problems are added to `problems`. */
export function readSources(environment: Environment, problems: Set<string>): readonly SourceSettings[] {
  const plain = createReader((name) => findPlain(environment, name), problems);
  const isList = 'text' in findPlain(environment, 'SOURCES');
  if (!isList) return [readSource('default', plain, problems)].filter(isComplete);
  const text = plain.optional('SOURCES');
  if (text === undefined) return [];
  // Checked above to be a list of objects.
  const items = JSON.parse(text) as readonly Readonly<Record<string, unknown>>[];
  const sources = items.map((item, index) => readListed(item, `SOURCES[${index}]`, environment, problems));
  noteRepeated(
    items.map(({ name }) => name),
    'name',
    problems,
  );
  noteRepeated(
    sources.map((source) => source?.queueUrl),
    'queueUrl',
    problems,
  );
  return sources.filter(isComplete);
}

function readListed(
  item: Readonly<Record<string, unknown>>,
  label: string,
  environment: Environment,
  problems: Set<string>,
): SourceSettings | undefined {
  noteUnknownFields(item, label, problems);
  const name = readName(item['name'], label, problems);
  noteKind(item['kind'], label, problems);
  const find = (setting: SettingName): FoundValue | { readonly label: string } =>
    findInSource(item, label, setting) ?? findInherited(environment, label, setting);
  return readSource(name ?? label, createReader(find, problems), problems);
}

function readSource(name: string, read: SettingsReader, problems: Set<string>): SourceSettings | undefined {
  const credentials = readCredentials(read);
  const roleArn = read.required('AWS_ROLE_ARN');
  const queueUrl = read.required('SQS_QUEUE_URL');
  const buckets = read.required('ALLOWED_BUCKETS');
  const endpoint = read.optional('AWS_ENDPOINT_URL');
  const partition = roleArn === undefined ? undefined : partitionOfRole(roleArn);
  const stsRegion =
    read.optional('AWS_STS_REGION') ?? (partition === undefined ? undefined : defaultStsRegion(partition));
  const queue = queueUrl === undefined ? undefined : parseQueueUrl(queueUrl);
  if (partition !== undefined) noteOtherPartitions({ partition, queue, stsRegion, credentials }, read, problems);
  if (
    credentials === undefined ||
    roleArn === undefined ||
    partition === undefined ||
    stsRegion === undefined ||
    queueUrl === undefined ||
    queue === undefined ||
    buckets === undefined
  ) {
    return undefined;
  }
  return {
    name,
    kind: 'sqs',
    credentials,
    roleArn,
    stsRegion,
    queueUrl,
    queueRegion: queue.region,
    partition,
    allowedBuckets: listOf(buckets),
    ...(endpoint === undefined ? {} : { endpointOverride: endpoint.replace(/\/$/, '') }),
  };
}

function readCredentials(read: SettingsReader): CredentialMode | undefined {
  const mode = read.optional('AWS_CREDENTIALS');
  const because = `, which ${read.labelOf('AWS_CREDENTIALS')} "${mode}" needs`;
  switch (mode) {
    case 'managed-identity': {
      const audience = read.required('AWS_WEB_IDENTITY_AUDIENCE', because);
      const hubRoleArn = read.required('AWS_HUB_ROLE_ARN', because);
      return audience === undefined || hubRoleArn === undefined ? undefined : { mode, audience, hubRoleArn };
    }
    case 'access-key': {
      const accessKeyId = read.required('AWS_ACCESS_KEY_ID', because);
      const secretAccessKey = read.required('AWS_SECRET_ACCESS_KEY', because);
      return accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : { mode, accessKeyId, secretAccessKey };
    }
    case 'default':
      return { mode };
    default:
      return undefined;
  }
}

/** Neither roles nor sessions cross partitions: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
function noteOtherPartitions(
  source: {
    readonly partition: string;
    readonly queue: { readonly region: string; readonly partition: string } | undefined;
    readonly stsRegion: string | undefined;
    readonly credentials: CredentialMode | undefined;
  },
  read: SettingsReader,
  problems: Set<string>,
): void {
  const note = (name: SettingName, value: string, partition: string | undefined): void => {
    if (partition === undefined || partition === source.partition) return;
    problems.add(
      `${read.labelOf(name)} must be in the partition ${source.partition} like ${read.labelOf('AWS_ROLE_ARN')}; got ${shownValue(value)}, which is in ${partition}`,
    );
  };
  if (source.queue !== undefined) note('SQS_QUEUE_URL', source.queue.region, source.queue.partition);
  if (source.stsRegion !== undefined) note('AWS_STS_REGION', source.stsRegion, partitionOfRegion(source.stsRegion));
  if (source.credentials?.mode === 'managed-identity') {
    note('AWS_HUB_ROLE_ARN', source.credentials.hubRoleArn, partitionOfRole(source.credentials.hubRoleArn));
  }
}

const fieldOf: ReadonlyMap<SettingName, string> = new Map(
  Object.entries(sourceFields).map(([field, setting]) => [setting, field]),
);

/** Undefined when the source leaves the field to the plain setting. What is no text reaches the check as JSON, and fails there. */
function findInSource(
  item: Readonly<Record<string, unknown>>,
  label: string,
  setting: SettingName,
): FoundValue | undefined {
  const field = fieldOf.get(setting);
  const value = field === undefined ? undefined : item[field];
  if (value === undefined) return undefined;
  const text = field === 'buckets' && isTextList(value) ? value.join(',') : textOf(value);
  return { label: `${label}.${field}`, text: text.trim() };
}

function findInherited(
  environment: Environment,
  label: string,
  setting: SettingName,
): FoundValue | { readonly label: string } {
  const found = findPlain(environment, setting);
  const field = fieldOf.get(setting);
  return 'text' in found || field === undefined ? found : { label: `${label}.${field} (or ${setting})` };
}

function noteUnknownFields(item: Readonly<Record<string, unknown>>, label: string, problems: Set<string>): void {
  const known = ['name', 'kind', ...Object.keys(sourceFields)];
  const unknown = Object.keys(item).filter((field) => !known.includes(field));
  if (unknown.length === 0) return;
  const isKey = unknown.some((field) => /key|secret|token/i.test(field));
  const meant = unknown.map((field) => closest(field, known)).find((field) => field !== undefined);
  const hint = isKey
    ? '; access keys belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
    : meant === undefined
      ? ''
      : `; did you mean ${meant}?`;
  problems.add(
    `${label} must have no fields but ${known.join(', ')}; got ${unknown.map(shownValue).join(', ')}${hint}`,
  );
}

/** Names are part of storage keys and of events. */
function readName(value: unknown, label: string, problems: Set<string>): string | undefined {
  const form = 'a name of 1 to 40 lower-case letters, digits and hyphens that begins with a letter';
  if (value === undefined) {
    problems.add(`${label}.name is missing; set it to ${form}`);
    return undefined;
  }
  if (typeof value === 'string' && /^[a-z][a-z0-9-]{0,39}$/.test(value)) return value;
  problems.add(`${label}.name must be ${form}; got ${shownValue(textOf(value))}`);
  return undefined;
}

function noteKind(value: unknown, label: string, problems: Set<string>): void {
  if (value === undefined || value === 'sqs') return;
  const isPlanned = value === 'list' || value === 'lookup';
  problems.add(
    `${label}.kind must be "sqs"; got ${shownValue(textOf(value))}${isPlanned ? ', which is not available in this version' : ''}`,
  );
}

function noteRepeated(values: readonly unknown[], field: string, problems: Set<string>): void {
  for (const [index, value] of values.entries()) {
    const first = values.indexOf(value);
    if (typeof value !== 'string' || first === index) continue;
    problems.add(
      `SOURCES[${index}].${field} must differ from that of every other source; got ${shownValue(value)} as in SOURCES[${first}]`,
    );
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isComplete(source: SourceSettings | undefined): source is SourceSettings {
  return source !== undefined;
}
