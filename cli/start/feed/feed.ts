import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AwsCloud } from '../../../local/aws/startAwsCloud.ts';
import { generateTrail } from '../../../local/trail/generateTrail.ts';
import { notificationFor, notificationShapes, s3TestEvent } from '../../../local/trail/notificationFor.ts';
import type { Clock } from '../../../shared/words/clock.ts';
import type { AnnouncedObject, Outstanding } from '../run/outstanding.ts';
import { type LeftOutFile, messageOf, readLogFolder } from './logFolder.ts';

/** What has been put into the embedded bucket and announced so far. */
export interface Fed {
  messages: number;
  bytes: number;
  /** Known for a generated trail only. */
  records: number | undefined;
  done: boolean;
  /** Files that were left out on purpose, and those that could not be read, the first of which is kept. */
  leftOut: number;
  unreadable: number;
  firstUnreadable: LeftOutFile | undefined;
}

export function noFeed(): Fed {
  return {
    messages: 0,
    bytes: 0,
    records: undefined,
    done: false,
    leftOut: 0,
    unreadable: 0,
    firstUnreadable: undefined,
  };
}

export interface FeedOptions {
  readonly aws: AwsCloud;
  readonly clock: Clock;
  /** Milliseconds since the epoch: when the trail is written, and dates keys that tell no day. */
  readonly now: number;
  readonly signal: AbortSignal;
  readonly fed: Fed;
  readonly outstanding: Outstanding;
  /** False for what is broken on purpose: nothing is taken away meanwhile, so there is nothing to wait for. */
  readonly waitsForRoom: boolean;
  readonly tell: (line: string) => void;
}

/** So much may be announced and undelivered before the feeding pauses: memory and disk stay bounded, whatever the folder's size. */
const mostWaiting = { messages: 5_000, bytes: 1_000_000_000 };

/** Feeding shares its process with the embedded clouds: it lets them have a turn after so long. */
const turnMs = 5;

/** Writes a generated trail and announces it, in every shape a notification can have. */
export async function feedTrail(options: FeedOptions, files: number, seed: string): Promise<void> {
  const { aws, fed, now } = options;
  const place = { bucket: aws.bucket, region: aws.region, at: now };
  const room = roomFor(options);
  fed.records = 0;
  announce(options, s3TestEvent(place));
  let index = 0;
  for (const file of generateTrail({ seed, files, now, digestsOf: aws.bucket })) {
    if (!(await room())) return;
    const bytes = file.gzip();
    await aws.putLogFile(file.key, bytes);
    const shape = notificationShapes[index++ % notificationShapes.length] ?? 's3-event';
    announce(options, notificationFor(file, shape, place), { key: file.key, sizeBytes: bytes.length });
    fed.records += file.records;
  }
  fed.done = true;
}

/** Puts the user's own files into the bucket and announces them as S3 would; what is in `except` is not the user's. */
export async function feedFolder(options: FeedOptions, folder: string, except: readonly string[]): Promise<void> {
  const { aws, fed, now } = options;
  const room = roomFor(options);
  const leaveOut = (file: LeftOutFile): void => tellLeftOut(file, options);
  for await (const { path, key, sizeBytes, content } of readLogFolder(folder, { now, except, leaveOut })) {
    if (!(await room())) return;
    try {
      await aws.putLogFile(key, content ?? path);
    } catch (error) {
      leaveOut({ path, reason: `it cannot be put into the bucket: ${messageOf(error)}`, isFailure: true });
      continue;
    }
    announce(options, objectCreated(aws.bucket, key, sizeBytes), { key, sizeBytes, path });
  }
  fed.done = true;
}

/** More would bury everything else; how many there are is in the summary. */
const mostTold = 20;

function tellLeftOut(file: LeftOutFile, { fed, tell }: FeedOptions): void {
  if (file.isFailure) {
    fed.unreadable += 1;
    fed.firstUnreadable ??= file;
  } else {
    fed.leftOut += 1;
  }
  const told = fed.leftOut + fed.unreadable;
  if (told <= mostTold) tell(`Left out: ${file.path} (${file.reason})`);
  else if (told === mostTold + 1) tell('Left out: more files, which are not named here.');
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html: keys are URL-encoded. */
function objectCreated(bucket: string, key: string, size: number): string {
  const object = { key: encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+'), size };
  const s3 = { bucket: { name: bucket }, object };
  return JSON.stringify({ Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }] });
}

function announce({ aws, fed, outstanding }: FeedOptions, body: string, object?: AnnouncedObject): void {
  const [messageId = ''] = aws.announce([body]);
  outstanding.add(messageId, object);
  fed.messages += 1;
  fed.bytes += object?.sizeBytes ?? 0;
}

/** Waits until there is room for one more; false when the feeding shall end. */
function roomFor({ clock, outstanding, signal, waitsForRoom }: FeedOptions): () => Promise<boolean> {
  let turnEnds = performance.now() + turnMs;
  const isFull = (): boolean =>
    waitsForRoom && (outstanding.messages >= mostWaiting.messages || outstanding.bytes >= mostWaiting.bytes);
  return async () => {
    if (performance.now() >= turnEnds) {
      await nextTurn();
      turnEnds = performance.now() + turnMs;
    }
    while (isFull() && !signal.aborted) await clock.sleep(50, signal);
    return !signal.aborted;
  };
}
