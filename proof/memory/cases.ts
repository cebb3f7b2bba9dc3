import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clouds } from '../../local/clouds.ts';
import { plainLogFile } from '../../local/trail/plainLogFile.ts';
import { createRandom } from '../../local/trail/random.ts';
import { trailKey } from '../../local/trail/trailKey.ts';
import { writeRepeatedTrailFile } from '../bench/repeatedTrailFile.ts';
import { type Announced, type Shape, shapes } from './announcements.ts';

/** What lies in the queue before a drain begins. */
export interface Prepared {
  readonly messageIds: readonly string[];
  readonly records: number;
}

const region = 'eu-central-1';
const account = { id: '111122223333' };

/** So many log files of five records, CloudTrail's usual size, each announced by a message of its own. */
export async function smallFiles(clouds: Clouds, count: number): Promise<Prepared> {
  const random = createRandom('memory/small');
  const messageIds: string[] = [];
  for (let index = 0; index < count; index++) {
    const ids = Array.from({ length: 5 }, () => random.uuid());
    const { key, gzip } = plainLogFile(ids, Date.now(), random);
    await clouds.aws.putLogFile(key, gzip);
    messageIds.push(
      ...clouds.aws.announce([shapes['s3, with the size']({ bucket: clouds.aws.bucket, key, size: gzip.byteLength })]),
    );
  }
  return { messageIds, records: count * 5 };
}

/** The same large log file under so many keys, announced in one shape. */
export async function largeFiles(
  clouds: Clouds,
  { count, bytes, shape, folder }: { count: number; bytes: number; shape: Shape; folder: string },
): Promise<Prepared> {
  const directory = join(folder, 'large');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'large.json.gz');
  const { records } = await writeRepeatedTrailFile(path, {
    seed: 'memory',
    bytes,
    blockBytes: Math.min(bytes, 5_000_000),
  });
  const size = statSync(path).size;
  const files: Announced[] = [];
  for (let index = 0; index < count; index++) {
    const unique = `large${shape.length.toString(36)}n${index.toString(36).padStart(6, '0')}`.padEnd(16, 'x');
    const key = trailKey({ kind: 'CloudTrail', account, region, deliveredAt: Date.now(), unique });
    await clouds.aws.putLogFile(key, path);
    files.push({ bucket: clouds.aws.bucket, key, size });
  }
  const messageIds = files.flatMap((file) => clouds.aws.announce([shapes[shape](file)]));
  return { messageIds, records: records * count };
}
