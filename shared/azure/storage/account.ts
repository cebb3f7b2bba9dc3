import { TableClient, type TableServiceClientOptions } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { Clock } from '../../words/clock.ts';
import { azureUserAgent } from '../../words/version.ts';
import type { StorageAccount } from './accountValues.ts';
import { asciiBodies } from './asciiBodies.ts';
import { type Blobs, storageBlobs } from './blobs.ts';
import type { StorageService } from './failure.ts';
import { type StorageGate, storageGate } from './gate.ts';
import { ownAnswers } from './ownAnswers.ts';
import { type MessageBox, storageQueue } from './queue.ts';
import { ServiceTime } from './serviceTime.ts';
import { storageTable, type Table } from './table.ts';

/** One storage account: what one part finds out about a service's being away, all parts know. */
export interface Storage {
  /** What instances agree on: the service's time, or our own clock's where that is the measure. */
  readonly time: Pick<ServiceTime, 'differenceMs' | 'now'>;
  /** Each service is reached by a host of its own. */
  readonly hosts: Readonly<Record<StorageService['kind'], string>>;
  table(name: string): Table;
  blobs(container: string): Blobs;
  queue(name: string): MessageBox;
}

export interface StorageOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** From asking for a token to the last byte of the answer. */
  readonly timeoutMs?: number;
  /** How long nothing is asked after a failure. */
  readonly pauseMs?: number;
  /** Whose time counts: with 'own', all instances are known to share one clock, which may be moved. */
  readonly time?: 'service' | 'own';
  /** Put around every request for a table: the tests' way to count and to fail them. */
  readonly policies?: TableServiceClientOptions['additionalPolicies'];
}

/**
 * Opens a storage account. Makes no request; tables, containers and queues come into being when they are first missed.
 * @throws whatever the clients throw for an account that no address follows from
 */
export function openStorage(account: StorageAccount, options: StorageOptions): Storage {
  const time = new ServiceTime(options.clock);
  const isService = options.time === 'service';
  const tableClient = tableClients(account, [
    ...(isService ? [{ policy: time.policy, position: 'perRetry' as const }] : []),
    ...(options.policies ?? []),
  ]);
  const blobs = blobService(account);
  const queues = queueService(account);
  const hosts = { table: hostOf(tableClient('any').url), blob: hostOf(blobs.url), queue: hostOf(queues.url) };
  const gates = {
    table: storageGate({ ...options, service: { kind: 'table', host: hosts.table } }),
    blob: storageGate({ ...options, service: { kind: 'blob', host: hosts.blob } }),
    queue: storageGate({ ...options, service: { kind: 'queue', host: hosts.queue } }),
  } satisfies Record<string, StorageGate>;
  return {
    time,
    hosts,
    table: (name) => storageTable(tableClient(name), gates.table, { tellsTime: isService }),
    blobs: (container) => storageBlobs(blobs.getContainerClient(container), gates.blob),
    queue: (name) => storageQueue(queues.getQueueClient(name), gates.queue),
  };
}

// Retries are decided elsewhere: without its storage the drain goes on.
const once = { retryOptions: { maxTries: 1 }, ...azureUserAgent };

function tableClients(
  account: StorageAccount,
  policies: NonNullable<StorageOptions['policies']>,
): (name: string) => TableClient {
  const options: TableServiceClientOptions = {
    retryOptions: { maxRetries: 0 },
    ...azureUserAgent,
    additionalPolicies: [
      { policy: asciiBodies, position: 'perCall' },
      { policy: ownAnswers, position: 'perCall' },
      ...policies,
    ],
  };
  if (account.kind === 'identity') {
    const { tableEndpoint, credential } = account;
    return (name) => new TableClient(tableEndpoint, name, credential, options);
  }
  const { connectionString } = account;
  // Only a storage emulator is spoken to in the clear, and its connection string says so.
  const allowInsecureConnection = /(?:Protocol=http;|TableEndpoint=http:|UseDevelopmentStorage=true)/i.test(
    connectionString,
  );
  return (name) => TableClient.fromConnectionString(connectionString, name, { ...options, allowInsecureConnection });
}

function blobService(account: StorageAccount): BlobServiceClient {
  return account.kind === 'identity'
    ? new BlobServiceClient(account.blobEndpoint, account.credential, once)
    : BlobServiceClient.fromConnectionString(account.connectionString, once);
}

function queueService(account: StorageAccount): QueueServiceClient {
  return account.kind === 'identity'
    ? new QueueServiceClient(account.queueEndpoint, account.credential, once)
    : QueueServiceClient.fromConnectionString(account.connectionString, once);
}

function hostOf(url: string): string {
  return new URL(url).host;
}
