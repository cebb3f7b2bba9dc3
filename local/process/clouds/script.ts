import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../shared/kit/systemClock.ts';
import { type Clouds, startClouds } from '../../clouds.ts';
import { answerParent } from '../asked.ts';
import type { CloudsLook, CloudsOrder, CloudsProcessOptions } from './orders.ts';

/** Run by `startCloudsProcess`. */
const clouds = await startClouds({
  ...(JSON.parse(process.argv[2] ?? '') as CloudsProcessOptions),
  clock: systemClock,
});
const stored: string[] = [];
let announced = 0;
/** Never used twice: the connector knows an object again by its key. */
let copy = 0;

answerParent<CloudsOrder, CloudsLook>({
  first: look(clouds),
  async answer(order) {
    await obey(order);
    return look(clouds);
  },
  close: () => clouds.stop(),
});

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
      delay(order.ms, order.services);
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

function delay(ms: number, services: Extract<CloudsOrder, { kind: 'latency' }>['services']): void {
  clouds.aws.faults.clear();
  clouds.ingestion.faults.plan(ms === 0 ? [] : [{ kind: 'latency', latencyMs: ms }]);
  if (ms === 0) return;
  for (const service of services) clouds.aws.faults.add({ service, action: { kind: 'latency', ms } });
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
  const { requests, queue, deadLetters } = aws.stats();
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
    messagesLeft: queue.visible + queue.inFlight,
    messagesDeleted: queue.deleted,
    deadLetters,
    appSettings,
    tableFile: ingestion.tableFile,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
