/** The embedded clouds in a process of their own, so that drainers do not share their event loop. */
import { readRows } from '../../local/azure/table/table.ts';
import { startClouds } from '../../local/clouds.ts';
import { systemClock } from '../../shared/kit/systemClock.ts';
import type { FromClouds, ToClouds } from './cloudMessages.ts';
import { tinyObjects } from './tinyObjects.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('the first argument must be a folder');
const clouds = await startClouds({ folder, clock: systemClock, mode: 'keep', rate: 'unlimited' });
const { aws, ingestion } = clouds;
let fed = new Set<string>();
/** Dead letters of what was fed before. */
let deadBefore = 0;

process.on('message', (message: ToClouds) => {
  void answer(message).then(tell);
});
process.on('disconnect', () => void clouds.stop().finally(() => process.exit(0)));
tell({ type: 'ready', appSettings: clouds.appSettings });

async function answer(message: ToClouds): Promise<FromClouds> {
  switch (message.type) {
    case 'feed':
      await feed(message.seed, message.objects);
      return { type: 'feed' };
    case 'latency':
      delay(message.ms);
      return { type: 'latency' };
    case 'waiting': {
      const { queue, deadLetters } = aws.stats();
      return { type: 'waiting', messages: queue.visible + queue.inFlight, deadLetters: deadLetters - deadBefore };
    }
    case 'compare':
      return { type: 'compare', ...(await compare()) };
  }
}

async function feed(seed: string, objects: number): Promise<void> {
  fed = new Set();
  aws.purgeQueue();
  deadBefore = aws.stats().deadLetters;
  for (const { key, eventId, gzip } of tinyObjects(seed, objects, systemClock.now())) {
    fed.add(eventId);
    await aws.putLogFile(key, gzip);
    aws.announce([JSON.stringify({ s3Bucket: aws.bucket, s3ObjectKey: [key] })]);
  }
}

function delay(ms: number): void {
  aws.faults.clear();
  ingestion.faults.plan(ms === 0 ? [] : [{ kind: 'latency', latencyMs: ms }]);
  if (ms === 0) return;
  for (const service of ['s3', 'sqs', 'sts'] as const) aws.faults.add({ service, action: { kind: 'latency', ms } });
}

async function compare(): Promise<{ lost: number; duplicated: number }> {
  const times = new Map<string, number>();
  for await (const { values } of readRows(ingestion.tableFile)) {
    const id = String(values['AwsEventId']);
    if (fed.has(id)) times.set(id, (times.get(id) ?? 0) + 1);
  }
  const rows = [...times.values()].reduce((sum, each) => sum + each, 0);
  return { lost: fed.size - times.size, duplicated: rows - times.size };
}

function tell(message: FromClouds): void {
  process.send?.(message);
}
