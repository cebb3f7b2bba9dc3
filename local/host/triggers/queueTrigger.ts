import { setTimeout as sleep } from 'node:timers/promises';
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { QueueSettings } from '../hostSettings.ts';
import type { FunctionInstance } from '../worker/functionInstance.ts';
import type { TypedData } from '../worker/messages.ts';

export interface QueueListenerOptions {
  readonly queue: QueueClient;
  /** NAME-poison, made when it is first needed. */
  readonly poisonQueue: QueueClient;
  readonly settings: QueueSettings;
  /** How long a message stays hidden while its function runs, renewed at half; Azure's host takes 10 minutes. */
  readonly leaseSeconds: number;
  /** How far the function is scaled out. */
  readonly maxInstances: number;
  /** An instance without work for this long is removed. */
  readonly idleInstanceMs: number;
  readonly createInstance: () => FunctionInstance;
  readonly log: (level: 'information' | 'warning' | 'error', message: string) => void;
}

export interface QueueListener {
  /** Stops receiving, gives instances the grace, and settles the messages of those that finish in it. */
  stop(graceMs: number): Promise<void>;
}

/** Runs a function for each message of a storage queue, as the Functions host and its scale controller do together. */
export function startQueueListener(options: QueueListenerOptions): QueueListener {
  const { queue, settings } = options;
  const stopping = new AbortController();
  const instances: { readonly instance: FunctionInstance; idleSince: number }[] = [];
  const underWay = new Set<Promise<void>>();

  /** An instance that may fetch another batch: below its threshold, or one more while scaling out is allowed. */
  const instanceWithRoom = () => {
    const found =
      instances.find(({ instance }) => instance.running() === 0) ??
      instances.find(({ instance }) => instance.running() <= settings.newBatchThreshold);
    if (found || instances.length >= options.maxInstances) return found;
    const added = { instance: options.createInstance(), idleSince: Date.now() };
    instances.push(added);
    return added;
  };

  const removeIdle = async (): Promise<void> => {
    for (const entry of [...instances]) {
      if (entry.instance.running() > 0) entry.idleSince = Date.now();
      else if (Date.now() - entry.idleSince > options.idleInstanceMs) {
        instances.splice(instances.indexOf(entry), 1);
        await entry.instance.stop(terminateGraceMs);
      }
    }
  };

  const handle = async (message: DequeuedMessageItem, instance: FunctionInstance): Promise<void> => {
    const text = decode(message.messageText, settings.messageEncoding);
    if (text === undefined || message.dequeueCount > settings.maxDequeueCount) {
      const reason =
        text === undefined ? `is not ${settings.messageEncoding}` : `was dequeued ${message.dequeueCount} times`;
      await movePoison(message, message.popReceipt, reason);
      return;
    }
    const lease = renewLease(queue, message, options.leaseSeconds);
    const { outcome } = await instance.invoke({ string: text }, metadataOf(message, text));
    const popReceipt = await lease.end();
    if (outcome.kind === 'succeeded') await queue.deleteMessage(message.messageId, popReceipt);
    else if (message.dequeueCount >= settings.maxDequeueCount)
      await movePoison(message, popReceipt, 'failed too often');
    else await queue.updateMessage(message.messageId, popReceipt, undefined, settings.visibilityTimeoutMs / 1000);
  };

  const movePoison = async (message: DequeuedMessageItem, popReceipt: string, reason: string): Promise<void> => {
    await options.poisonQueue.createIfNotExists();
    await options.poisonQueue.sendMessage(message.messageText);
    await queue.deleteMessage(message.messageId, popReceipt);
    options.log('error', `message ${message.messageId} ${reason}: moved to ${options.poisonQueue.name}`);
  };

  const start = (message: DequeuedMessageItem, instance: FunctionInstance): void => {
    const work: Promise<void> = handle(message, instance)
      .catch((error: unknown) =>
        options.log('warning', `message ${message.messageId} of ${queue.name} is left to reappear: ${String(error)}`),
      )
      .finally(() => underWay.delete(work));
    underWay.add(work);
  };

  /** Messages started, or undefined when every instance is full. */
  const fetchBatch = async (): Promise<number | undefined> => {
    const chosen = instanceWithRoom();
    if (!chosen) return undefined;
    const messages = await receive(queue, settings.batchSize, options.leaseSeconds, stopping.signal);
    for (const message of messages) start(message, chosen.instance);
    return messages.length;
  };

  const poll = async (): Promise<void> => {
    let pauseMs = shortestPauseMs;
    while (!stopping.signal.aborted) {
      const started = await fetchBatch().catch((error: unknown) => {
        if (!stopping.signal.aborted) options.log('warning', `queue ${queue.name} cannot be read: ${String(error)}`);
        return 0;
      });
      pauseMs = started === 0 ? Math.min(pauseMs * 2, settings.maxPollingIntervalMs, longestPauseMs) : shortestPauseMs;
      await removeIdle();
      if (started) continue;
      const pause = sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      // With every instance full, the end of any invocation makes room.
      await (started === undefined ? Promise.race([pause, ...underWay]) : pause);
    }
  };

  const polling = poll();
  return {
    async stop(graceMs) {
      stopping.abort();
      await polling;
      await Promise.all(instances.map(({ instance }) => instance.stop(graceMs)));
      await Promise.all(underWay);
    },
  };
}

const shortestPauseMs = 100;
/** The scale controller notices a message within seconds even when `maxPollingInterval` is long. */
const longestPauseMs = 2000;
const terminateGraceMs = 6000;

/** A queue that does not exist yet is empty. */
async function receive(queue: QueueClient, most: number, leaseSeconds: number, abortSignal: AbortSignal) {
  try {
    const received = await queue.receiveMessages({
      numberOfMessages: Math.min(32, Math.max(1, most)),
      visibilityTimeout: leaseSeconds,
      abortSignal,
    });
    return received.receivedMessageItems;
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return [];
    throw error;
  }
}

/** Keeps the message hidden; `end` gives the receipt that is valid then. */
function renewLease(queue: QueueClient, message: DequeuedMessageItem, leaseSeconds: number) {
  let popReceipt = message.popReceipt;
  let renewing: Promise<void> = Promise.resolve();
  const renew = async (): Promise<void> => {
    const renewed = await queue.updateMessage(message.messageId, popReceipt, undefined, leaseSeconds);
    popReceipt = renewed.popReceipt ?? popReceipt;
  };
  const heartbeat = setInterval(() => {
    // A failed renewal shows itself when the message is settled: its receipt is no longer valid then.
    renewing = renewing.then(renew).catch(() => {});
  }, leaseSeconds * 500);
  return {
    async end(): Promise<string> {
      clearInterval(heartbeat);
      await renewing;
      return popReceipt;
    },
  };
}

function decode(text: string, encoding: 'base64' | 'none'): string | undefined {
  if (encoding === 'none') return text;
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0
    ? Buffer.from(text, 'base64').toString()
    : undefined;
}

function metadataOf(message: DequeuedMessageItem, text: string): Record<string, TypedData> {
  const json = (value: unknown): TypedData => ({ json: JSON.stringify(value) });
  return {
    QueueTrigger: { string: text },
    DequeueCount: json(message.dequeueCount),
    ExpirationTime: json(message.expiresOn),
    Id: json(message.messageId),
    InsertionTime: json(message.insertedOn),
    NextVisibleTime: json(message.nextVisibleOn),
    PopReceipt: json(message.popReceipt),
  };
}
