import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Clouds, startClouds } from '../../../local/clouds.ts';
import { systemClock } from '../../../shared/kit/systemClock.ts';
import { burstSeconds, type CloudsLook, type CloudsOrder } from './messages.ts';

/** The embedded clouds, in a process of their own: `node cloudsProcess.ts <folder> <rules> <bytes a minute of each>`, told what to do by its parent. */
const [, , folder = '', rules, bytesPerMinute] = process.argv;
const clouds = await startClouds({
  folder,
  clock: systemClock,
  mode: 'count',
  rules: Number(rules),
  rate: { bytesPerMinute: Number(bytesPerMinute), burstSeconds },
});
const stored: string[] = [];
let announced = 0;
/** Never used twice: the connector knows an object again by its key. */
let copy = 0;

process.on('message', (order: CloudsOrder) => {
  void obey(order).then(() => process.send?.(look(clouds)));
});
process.on('disconnect', () => process.exit(0));
process.send?.(look(clouds));

async function obey(order: CloudsOrder): Promise<void> {
  switch (order.kind) {
    case 'store':
      await store(order.folder, order.files, order.copies);
      return;
    case 'announce':
      clouds.aws.announce(stored.slice(announced, announced + order.objects).map(notification));
      announced += order.objects;
      return;
    case 'latency':
      clouds.aws.faults.clear();
      clouds.ingestion.faults.plan([]);
      if (order.ms === 0) return;
      clouds.aws.faults.add({ service: 's3', action: { kind: 'latency', ms: order.ms } });
      clouds.ingestion.faults.plan([{ kind: 'latency', latencyMs: order.ms }]);
      return;
    case 'purge':
      clouds.aws.purgeQueue();
      stored.length = 0;
      announced = 0;
      return;
    case 'look':
      return;
  }
}

async function store(from: string, files: number, copies: number): Promise<void> {
  const names = readdirSync(from).sort().slice(0, files);
  for (const last = copy + copies; copy < last; copy += 1) {
    for (const name of names) {
      const key = keyOf(name, copy);
      await clouds.aws.putLogFile(key, join(from, name));
      stored.push(key);
    }
  }
}

/** As CloudTrail would lay it down; the number of the copy ends the unique part of the name. */
function keyOf(name: string, number: number): string {
  const [account, kind, region, time = '', rest = ''] = name.split('_');
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)/.exec(time) ?? [];
  const unique = `${rest.slice(0, 13)}${number.toString(36).padStart(3, '0')}`;
  const file = [account, kind, region, time, `${unique}.json.gz`].join('_');
  return ['AWSLogs', account, kind, region, year, month, day, file].join('/');
}

function notification(key: string): string {
  const { bucket, region } = clouds.aws;
  const s3 = { bucket: { name: bucket }, object: { key: encodeURIComponent(key).replaceAll('%2F', '/') } };
  const record = { eventVersion: '2.1', eventSource: 'aws:s3', awsRegion: region, eventName: 'ObjectCreated:Put', s3 };
  return JSON.stringify({ Records: [record] });
}

function look({ aws, ingestion, appSettings }: Clouds): CloudsLook {
  const { requests, queue } = aws.stats();
  const taken = ingestion.stats();
  const { user, system } = process.cpuUsage();
  return {
    at: performance.now(),
    cpuMs: (user + system) / 1000,
    objectsRead: requests['s3:GetObject'] ?? 0,
    awsRequests: sum(Object.values(requests)),
    uploads: taken.requests,
    uploadsRefused: sum(Object.values(taken.refused)),
    rows: taken.rows,
    rowBytes: taken.bytes,
    rowBytesOfRules: (appSettings['DCR_IMMUTABLE_IDS'] ?? '').split(',').map((id) => taken.rules[id]?.bytes ?? 0),
    messagesDeleted: queue.deleted,
    appSettings,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
