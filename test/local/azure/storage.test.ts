import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalStorage, startStorage } from '../../../local/azure/storage.ts';

let storage: LocalStorage;
beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage.stop());

describe('startStorage', () => {
  it('serves queues, tables and blobs to the real clients until stopped', async () => {
    const queue = QueueServiceClient.fromConnectionString(storage.connectionString).getQueueClient('tickets');
    await queue.create();
    await queue.sendMessage('hello');
    expect((await queue.receiveMessages()).receivedMessageItems[0]?.messageText).toBe('hello');
    const table = TableClient.fromConnectionString(storage.connectionString, 'ledger', {
      allowInsecureConnection: true,
    });
    await table.createTable();
    await table.createEntity({ partitionKey: 'a', rowKey: 'b', n: 1 });
    expect((await table.getEntity('a', 'b'))['n']).toBe(1);
    const blobs = BlobServiceClient.fromConnectionString(storage.connectionString);
    expect((await blobs.createContainer('claims')).containerCreateResponse._response.status).toBe(201);
    await storage.stop();
    await expect(queue.exists({ abortSignal: AbortSignal.timeout(500) })).rejects.toThrow();
  });
});
