import type { Selector } from '../words/selectors.ts';
import { misspeltNames } from './misspelt.ts';
import { createReader, type Environment, findPlain, type SettingsReader } from './reader.ts';
import { readSelectors } from './selectors.ts';
import { readSources, type SourceSettings } from './sources.ts';
import type { Tuning } from './table.ts';
import { readTuning } from './tuning.ts';
import { listOf, shownValue } from './value.ts';

export type { SourceSettings } from './sources.ts';

export interface DestinationSettings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly scope: string;
  readonly ruleIds: readonly [string, ...string[]];
  readonly stream: string;
  /** Where the health of the sources goes, by the first rule; absent: nowhere. */
  readonly healthStream?: string;
  /** The rules as resources, for a check; absent: nobody knows them. */
  readonly ruleResourceIds?: readonly string[];
  /** Loopback only: in place of Azure Resource Manager. */
  readonly resourceManager?: string;
}

/** Everything the app was told, checked together; deeply frozen. */
export interface Settings {
  /** Letter for letter as typed: AWS compares external IDs with case. */
  readonly workspaceId: string;
  readonly destination: DestinationSettings;
  /** Absent: the system-assigned identity. */
  readonly azureClientId?: string;
  readonly sources: readonly [SourceSettings, ...SourceSettings[]];
  /** Which records are not sent; empty without any. */
  readonly selectors: readonly Selector[];
  readonly drainSchedule: string;
  /** Drainers of one source at the same time, at most. */
  readonly mostDrainers: number;
  readonly tuning: Tuning;
}

export type SettingsReading = (
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly string[] }
) & {
  /** Names in the environment that look like misspelt settings, and so have no effect: one sentence each. */
  readonly doubts: readonly string[];
};

/** Pure: the app's settings out of its environment, or every problem at once. */
export function readSettings(environment: Environment): SettingsReading {
  const problems = new Set<string>();
  const read = createReader((name) => findPlain(environment, name), problems);
  const workspaceId = read.required('WORKSPACE_ID');
  const sources = readSources(environment, problems);
  const destination = readDestination(read, problems);
  const selectors = selectorsIn(read.optional('SELECTORS'), problems);
  const azureClientId = read.optional('AZURE_CLIENT_ID');
  const drainSchedule = read.optional('DRAIN_SCHEDULE');
  const mostDrainers = read.number('MOST_DRAINERS');
  const tuning = readTuning(read, problems);
  const doubts = misspeltNames(Object.keys(environment).filter((name) => (environment[name] ?? '') !== ''));
  const [first, ...others] = sources;
  if (
    problems.size > 0 ||
    workspaceId === undefined ||
    first === undefined ||
    destination === undefined ||
    drainSchedule === undefined
  ) {
    return freeze({ ok: false, problems: [...problems], doubts });
  }
  return freeze({
    ok: true,
    doubts,
    settings: {
      workspaceId,
      destination,
      ...(azureClientId === undefined ? {} : { azureClientId }),
      sources: [first, ...others],
      selectors,
      drainSchedule,
      mostDrainers,
      tuning,
    },
  });
}

/** The bounds of a drain of this source, in the shape the pipeline takes. */
export function drainSettings(
  settings: Settings,
  source: SourceSettings,
): Tuning & { readonly source: string; readonly allowedBuckets: readonly string[] } {
  return { source: source.name, allowedBuckets: source.allowedBuckets, ...settings.tuning };
}

/**
 * The session name by which the app shows up in the customer's own trail.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: 2 to 64 characters of `[\w+=,.@-]`.
 */
export function sessionName(workspaceId: string): string {
  return `AzureFunctions_${workspaceId.replace(/[^\w+=,.@-]/g, '-')}`.slice(0, 64);
}

function readDestination(read: SettingsReader, problems: Set<string>): DestinationSettings | undefined {
  const endpoint = read.required('LOGS_INGESTION_ENDPOINT')?.replace(/\/$/, '');
  const scope = read.optional('LOGS_INGESTION_SCOPE');
  const [rule, ...otherRules] = listOf(read.required('DCR_IMMUTABLE_IDS') ?? '');
  const stream = read.optional('DCR_STREAM');
  const expected = endpoint === undefined ? undefined : scopeOf(endpoint);
  if (scope !== undefined && expected !== undefined && new URL(scope).hostname !== expected) {
    problems.add(
      `LOGS_INGESTION_SCOPE must be https://${expected}/.default, the scope of the cloud in LOGS_INGESTION_ENDPOINT; got ${shownValue(scope)}`,
    );
  }
  if (endpoint === undefined || scope === undefined || rule === undefined || stream === undefined) return undefined;
  const healthStream = read.optional('HEALTH_STREAM');
  const health = healthStream === undefined ? {} : { healthStream };
  const ruleResourceIds = listOf(read.optional('DCR_RESOURCE_IDS') ?? '');
  const resourceManager = read.optional('ARM_ENDPOINT_URL')?.replace(/\/$/, '');
  return {
    ...{ endpoint, scope, ruleIds: [rule, ...otherRules], stream, ...health },
    ...(ruleResourceIds.length === 0 ? {} : { ruleResourceIds }),
    ...(resourceManager === undefined ? {} : { resourceManager }),
  };
}

function selectorsIn(text: string | undefined, problems: Set<string>): readonly Selector[] {
  if (text === undefined) return [];
  const reading = readSelectors(text, 'SELECTORS');
  if (reading.ok) return reading.selectors;
  for (const problem of reading.problems) problems.add(problem);
  return [];
}

/** Undefined for an endpoint that is not Azure's own: a proxy, or this machine. */
function scopeOf(endpoint: string): string | undefined {
  return /\.ingest\.(monitor\.azure\.(?:com|us|cn))$/.exec(new URL(endpoint).hostname)?.[1];
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}
