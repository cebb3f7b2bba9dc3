import { boundsOf } from '../../shared/settings/bounds.ts';
import { type SettingName, settingsTable } from '../../shared/settings/table.ts';
import { billedShare, flexMegabytesPerCore, gzipRatios } from './facts.ts';

/** What arrives, where it runs and how it is set: everything the model is asked. Times are those of one request, answered. */
export interface Scenario {
  readonly eventsPerSecond: number;
  readonly recordsPerFile: number;
  readonly recordBytes: number;
  readonly gzipRatio: number;
  /** To S3. */
  readonly latencyMs: number;
  readonly queueLatencyMs: number;
  readonly ingestionLatencyMs: number;
  readonly storageLatencyMs: number;
  readonly cores: number;
  readonly memoryMegabytes: number;
  readonly megabitsPerSecond: number;
  readonly alwaysReady: number;
  readonly sources: number;
  readonly rules: number;
  /** Prefixes of the buckets that S3 has partitioned by itself. */
  readonly prefixes: number;
  readonly mostDrainers: number;
  readonly gzipLevel: number;
  readonly objectsInFlight: number;
  readonly bytesInFlight: number;
  readonly uploadsInFlight: number;
  readonly receivers: number;
  readonly batchBytes: number;
  readonly lingerMs: number;
  readonly sliceSeconds: number;
  readonly stopReceivingSeconds: number;
  readonly tickSeconds: number;
  readonly retentionDays: number;
  readonly billedShare: number;
}

interface Parameter {
  readonly help: string;
  readonly bounds: readonly [number, number];
  readonly isWhole?: true;
  /** A number, the default of a setting, or what follows from the others. */
  readonly fallback: number | SettingName | ((known: Partial<Scenario>) => number);
}

const parameters: Readonly<Record<keyof Scenario, Parameter>> = {
  eventsPerSecond: { help: 'records that arrive in a second', bounds: [0.001, 1e8], fallback: 100 },
  recordsPerFile: { help: 'records in a log file', bounds: [1, 100_000], fallback: 5 },
  recordBytes: { help: 'bytes of a record', bounds: [100, 1_000_000], fallback: 1_555 },
  gzipRatio: { help: 'how often a compressed log file goes into its content', bounds: [1, 50], fallback: ratioOf },
  latencyMs: { help: 'milliseconds until S3 answers', bounds: [0, 10_000], fallback: 100 },
  queueLatencyMs: { help: 'the same for SQS', bounds: [0, 10_000], fallback: ({ latencyMs = 0 }) => latencyMs },
  ingestionLatencyMs: {
    help: 'the same for logs ingestion',
    bounds: [0, 30_000],
    fallback: ({ latencyMs = 0 }) => latencyMs,
  },
  storageLatencyMs: { help: "the same for the app's own storage", bounds: [0, 10_000], fallback: 10 },
  cores: { help: 'cores of an instance: 0.25, 1 or 2 in Flex Consumption', bounds: [0.25, 64], fallback: 1 },
  memoryMegabytes: {
    help: 'memory of an instance',
    bounds: [256, 1_000_000],
    fallback: ({ cores = 1 }) => cores * flexMegabytesPerCore,
  },
  megabitsPerSecond: { help: "an instance's network; documented nowhere", bounds: [1, 100_000], fallback: 400 },
  alwaysReady: { help: 'instances that are always ready', bounds: [0, 1_000], isWhole: true, fallback: 0 },
  sources: { help: 'sources (queues) that share the events', bounds: [1, 50], isWhole: true, fallback: 1 },
  rules: { help: 'data collection rules', bounds: [1, 1_000], isWhole: true, fallback: 1 },
  prefixes: { help: 'prefixes that S3 has partitioned', bounds: [1, 10_000], isWhole: true, fallback: 1 },
  mostDrainers: { help: 'MOST_DRAINERS', bounds: boundsOf('MOST_DRAINERS'), isWhole: true, fallback: 'MOST_DRAINERS' },
  gzipLevel: { help: 'GZIP_LEVEL', bounds: boundsOf('GZIP_LEVEL'), isWhole: true, fallback: 'GZIP_LEVEL' },
  objectsInFlight: {
    help: 'OBJECTS_IN_FLIGHT',
    bounds: boundsOf('OBJECTS_IN_FLIGHT'),
    isWhole: true,
    fallback: 'OBJECTS_IN_FLIGHT',
  },
  bytesInFlight: { help: 'BYTES_IN_FLIGHT', bounds: boundsOf('BYTES_IN_FLIGHT'), fallback: 'BYTES_IN_FLIGHT' },
  uploadsInFlight: {
    help: 'UPLOADS_IN_FLIGHT',
    bounds: boundsOf('UPLOADS_IN_FLIGHT'),
    isWhole: true,
    fallback: 'UPLOADS_IN_FLIGHT',
  },
  receivers: { help: 'RECEIVERS', bounds: boundsOf('RECEIVERS'), isWhole: true, fallback: 'RECEIVERS' },
  batchBytes: { help: 'BATCH_BYTES', bounds: boundsOf('BATCH_BYTES'), fallback: 'BATCH_BYTES' },
  lingerMs: { help: 'LINGER_MS', bounds: boundsOf('LINGER_MS'), fallback: 'LINGER_MS' },
  sliceSeconds: { help: 'SLICE_SECONDS', bounds: [30, 300], fallback: 'SLICE_SECONDS' },
  stopReceivingSeconds: {
    help: 'STOP_RECEIVING_SECONDS',
    bounds: boundsOf('STOP_RECEIVING_SECONDS'),
    fallback: 'STOP_RECEIVING_SECONDS',
  },
  tickSeconds: { help: 'seconds between two times of DRAIN_SCHEDULE', bounds: [5, 3_600], isWhole: true, fallback: 60 },
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: 4 days unless set otherwise, 14 at most.
  retentionDays: { help: "the queue's message retention", bounds: [0.01, 14], fallback: 4 },
  billedShare: { help: "the share of a row's JSON that is billed", bounds: [0.01, 2], fallback: billedShare },
};

export const parameterNames = Object.keys(parameters) as readonly (keyof Scenario)[];

/** Deployments that carry what they are named after. */
export const examples = {
  small: { eventsPerSecond: 100, recordsPerFile: 5 },
  large: { eventsPerSecond: 10_000, recordsPerFile: 50 },
  huge: { eventsPerSecond: 1_000_000, recordsPerFile: 2_000, cores: 2, rules: 64, mostDrainers: 40 },
} as const satisfies Record<string, Partial<Scenario>>;

export type ExampleName = keyof typeof examples;

/** Completes what is given by defaults; those that follow from others, last. @throws RangeError for a value out of bounds */
export function scenarioOf(given: Partial<Scenario>): Scenario {
  const known: { -readonly [Name in keyof Scenario]?: Scenario[Name] } = { ...given };
  for (const name of parameterNames) {
    const { fallback } = parameters[name];
    if (typeof fallback === 'function') continue;
    known[name] ??= typeof fallback === 'number' ? fallback : defaultOf(fallback);
  }
  for (const name of parameterNames) {
    const { bounds, fallback, isWhole } = parameters[name];
    const value = known[name] ?? (typeof fallback === 'function' ? fallback(known) : Number.NaN);
    known[name] = value;
    if (!(value >= bounds[0] && value <= bounds[1]) || (isWhole && !Number.isInteger(value))) {
      const what = isWhole ? 'a whole number' : 'a number';
      throw new RangeError(`--${flagOf(name)} must be ${what} from ${bounds[0]} to ${bounds[1]}; got "${value}"`);
    }
  }
  const scenario = known as Scenario;
  if (scenario.stopReceivingSeconds >= scenario.sliceSeconds) {
    throw new RangeError('--stop-receiving-seconds must be less than --slice-seconds');
  }
  return scenario;
}

/** `events-per-second` of `eventsPerSecond`. */
export function flagOf(name: keyof Scenario): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function helpOf(name: keyof Scenario): string {
  const { fallback, help } = parameters[name];
  if (typeof fallback === 'function') return `${help} (default: follows from the others)`;
  return `${help} (default ${typeof fallback === 'number' ? fallback : defaultOf(fallback)})`;
}

function defaultOf(name: SettingName): number {
  return Number(settingsTable[name].fallback);
}

/** Few records compress badly: straight in the logarithm of their number, between the two that were measured. */
function ratioOf({ recordsPerFile = 1 }: Partial<Scenario>): number {
  const { few, many } = gzipRatios;
  const share = Math.log(recordsPerFile / few.records) / Math.log(many.records / few.records);
  return few.ratio + (many.ratio - few.ratio) * Math.min(1, Math.max(0, share));
}
