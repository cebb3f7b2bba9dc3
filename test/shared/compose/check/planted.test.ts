import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../../../../shared/azure/storage/account.ts';
import { systemClock } from '../../../../shared/kit/systemClock.ts';
import { azureMistakes } from './planted/azure.ts';
import { bucketMistakes } from './planted/bucket.ts';
import { columnMistakes } from './planted/columns.ts';
import type { Mistake } from './planted/mistake.ts';
import { queueMistakes } from './planted/queue.ts';
import { roleMistakes } from './planted/roles.ts';
import { type Change, type CheckScene, startScene } from './scene.ts';

let scene: CheckScene;
let change: Change | undefined;

beforeAll(async () => {
  scene = await startScene();
});
afterEach(async () => {
  await change?.undo?.();
  change = undefined;
  await scene.restore();
});
afterAll(() => scene.stop());

const mistakes: readonly Mistake[] = [
  ...azureMistakes,
  ...roleMistakes,
  ...queueMistakes,
  ...bucketMistakes,
  ...columnMistakes,
];

describe('the check of a healthy system', () => {
  it('is ok at every link, without a warning', async () => {
    const { connected, warnings, links } = await scene.check();
    expect(links.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect({ connected, warnings }).toEqual({ connected: true, warnings: 0 });
  });

  it('is ok when nothing waits, since the app has seen what was announced', async () => {
    await scene.drain();
    const { links } = await scene.check();
    expect(links.filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  it('gives back what it looked at, and deletes nothing', async () => {
    const { stats } = scene.clouds.aws;
    const deleted = stats().queue.deleted;
    await scene.check();
    expect(stats().queue).toEqual({ visible: 1, inFlight: 0, deleted });
  });

  it('leaves nothing behind in storage', async () => {
    const { connectionString } = scene.clouds.storage;
    const left = async () => {
      const names: string[] = [];
      const prefix = 'connection-check';
      const queues = QueueServiceClient.fromConnectionString(connectionString).listQueues({ prefix });
      for await (const { name } of queues) names.push(name);
      const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('failed-messages');
      for await (const { name } of container.listBlobsFlat({ prefix })) names.push(name);
      const filter = `PartitionKey eq '${prefix}'`;
      const storage = openStorage({ kind: 'connection-string', connectionString }, { clock: systemClock });
      for await (const { entities } of storage.table('ledger').pages({ filter })) {
        names.push(...entities.map(({ rowKey }) => rowKey));
      }
      return names;
    };
    await scene.check();
    expect(await left()).toEqual([]);
  });

  it('sends no rows', async () => {
    const { rows } = scene.clouds.ingestion.stats();
    await scene.check();
    expect(scene.clouds.ingestion.stats().rows).toBe(rows);
  });
});

describe('a planted mistake', () => {
  it.each(mistakes)('$name: is named as the first link that is not ok, with its remedy', async (mistake) => {
    const { link, cause, status = 'failure', remedy } = mistake;
    change = await mistake.plant(scene);
    const report = await scene.check(change);
    const first = report.links.find((one) => one.status !== 'ok');
    expect(first).toMatchObject({
      name: expect.stringMatching(link),
      status,
      cause,
      remedy: expect.stringMatching(remedy),
    });
    const broken = report.links.find((one) => one.status === 'failure');
    expect(report.firstBroken).toBe(broken?.name);
    expect(report.connected).toBe(broken === undefined);
    if (status === 'failure') expect(report.firstBroken).toBe(first?.name);
    if (typeof link === 'string') expect(first?.name).toBe(link);
  });

  it('has one name each, and there are many', () => {
    const names = mistakes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(95);
  });
});
