import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Clouds, startClouds } from '../../../local/clouds.ts';
import { plainLogFile } from '../../../local/trail/plainLogFile.ts';
import { createRandom } from '../../../local/trail/random.ts';
import { openStorage } from '../../../shared/azure/storage/account.ts';
import { failedEntriesIn } from '../../../shared/compose/state.ts';
import { type DrainerProcess, startDrainer } from '../processes/drainerProcess.ts';
import { Deliveries } from './deliveries.ts';
import type { Story } from './story.ts';
import { later, type StoryClock, storyClock } from './storyClock.ts';

const honest = 5;
const maxReceiveCount = 10;
/** More starts than a message has receives: then it is dead, and those that were held beside it with it. */
const mostStarts = 12;
/** Of the story a second. */
const speed = 20;
const boundMs = 60_000;

/**
 * One message kills every process that works on it, for a reason that no bound foresees. It is the only one that pays: after
 * a few starts it is alone when it strikes, and is quarantined.
 */
export const killer: Story = {
  summary: 'one message kills each process that reads its object; five honest messages are received beside it',
  async tell() {
    const folder = await mkdtemp(join(tmpdir(), 'connector-killer-'));
    const clock = storyClock({ realAt: Date.now(), at: Date.now(), speed });
    const clouds = await startClouds({ folder: join(folder, 'clouds'), clock, mode: 'keep', maxReceiveCount });
    const deliveries = new Deliveries(clouds.ingestion.tableFile, 100);
    try {
      const culprit = await deliverAll(clouds, deliveries, clock);
      const deaths = await startUntilDone(clouds, clock);
      const dead = clouds.aws.peekDeadLetters();
      const entries = await openEntries(clouds, clock);
      const counts = await deliveries.count();
      const problems: string[] = [];
      const expect = (holds: boolean, otherwise: string): void => {
        if (!holds) problems.push(otherwise);
      };
      const isLeft = clouds.aws.peekQueue().some(({ body }) => body.includes(culprit));
      expect(counts.lost === 0, `${counts.lost} records of the honest messages are lost`);
      expect(
        dead.every(({ body }) => body.includes(culprit)),
        'honest messages are dead',
      );
      expect(dead.length === 0, 'the culprit is dead, though it should have been quarantined');
      expect(!isLeft, 'the culprit is still in the queue');
      expect(entries.includes(culprit), 'the culprit has no failed entry');
      return {
        figures: {
          'processes killed': deaths,
          'dead letters': dead.length,
          'failed entries': entries.length,
          ...counts,
        },
        problems,
      };
    } finally {
      await clouds.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** The culprit among the honest; answers its object's key. */
async function deliverAll({ aws }: Clouds, deliveries: Deliveries, clock: StoryClock): Promise<string> {
  const random = createRandom('story/killer');
  const keys: string[] = [];
  for (let file = 0; file <= honest; file++) {
    const isCulprit = file === 2;
    const ids = isCulprit ? ['00000000-0000-4000-9000-000000000000'] : [deliveries.nextId(), deliveries.nextId()];
    const { key, gzip } = plainLogFile(ids, clock.now(), random);
    await aws.putLogFile(key, gzip);
    keys.push(key);
  }
  const culprit = keys[2] ?? '';
  // It is never answered: the process is killed before it could be.
  aws.faults.add({ service: 's3', operation: 'GetObject', match: culprit.slice(-24), action: { kind: 'stall' } });
  aws.announce(keys.map((key) => JSON.stringify({ s3Bucket: aws.bucket, s3ObjectKey: [key] })));
  return culprit;
}

/** Answers how many processes were killed. */
async function startUntilDone(clouds: Clouds, clock: StoryClock): Promise<number> {
  const environment = { PATH: process.env['PATH'], ...clouds.appSettings };
  let deaths = 0;
  for (let start = 0; start < mostStarts && left(clouds) > 0; start++) {
    const drainer = startDrainer(environment);
    await drainer.ready;
    if (await isKilled(drainer, clouds, clock)) deaths += 1;
    // What the dead one held comes back: its visibility and its leases end.
    clock.follow(later(clock, 10 * 60_000));
  }
  return deaths;
}

async function isKilled(drainer: DrainerProcess, clouds: Clouds, clock: StoryClock): Promise<boolean> {
  const struck = (): number => clouds.aws.faults.counts()['stall'] ?? 0;
  const before = struck();
  drainer.drain({ pace: clock.pace(), seed: before, settings: {}, onCrash: () => undefined });
  const until = performance.now() + boundMs;
  while (performance.now() < until && left(clouds) > 0) {
    if (struck() > before) {
      drainer.signal('SIGKILL');
      await drainer.exited;
      return true;
    }
    await wait(5);
  }
  await drainer.stop(boundMs);
  return false;
}

function left({ aws }: Clouds): number {
  const { queue } = aws.stats();
  return queue.visible + queue.inFlight;
}

async function openEntries({ storage }: Clouds, clock: StoryClock): Promise<readonly string[]> {
  const { connectionString } = storage;
  const entries = failedEntriesIn(openStorage({ kind: 'connection-string', connectionString }, { clock }), clock);
  const keys: string[] = [];
  for await (const { id, key } of entries.listFailed()) keys.push(key ?? id);
  return keys;
}
