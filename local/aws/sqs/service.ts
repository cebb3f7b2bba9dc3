import { setTimeout as delay } from 'node:timers/promises';
import { mayDo } from '../gateway/access.ts';
import type { Answer, Failure } from '../gateway/answers.ts';
import type { FaultPlan } from '../gateway/faults.ts';
import type { QueueAccess, World } from '../scene/world.ts';
import type { Caller } from '../trust/credentials.ts';
import type { Fauxqs, Queue } from './fauxqs.ts';
import type { QueueClock } from './queueClock.ts';

/** What the service needs from its surroundings. */
export interface SqsDependencies {
  readonly world: World;
  readonly fauxqs: Fauxqs;
  readonly clock: QueueClock;
  readonly now: () => number;
  readonly inFlightLimit: number;
  /** Passes the time of a poll that found nothing, after which it looks once more; absent: in real time, until something comes. */
  readonly passPoll?: ((ms: number) => Promise<void>) | undefined;
  readonly stopped: AbortSignal;
  /** Called with the number of messages each delete really took away. */
  readonly onDeleted: (count: number) => void;
}

/** A request whose sender is proven. */
export interface SqsCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  readonly region: string;
  readonly fault: FaultPlan['action'];
  /** True once the client has hung up. */
  readonly isGone: () => boolean;
}

/** Answers an SQS call: queue, permission, AWS's limits, and then fauxqs. */
export async function answerSqs(call: SqsCall, dependencies: SqsDependencies): Promise<Answer | Failure> {
  const access = queueOf(call, dependencies.world);
  if (access === undefined) return noQueue;
  const refusal = refusalOf(call, access, dependencies);
  if (refusal !== undefined) return refusal;
  const queue = dependencies.fauxqs.stores.sqsStore.getQueueByName(access.name);
  if (queue === undefined) return noQueue;
  dependencies.clock.sync();
  if (call.operation === 'GetQueueUrl') return json({ QueueUrl: access.url });
  if (call.operation === 'ReceiveMessage') return receive(call, queue, dependencies);
  if ('ReceiptHandle' in call.input) return single(call, queue, dependencies);
  return Array.isArray(call.input['Entries']) ? batch(call, queue, dependencies) : pass(call, queue, dependencies);
}

const received = new WeakMap<object, number>();
/** Once each: a copy that is copied again would use up the receives that redrive counts. */
const duplicated = new WeakSet<object>();

async function receive(call: SqsCall, queue: Queue, dependencies: SqsDependencies): Promise<Answer | Failure> {
  if (call.fault?.kind === 'empty-receive') return json({});
  const asked = Number(call.input['WaitTimeSeconds'] ?? queue.attributes['ReceiveMessageWaitTimeSeconds'] ?? 0);
  const { passPoll } = dependencies;
  const wait = passPoll === undefined ? asked : 0;
  if (queue.inflightMessages.size >= dependencies.inFlightLimit) {
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
    if (wait === 0) return overLimit;
    await delay(wait * 1000, undefined, { signal: dependencies.stopped }).catch(() => undefined);
    return json({});
  }
  const max = Number(call.input['MaxNumberOfMessages'] ?? 1);
  const fewer = call.fault?.kind === 'short-batch' ? Math.max(1, Math.min(max, call.fault.max)) : max;
  const input = { ...call.input, MaxNumberOfMessages: fewer, WaitTimeSeconds: wait };
  let answer = await pass({ ...call, input }, queue, dependencies);
  if (passPoll !== undefined && asked > 0 && 'body' in answer && !String(answer.body).includes('"Messages"')) {
    await passPoll(asked * 1000);
    dependencies.clock.sync();
    answer = await pass({ ...call, input }, queue, dependencies);
  }
  if (!('body' in answer) || answer.status !== 200) return answer;

  const output = JSON.parse(String(answer.body)) as { Messages?: ReceivedMessage[] };
  // fauxqs would give a message to a long poll whose client left long ago; SQS notices before it takes one.
  if (call.isGone()) {
    for (const message of output.Messages ?? []) putBack(queue, message.ReceiptHandle);
    return answer;
  }
  const offset = dependencies.clock.offsetMs();
  for (const message of output.Messages ?? []) {
    const entry = queue.inflightMessages.get(message.ReceiptHandle);
    if (entry === undefined) continue;
    received.set(entry, dependencies.now());
    if (call.fault?.kind === 'duplicate' && !duplicated.has(entry.message)) {
      duplicated.add(entry.message);
      queue.enqueue(entry.message);
    }
    if (offset !== 0 && message.Attributes !== undefined) moveTimes(message.Attributes, offset);
  }
  return offset === 0 ? answer : json(output);
}

interface ReceivedMessage {
  readonly ReceiptHandle: string;
  readonly Attributes?: Record<string, string>;
}

function putBack(queue: Queue, handle: string): void {
  const entry = queue.inflightMessages.get(handle);
  if (entry !== undefined) entry.message.approximateReceiveCount -= 1;
  queue.changeVisibility(handle, 0);
}

function moveTimes(attributes: Record<string, string>, offset: number): void {
  for (const name of ['SentTimestamp', 'ApproximateFirstReceiveTimestamp']) {
    const value = attributes[name];
    if (value !== undefined) attributes[name] = String(Number(value) + offset);
  }
}

async function single(call: SqsCall, queue: Queue, dependencies: SqsDependencies): Promise<Answer | Failure> {
  const problem = handleProblem(call.operation, call.input, queue, dependencies.now());
  if (problem !== undefined) return problem;
  const known = queue.inflightMessages.has(String(call.input['ReceiptHandle']));
  const answer = await pass(call, queue, dependencies);
  if (known && call.operation === 'DeleteMessage') dependencies.onDeleted(1);
  return answer;
}

async function batch(call: SqsCall, queue: Queue, dependencies: SqsDependencies): Promise<Answer | Failure> {
  const entries = call.input['Entries'] as Array<Record<string, unknown>>;
  const failed: unknown[] = [];
  const sound = entries.filter((entry) => {
    const problem =
      'ReceiptHandle' in entry ? handleProblem(call.operation, entry, queue, dependencies.now()) : undefined;
    if (problem === undefined) return true;
    failed.push({ Id: entry['Id'], SenderFault: true, Code: problem.code, Message: problem.message });
    return false;
  });
  if (failed.length === 0) return count(call, queue, entries, dependencies);
  if (sound.length === 0) return json({ Successful: [], Failed: failed });
  const answer = await count({ ...call, input: { ...call.input, Entries: sound } }, queue, sound, dependencies);
  if (!('body' in answer) || answer.status !== 200) return answer;
  const output = JSON.parse(String(answer.body)) as { Successful?: unknown[]; Failed?: unknown[] };
  return json({ Successful: output.Successful ?? [], Failed: [...(output.Failed ?? []), ...failed] });
}

async function count(
  call: SqsCall,
  queue: Queue,
  entries: ReadonlyArray<Record<string, unknown>>,
  dependencies: SqsDependencies,
): Promise<Answer> {
  const held = entries.filter((entry) => queue.inflightMessages.has(String(entry['ReceiptHandle']))).length;
  const answer = await pass({ ...call, input: { ...call.input, Entries: entries } }, queue, dependencies);
  if (call.operation === 'DeleteMessageBatch') dependencies.onDeleted(held);
  return answer;
}

/** fauxqs takes any text for a receipt handle and never counts the 12 hours a message can be held. */
function handleProblem(
  operation: string,
  input: Readonly<Record<string, unknown>>,
  queue: Queue,
  now: number,
): Failure | undefined {
  const handle = String(input['ReceiptHandle']);
  if (!/^[0-9a-f-]{36}$/.test(handle)) {
    return {
      status: 404,
      code: 'ReceiptHandleIsInvalid',
      message: `The input receipt handle "${handle}" is not a valid receipt handle.`,
    };
  }
  if (!operation.startsWith('ChangeMessageVisibility')) return undefined;
  const entry = queue.inflightMessages.get(handle);
  const seconds = Number(input['VisibilityTimeout'] ?? 0);
  const since = entry === undefined ? undefined : received.get(entry);
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
  if (since === undefined || (now - since) / 1000 + seconds <= 43_200) return undefined;
  return {
    status: 400,
    code: 'InvalidParameterValue',
    type: 'com.amazonaws.sqs#InvalidParameterValueException',
    message:
      `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is ` +
      'beyond the limit [43200 seconds].',
  };
}

function queueOf(call: SqsCall, world: World): QueueAccess | undefined {
  if (call.region !== world.region) return undefined;
  if (call.operation !== 'GetQueueUrl') return world.queues.get(String(call.input['QueueUrl']));
  return [...world.queues.values()].find(({ name }) => name === call.input['QueueName']);
}

function refusalOf(call: SqsCall, queue: QueueAccess, { world, now }: SqsDependencies): Failure | undefined {
  // A batch needs the permission of its single action.
  const action = `sqs:${call.operation.replace(/Batch$/, '')}`;
  const answer = mayDo({
    caller: call.caller,
    action,
    resource: queue.arn,
    owner: queue,
    region: world.region,
    now: now(),
  });
  if (answer.allowed) return undefined;
  const shown = action.toLowerCase();
  return {
    status: 403,
    code: 'AccessDenied',
    type: 'com.amazon.coral.service#AccessDeniedException',
    message:
      `User: ${call.caller.arn} is not authorized to perform: ${shown} on resource: ${queue.arn} ` +
      answer.because.replace(action, shown),
  };
}

/** Hands the call to fauxqs under a queue URL without a region, so that it finds the queue by its name. */
async function pass(call: SqsCall, queue: Queue, { fauxqs }: SqsDependencies): Promise<Answer> {
  const response = await fauxqs.app.inject({
    method: 'POST',
    url: '/',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${call.operation}` },
    payload: JSON.stringify({ ...call.input, QueueUrl: `http://127.0.0.1/000000000000/${queue.name}` }),
  });
  const queryError = response.headers['x-amzn-query-error'];
  return {
    status: response.statusCode,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      ...(typeof queryError === 'string' ? { 'x-amzn-query-error': queryError } : {}),
    },
    body: response.rawPayload,
  };
}

function json(output: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(output) };
}

const noQueue: Failure = {
  status: 400,
  code: 'AWS.SimpleQueueService.NonExistentQueue',
  type: 'com.amazonaws.sqs#QueueDoesNotExist',
  message: 'The specified queue does not exist.',
};

const overLimit: Failure = {
  status: 403,
  code: 'OverLimit',
  message: 'The maximum number of in flight messages is reached.',
};
