import type { FaultRule } from '../../../local/aws/gateway/faults.ts';
import type { Fault } from '../../../local/azure/ingestion/faults.ts';
import type { Random } from '../../../local/trail/random.ts';

/** One misfortune, as plain data. */
export type Misfortune =
  | { readonly type: 'aws'; readonly rule: FaultRule }
  | { readonly type: 'ingestion' | 'identity' | 'storage'; readonly fault: Fault }
  /** Nothing listens there any more. */
  | { readonly type: 'shut'; readonly door: 'ingestion' | 'storage' }
  | { readonly type: 'expire-visibility' }
  /** One object of the trail that S3 does not give, whoever asks; `object` says which, as a share of them all. */
  | { readonly type: 'unreadable'; readonly object: number; readonly action: FaultRule['action'] }
  /** One row that the rule refuses; its record is that share of the object's. */
  | { readonly type: 'refused-row'; readonly object: number; readonly record: number }
  /** Messages and files beside the trail. */
  | { readonly type: 'beside'; readonly what: BesideName; readonly object: number; readonly count: number }
  /** What happens to a process; `instance` counts those of the run. */
  | { readonly type: 'kill' | 'pause' | 'terminate'; readonly instance: number };

interface FaultKind {
  readonly help: string;
  /** True when it can leave an upload of unknown outcome, or no ledger to record it in. */
  readonly mayDuplicate: boolean;
  readonly draw: (random: Random) => Misfortune;
}

/** Digests announced in one message with an object of the trail; other services' files; records that are none. */
export type BesideName = 'crowd' | 'foreign' | 'stubs';

const seldom = { times: 2, probability: 0.5 };
const often = { times: 6, probability: 0.5 };

const kinds = {
  reset: {
    help: 'the connection is reset before the service has acted',
    mayDuplicate: false,
    draw: (random) =>
      anywhere(random, {
        aws: (service) => ({ ...often, service, action: { kind: 'reset' } }),
        azure: () => ({ ...often, kind: 'reset' }),
      }),
  },
  refuse: {
    help: 'nothing listens at the destination for a while',
    mayDuplicate: false,
    draw: () => ({ type: 'shut', door: 'ingestion' }),
  },
  cut: {
    help: 'a body stops at a random byte',
    mayDuplicate: false,
    draw: (random) =>
      random.chance(0.7)
        ? { type: 'aws', rule: { ...often, service: 's3', operation: 'GetObject', action: cutBody(random, 4_000) } }
        : random.chance(0.5)
          ? { type: 'ingestion', fault: { ...often, kind: 'cut' } }
          : { type: 'aws', rule: { ...seldom, service: 'sqs', action: cutBody(random, 400) } },
  },
  stall: {
    help: 'no answer ever comes',
    mayDuplicate: false,
    draw: (random) =>
      anywhere(random, {
        aws: (service) => ({ ...seldom, service, action: { kind: 'stall' } }),
        azure: () => ({ ...seldom, kind: 'stall' }),
      }),
  },
  slow: {
    help: 'answers come late',
    mayDuplicate: false,
    draw: (random) =>
      anywhere(random, {
        aws: (service) => ({ probability: 0.7, service, action: { kind: 'latency', ms: 20 + random.below(300) } }),
        azure: () => ({ probability: 0.7, kind: 'latency', latencyMs: 10 + random.below(60) }),
      }),
  },
  error: {
    help: 'the service answers 4xx, 429 or 5xx, with and without Retry-After',
    mayDuplicate: false,
    draw: (random) =>
      anywhere(random, {
        aws: (service) => ({
          ...often,
          service,
          action: { kind: 'answer', ...random.pick(awsErrors[service]), ...pause(random) },
        }),
        azure: () => ({ ...often, kind: 'status', status: random.pick(azureErrors), ...pause(random) }),
      }),
  },
  'lose-response': {
    help: 'the service acts and its answer is lost',
    mayDuplicate: true,
    draw: (random) =>
      random.chance(0.5)
        ? { type: 'ingestion', fault: { ...often, kind: 'lose-response' } }
        : {
            type: 'aws',
            rule: {
              ...seldom,
              service: 'sqs',
              operation: random.pick(['ReceiveMessage', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch']),
              action: { kind: 'lose-response' },
            },
          },
  },
  duplicate: {
    help: 'messages are delivered to somebody else as well',
    mayDuplicate: false,
    draw: () => receiving({ kind: 'duplicate' }),
  },
  'short-batch': {
    help: 'a receive brings fewer messages than there are',
    mayDuplicate: false,
    draw: (random) => receiving({ kind: 'short-batch', max: 1 + random.below(3) }),
  },
  'empty-poll': {
    help: 'a receive finds nothing although messages wait',
    mayDuplicate: false,
    draw: () => receiving({ kind: 'empty-receive' }),
  },
  'expire-credentials': {
    help: 'all sessions end in the middle of the work',
    mayDuplicate: false,
    draw: (random) => ({
      type: 'aws',
      rule: {
        service: random.pick(['s3', 'sqs']),
        times: 1 + random.below(2),
        skip: random.below(5),
        action: { kind: 'expire-sessions' },
      },
    }),
  },
  'expire-visibility': {
    help: 'messages that are held become visible again too early',
    mayDuplicate: false,
    draw: () => ({ type: 'expire-visibility' }),
  },
  unreadable: {
    help: 'one object is archived, denied, encrypted with a key that is not given, always 5xx, throttled, cut or silent',
    mayDuplicate: false,
    draw: (random) => ({ type: 'unreadable', object: random.next(), action: refusal(random) }),
  },
  'refused-row': {
    help: 'one row is refused with 400 while all others are accepted',
    // Who is to blame may have to be found out with a row that was accepted before; it is counted.
    mayDuplicate: true,
    draw: (random) => ({ type: 'refused-row', object: random.next(), record: random.next() }),
  },
  crowd: {
    help: 'one message announces thousands of digests and a log file',
    mayDuplicate: false,
    draw: (random) => beside(random, 'crowd', 1_000 + random.below(4_999)),
  },
  foreign: {
    help: "notifications about other services' files arrive in the hundreds",
    mayDuplicate: false,
    draw: (random) => beside(random, 'foreign', 50 + random.below(400)),
  },
  stubs: {
    help: 'a log file holds thousands of records that are none, like []',
    mayDuplicate: false,
    draw: (random) => beside(random, 'stubs', 1_000 + random.below(50_000)),
  },
  storage: {
    help: 'table storage refuses, fails, loses answers, hangs or is away for a while',
    mayDuplicate: true,
    draw: (random) =>
      random.chance(0.4) ? { type: 'shut', door: 'storage' } : { type: 'storage', fault: storageFault(random) },
  },
  pause: {
    help: 'a process stands still until it has lost what it holds, and goes on',
    mayDuplicate: true,
    draw: (random) => ({ type: 'pause', instance: random.below(2) }),
  },
  kill: {
    help: 'a process is killed without warning, and another one starts',
    mayDuplicate: true,
    draw: (random) => ({ type: 'kill', instance: random.below(2) }),
  },
  terminate: {
    help: 'a process is told to end, and another one starts',
    mayDuplicate: false,
    draw: (random) => ({ type: 'terminate', instance: random.below(2) }),
  },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof kinds;

export const faultKinds: Readonly<Record<FaultName, FaultKind>> = kinds;

export const faultNames = Object.keys(kinds) as readonly FaultName[];

/** After these, the outcome of every upload becomes known and recorded: each record is there exactly once. */
export const exactFaults = faultNames.filter((name) => !kinds[name].mayDuplicate);

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(kinds, name);
}

/** Trails are looked at by a check alone. */
type Service = Exclude<FaultRule['service'], 'cloudtrail'>;

function anywhere(
  random: Random,
  make: { readonly aws: (service: Service) => FaultRule; readonly azure: () => Fault },
): Misfortune {
  const place = random.pick(['s3', 's3', 'sqs', 'sqs', 'sts', 'ingestion', 'ingestion', 'identity'] as const);
  return place === 'ingestion' || place === 'identity'
    ? { type: place, fault: make.azure() }
    : { type: 'aws', rule: make.aws(place) };
}

function receiving(action: FaultRule['action']): Misfortune {
  return { type: 'aws', rule: { ...often, service: 'sqs', operation: 'ReceiveMessage', action } };
}

function cutBody(random: Random, bytes: number): FaultRule['action'] {
  return { kind: 'cut-body', afterBytes: random.below(bytes), how: random.pick(['rst', 'rst', 'fin', 'stall']) };
}

/** Half of the refusals ask for a pause, in seconds of the story. */
function pause(random: Random): { readonly retryAfterSeconds?: number } {
  return random.chance(0.5) ? { retryAfterSeconds: random.pick([0, 1, 5, 20]) } : {};
}

function beside(random: Random, what: BesideName, count: number): Misfortune {
  return { type: 'beside', what, object: random.next(), count };
}

function refusal(random: Random): FaultRule['action'] {
  return random.chance(0.7)
    ? { kind: 'answer', ...random.pick(refusals), ...pause(random) }
    : random.pick([{ kind: 'stall' }, cutBody(random, 400)] as const);
}

/** What S3 answers for objects that it does not give. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const refusals = [
  { status: 403, code: 'InvalidObjectState' },
  { status: 403, code: 'AccessDenied' },
  {
    status: 403,
    code: 'AccessDenied',
    message: 'not authorized to perform: kms:Decrypt on the resource associated with this ciphertext',
  },
  { status: 400, code: 'InvalidRequest', message: 'The object was stored using a form of Server Side Encryption.' },
  { status: 418, code: 'Teapot' },
  { status: 500, code: 'InternalError' },
  { status: 503, code: 'SlowDown' },
] as const;

const azureErrors = [400, 401, 403, 404, 408, 413, 429, 429, 429, 500, 502, 503, 503, 504] as const;

const awsErrors: Readonly<Record<Service, readonly { readonly status: number; readonly code: string }[]>> = {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  s3: [
    { status: 503, code: 'SlowDown' },
    { status: 503, code: 'ServiceUnavailable' },
    { status: 500, code: 'InternalError' },
    { status: 400, code: 'RequestTimeout' },
    { status: 403, code: 'AccessDenied' },
  ],
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
  sqs: [
    { status: 500, code: 'InternalFailure' },
    { status: 503, code: 'ServiceUnavailable' },
    { status: 400, code: 'ThrottlingException' },
    { status: 403, code: 'AccessDenied' },
  ],
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
  sts: [
    { status: 503, code: 'ServiceUnavailable' },
    { status: 400, code: 'IDPCommunicationError' },
    { status: 400, code: 'Throttling' },
    { status: 403, code: 'AccessDenied' },
  ],
};

function storageFault(random: Random): Fault {
  const kind = random.pick(['status', 'reset', 'lose-response', 'lose-response', 'latency', 'stall'] as const);
  switch (kind) {
    case 'status':
      return { ...often, kind, status: random.pick([500, 503, 403, 429]), ...pause(random) };
    case 'latency':
      return { probability: 0.7, kind, latencyMs: 20 + random.below(300) };
    case 'stall':
      return { times: 1, kind };
    default:
      return { ...often, kind };
  }
}
