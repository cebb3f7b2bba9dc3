import type { AwsCloud } from '../../local/aws/startAwsCloud.ts';
import { generateTrail } from '../../local/trail/generateTrail.ts';
import { notificationFor, notificationShapes, s3TestEvent } from '../../local/trail/notificationFor.ts';
import type { Clock } from '../../shared/pipeline/ports.ts';
import { type LeftOutFile, readLogFolder } from './logFolder.ts';

/** What has been put into the embedded bucket and announced so far. */
export interface Fed {
  objects: number;
  messages: number;
  bytes: number;
  /** Known for a generated trail only. */
  records: number | undefined;
  done: boolean;
  readonly leftOut: LeftOutFile[];
}

export interface FeedOptions {
  readonly aws: AwsCloud;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly fed: Fed;
}

/** So many announced messages may wait before the feeding pauses: memory stays bounded, whatever the folder's size. */
const mostWaiting = 5_000;

/** Writes a generated trail and announces it, in every shape a notification can have. */
export async function feedTrail(options: FeedOptions, files: number, seed: string): Promise<void> {
  const { aws, clock, fed } = options;
  const place = { bucket: aws.bucket, region: aws.region, at: clock.now() };
  fed.records = 0;
  announce(options, s3TestEvent(place));
  let index = 0;
  for (const file of generateTrail({ seed, files, now: clock.now(), digestsOf: aws.bucket })) {
    if (options.signal.aborted) return;
    const bytes = file.gzip();
    await aws.putLogFile(file.key, bytes);
    const shape = notificationShapes[index++ % notificationShapes.length] ?? 's3-event';
    announce(options, notificationFor(file, shape, place));
    fed.objects += 1;
    fed.bytes += bytes.length;
    fed.records += file.records;
    await waitForRoom(options);
  }
  fed.done = true;
}

/** Puts the user's own files into the bucket, one after the other, and announces them as S3 would. */
export async function feedFolder(options: FeedOptions, folder: string): Promise<void> {
  const { aws, clock, fed, signal } = options;
  for await (const file of readLogFolder(folder, clock.now(), (leftOut) => fed.leftOut.push(leftOut))) {
    if (signal.aborted) return;
    await aws.putLogFile(file.key, file.path);
    const key = encodeURIComponent(file.key).replaceAll('%2F', '/').replaceAll('%20', '+');
    const object = { key, size: file.sizeBytes };
    announce(
      options,
      JSON.stringify({
        Records: [
          { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { bucket: { name: aws.bucket }, object } },
        ],
      }),
    );
    fed.objects += 1;
    fed.bytes += file.sizeBytes;
    await waitForRoom(options);
  }
  fed.done = true;
}

function announce({ aws, fed }: FeedOptions, body: string): void {
  aws.announce([body]);
  fed.messages += 1;
}

async function waitForRoom({ aws, clock, signal, fed }: FeedOptions): Promise<void> {
  if (fed.messages % 100 !== 0) return;
  while (aws.stats().queue.visible > mostWaiting && !signal.aborted) await clock.sleep(50, signal);
}
