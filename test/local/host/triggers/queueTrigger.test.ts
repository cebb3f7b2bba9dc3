import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type LocalStorage, startStorage } from '../../../../local/azure/storage.ts';
import { logOf, type ObservedHost, observeHost, type Told } from '../support.ts';

let storage: LocalStorage;
let folder: string;
const hosts: ObservedHost[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'queue-trigger-'));
  storage = await startStorage();
});
afterAll(async () => {
  await Promise.all(hosts.map(({ host }) => host.stop('SIGKILL')));
  await storage.stop();
  rmSync(folder, { recursive: true });
});

/** Of a message whose function runs: a busy machine renews it late. */
const leaseSeconds = 5;

/** A host of its own with a queue of its own. */
async function hostWithQueue(name: string, settings: Readonly<Record<string, string>> = {}) {
  const service = QueueServiceClient.fromConnectionString(storage.connectionString);
  const queue = service.getQueueClient(name);
  await queue.create();
  const environment = {
    FIXTURE_SCHEDULE: '0 0 0 1 1 *',
    FIXTURE_QUEUE: name,
    FixtureStorage: storage.connectionString,
    FIXTURE_FOLDER: folder,
    ...settings,
  };
  const observed = await observeHost({ environment, maxInstances: 2, queueLeaseSeconds: leaseSeconds });
  hosts.push(observed);
  return { ...observed, queue, poison: service.getQueueClient(`${name}-poison`) };
}

const finished = (told: Told) => told.kind === 'finished';
const send = (act: string, ms = 0) => JSON.stringify({ act, ms });

// Each test waits for a host of its own most of the time, so they run side by side.
describe.concurrent('startQueueListener', () => {
  it('runs the function with the message and deletes it, scaled out over processes', async ({ expect }) => {
    const { queue, until, told } = await hostWithQueue('scaled');
    await Promise.all([1, 2, 3].map(() => queue.sendMessage(send('meet'))));
    await until(() => told.filter(finished).length === 3);
    expect(told.filter(finished).every((one) => one['failed'] === false)).toBe(true);
    expect(new Set(told.filter(finished).map((one) => one['pid'])).size).toBe(2);
    expect(told.filter(logOf(/^meet in \d+, dequeued 1$/))).toHaveLength(3);
    await expect.poll(async () => (await queue.getProperties()).approximateMessagesCount).toBe(0);
  });

  it('moves a message whose function keeps failing to the poison queue', async ({ expect }) => {
    const { queue, poison, until, told } = await hostWithQueue('poisoned');
    await queue.sendMessage(send('throw'));
    await until(logOf(/moved to poisoned-poison/));
    expect(told.filter(finished).map((one) => one['error'])).toEqual([
      expect.stringContaining('the ticket says so'),
      expect.stringContaining('the ticket says so'),
    ]);
    expect((await poison.receiveMessages()).receivedMessageItems[0]?.messageText).toBe(send('throw'));
    expect((await queue.getProperties()).approximateMessagesCount).toBe(0);
  });

  it('kills the worker of a function that takes too long, and goes on with another', async ({ expect }) => {
    const { queue, until } = await hostWithQueue('hanging', { AzureFunctionsJobHost__functionTimeout: '00:00:05' });
    await queue.sendMessage(send('hang'));
    const timeout = await until(finished);
    expect(timeout).toMatchObject({ failed: true, error: expect.stringContaining('timeout') });
    await until((told) => told.kind === 'worker' && told['pid'] === timeout['pid'] && told['signal'] === 'SIGKILL');
    await queue.sendMessage(send('log'));
    await until(logOf(/^log in \d+/));
  });

  it('delivers again what a killed host held', async ({ expect }) => {
    const { queue, until, host } = await hostWithQueue('killed');
    await queue.sendMessage(send('wait', 10_000));
    await until(logOf(/^wait in \d+, dequeued 1/));
    process.kill(host.pid(), 'SIGKILL');
    expect(await until(logOf(/^wait in \d+, dequeued 2/))).toMatchObject({ functionName: 'work' });
  });

  it('keeps a message hidden while its function runs longer than the lease', async ({ expect }) => {
    const { queue, until, told } = await hostWithQueue('leased');
    await queue.sendMessage(send('wait', 1_300 * leaseSeconds));
    await until(finished);
    expect(told.filter(logOf(/^wait/))).toHaveLength(1);
    await expect.poll(async () => (await queue.getProperties()).approximateMessagesCount).toBe(0);
  });
});
