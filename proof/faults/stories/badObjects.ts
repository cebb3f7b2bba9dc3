import { deadAmong, feedBesideTrouble, type Lag, openEntries } from './besideTrouble.ts';
import { expectAllThere, inStoryWorld } from './inStoryWorld.ts';
import { hourMs, minuteMs, type Story } from './story.ts';
import { type StoryFile, type StoryWorld, startStoryWorld } from './storyWorld.ts';

const minutes = 90;
const filesAMinute = 19;
const worlds = { seed: 'bad-objects', maxReceiveCount: 10, mostRecords: 20_000 };

/** What S3 answers for objects that it does not give, whoever asks. */
const refusals = [
  { status: 403, code: 'InvalidObjectState', message: "The operation is not valid for the object's storage class" },
  { status: 403, code: 'AccessDenied', message: 'Access Denied' },
  {
    status: 403,
    code: 'AccessDenied',
    message:
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
  },
  { status: 400, code: 'InvalidRequest', message: 'The object was stored using a form of Server Side Encryption.' },
  { status: 418, code: 'Teapot', message: 'nobody knows this one' },
  { status: 500, code: 'InternalError', message: 'We encountered an internal error. Please try again.' },
  { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' },
] as const;

/** One file in twenty cannot be read, each time for another reason: it fails alone, and arrives once it can be read. */
export const badObjects: Story = {
  summary: 'one file in twenty cannot be read (archived, denied, KMS, 5xx, silence, cut); all others arrive in time',
  async tell() {
    const without = await lagWithoutTrouble();
    return await inStoryWorld(worlds, async (world, expect) => {
      const bad: StoryFile[] = [];
      const fed = await feedBesideTrouble(world, {
        ...{ minutes, filesAMinute },
        trouble: async (minute) => {
          bad.push(await deliverBad(world, minute));
        },
      });
      const lag = fed.lag();
      expect(
        lag.median <= 2 * without.median + 1,
        `half of the healthy files took more than ${lag.median} s, ${without.median} s without the bad ones`,
      );
      expect(
        lag.longest <= 2 * without.longest + 60,
        `a healthy file took ${lag.longest} s, ${without.longest} s without the bad ones`,
      );
      expect(deadAmong(world, fed.healthy) === 0, 'messages of healthy files are dead');
      const entries = await openEntries(world);
      const untold = bad.filter(({ key }) => !entries.has(key));
      expect(untold.length === 0, `${untold.length} bad files have no failed entry`);
      const dead = world.clouds.aws.stats().deadLetters;

      world.clouds.aws.faults.clear();
      for (const { key, gzip } of bad) await world.clouds.aws.putLogFile(key, gzip);
      const healedAt = world.clock.now();
      await world.drainWhile(() => !world.isQueueEmpty() && world.clock.now() < healedAt + 13 * hourMs, 10 * minuteMs);
      await replayAll(world);
      const counts = await expectAllThere(world, expect);
      return {
        'healthy files': fed.healthy.length,
        'bad files': bad.length,
        'median lag in seconds': lag.median,
        'longest lag in seconds': lag.longest,
        'median lag without bad files': without.median,
        'longest lag without bad files': without.longest,
        'failed entries': entries.size,
        'dead letters of bad files': dead,
        ...counts,
      };
    });
  },
};

async function lagWithoutTrouble(): Promise<Lag> {
  const world = await startStoryWorld(worlds);
  try {
    return (await feedBesideTrouble(world, { minutes, filesAMinute, trouble: async () => undefined })).lag();
  } finally {
    await world.stop();
  }
}

async function deliverBad(world: StoryWorld, minute: number): Promise<StoryFile> {
  const { faults } = world.clouds.aws;
  const file = world.makeFile(2);
  const match = file.key.slice(-24);
  const refusal = refusals[minute % (refusals.length + 2)];
  if (refusal !== undefined) {
    faults.add({ service: 's3', operation: 'GetObject', match, action: { kind: 'answer', ...refusal } });
    await world.deliver(file);
  } else if (minute % (refusals.length + 2) === refusals.length) {
    faults.add({ service: 's3', operation: 'GetObject', match, action: { kind: 'stall' } });
    await world.deliver(file);
  } else await world.deliver({ ...file, gzip: file.gzip.subarray(0, file.gzip.length / 2) });
  return file;
}

/** What was kept aside is delivered from its failed entries, as an operator would do it. */
async function replayAll(world: StoryWorld): Promise<void> {
  const ids: string[] = [];
  for await (const { id } of world.entries.listFailed()) ids.push(id);
  if (ids.length > 0) await world.connector.replay('default', { ids, again: false }, new AbortController().signal);
}
