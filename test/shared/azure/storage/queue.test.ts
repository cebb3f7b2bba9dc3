import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalStorage, startStorage } from '../../../../local/azure/storage.ts';
import { openStorage } from '../../../../shared/azure/storage/account.ts';

describe('storageQueue', () => {
  let local: LocalStorage;
  beforeAll(async () => {
    local = await startStorage();
  });
  afterAll(() => local.stop());

  const open = (queue: string) => {
    const { connectionString } = local;
    return openStorage({ kind: 'connection-string', connectionString }, { clock: { now: () => Date.now() } }).queue(
      queue,
    );
  };

  it('makes its queue when it is first missed, and writes as the Functions host reads', async () => {
    await open('made').send('{"source":"default"}', 60);
    const queue = QueueServiceClient.fromConnectionString(local.connectionString).getQueueClient('made');
    const [message] = (await queue.receiveMessages()).receivedMessageItems;
    expect(Buffer.from(message?.messageText ?? '', 'base64').toString()).toBe('{"source":"default"}');
    const lifetimeMs = Number(message?.expiresOn) - Number(message?.insertedOn);
    expect(lifetimeMs).toBe(60_000);
  });

  it('counts what waits, nothing in a queue that is not there yet', async () => {
    const counted = open('counted');
    expect(await counted.count()).toBe(0);
    await counted.send('a', 60);
    await counted.send('b', 60);
    expect(await counted.count()).toBe(2);
  });

  it('fails as storage-unavailable', async () => {
    const none = openStorage(
      {
        kind: 'connection-string',
        connectionString: local.connectionString.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1'),
      },
      { clock: { now: () => 0 } },
    );
    await expect(none.queue('x').count()).rejects.toMatchObject({ code: 'storage-unavailable' });
  });
});
