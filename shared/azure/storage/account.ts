import { TableClient, type TableServiceClientOptions } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { Clock } from '../../words/clock.ts';
import type { StorageAccount } from './accountValues.ts';
import { asciiBodies } from './asciiBodies.ts';
import { type Blobs, storageBlobs } from './blobs.ts';
import { storageGate } from './gate.ts';
import { type Posts, storagePosts } from './posts.ts';
import { ServiceTime } from './serviceTime.ts';
import { storageTable, type Table } from './table.ts';

/** One storage account: what one part finds out about its being away, all parts know. */
export interface Storage {
  /** What instances agree on: the service's time, or our own clock's where that is the measure. */
  readonly time: Pick<ServiceTime, 'differenceMs' | 'now'>;
  table(name: string): Table;
  blobs(container: string): Blobs;
  posts(queue: string): Posts;
}

export interface StorageOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** From asking for a token to the last byte of the answer. */
  readonly timeoutMs?: number;
  /** How long nothing is asked after a failure. */
  readonly pauseMs?: number;
  /** Whose time counts: with 'own', all instances are known to share one clock, which may be moved. */
  readonly time?: 'service' | 'own';
  /** Put around every request for a table. */
  readonly policies?: TableServiceClientOptions['additionalPolicies'];
}

/** Opens a storage account. Makes no request; tables and containers come into being when they are first missed. */
export function openStorage(account: StorageAccount, options: StorageOptions): Storage {
  const time = new ServiceTime(options.clock);
  const isService = options.time === 'service';
  // Retries are decided elsewhere: without its storage the drain goes on.
  const tableOptions: TableServiceClientOptions = {
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [
      { policy: asciiBodies, position: 'perCall' },
      ...(isService ? [{ policy: time.policy, position: 'perRetry' as const }] : []),
      ...(options.policies ?? []),
    ],
  };
  const tableClient = tableClients(account, tableOptions);
  const blobs = blobService(account);
  const gate = storageGate({ ...options, host: new URL(blobs.url).host });
  return {
    time,
    table: (name) => storageTable(tableClient(name), gate, { tellsTime: isService }),
    blobs: (container) => storageBlobs(blobs.getContainerClient(container), gate),
    posts: (queue) => storagePosts(queueService(account).getQueueClient(queue), gate),
  };
}

function tableClients(account: StorageAccount, options: TableServiceClientOptions): (name: string) => TableClient {
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
  const once = { retryOptions: { maxTries: 1 } };
  return account.kind === 'identity'
    ? new BlobServiceClient(account.blobEndpoint, account.credential, once)
    : BlobServiceClient.fromConnectionString(account.connectionString, once);
}

function queueService(account: StorageAccount): QueueServiceClient {
  const once = { retryOptions: { maxTries: 1 } };
  return account.kind === 'identity'
    ? new QueueServiceClient(account.queueEndpoint, account.credential, once)
    : QueueServiceClient.fromConnectionString(account.connectionString, once);
}
