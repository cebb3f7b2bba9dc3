import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import type { ObjectFolder } from '../s3/objectFolder.ts';
import type { Fauxqs, Queue } from '../sqs/fauxqs.ts';
import type { QueueClock } from '../sqs/queueClock.ts';
import type { Scene } from './scene.ts';

/** A message as somebody with the owner's rights sees it, without receiving it. */
export interface PeekedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly receiveCount: number;
}

/** What the owner of the target account does: CloudTrail's writing, S3's announcing, looking into the queues. */
export interface Owner {
  /** Writes an object, past the role's policy. Bytes, or the path of a file of any size. */
  putLogFile(key: string, content: Uint8Array | string, metadata?: Record<string, string>): Promise<{ etag: string }>;
  deleteLogFile(key: string): void;
  /** A further bucket of the same account and region; the role's policy does not know it yet. */
  addBucket(name: string): { putLogFile(key: string, content: Uint8Array): void };
  /** Puts messages into the queue, as S3 or SNS would, and returns their ids. */
  announce(bodies: readonly string[]): readonly string[];
  /** Messages waiting or in flight in the main queue. */
  peekQueue(): readonly PeekedMessage[];
  peekDeadLetters(): readonly PeekedMessage[];
  /** Empties the main queue, waiting and in flight. */
  purgeQueue(): void;
  /** When each message in flight becomes visible again unless something happens, by the cloud's clock. */
  visibleAgainAt(): readonly number[];
  /** Ends the visibility timeouts of messages in flight, as if each had run out; returns how many. */
  expireVisibility(): number;
  /** Moves dead letters back to the main queue; as with AWS they become new messages. Returns how many. */
  redrive(): number;
}

/** What the owner's hands reach. */
export interface OwnerDependencies {
  readonly scene: Scene;
  readonly fauxqs: Fauxqs;
  readonly folder: ObjectFolder;
  readonly queue: Queue;
  readonly dlq: Queue;
  readonly clock: QueueClock;
  readonly now: () => number;
}

/** The owner's hands on the stores. */
export function makeOwner({ scene, fauxqs, folder, queue, dlq, clock, now }: OwnerDependencies): Owner {
  const { s3Store } = fauxqs.stores;
  const send = (body: string) => {
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
    if (Buffer.byteLength(body) > 1_048_576) throw new Error('An SQS message must not be larger than 1 MiB.');
    const message = fauxqs.createMessage(body);
    queue.enqueue(message);
    return message.messageId;
  };
  return {
    async putLogFile(key, content, metadata = {}) {
      if (typeof content === 'string') await placeFile(scene.bucket, key, content, metadata, s3Store, folder);
      else {
        const body = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
        s3Store.putObject(scene.bucket, key, body, contentType, metadata, { contentEncoding });
      }
      const object = s3Store.headObject(scene.bucket, key);
      object.lastModified = new Date(now());
      return { etag: object.etag };
    },
    deleteLogFile: (key) => s3Store.deleteObject(scene.bucket, key),
    addBucket(name) {
      const { account, region } = known(scene.world.buckets.get(scene.bucket));
      scene.world.buckets.set(name, { name, account, region });
      s3Store.createBucket(name);
      return {
        putLogFile(key, content) {
          s3Store.putObject(name, key, Buffer.from(content), contentType, {}, { contentEncoding });
          s3Store.headObject(name, key).lastModified = new Date(now());
        },
      };
    },
    announce(bodies) {
      clock.sync();
      return bodies.map(send);
    },
    peekQueue: () => peek(queue, clock),
    peekDeadLetters: () => peek(dlq, clock),
    purgeQueue: () => queue.purge(),
    visibleAgainAt() {
      clock.sync();
      return [...queue.inflightMessages.values()].map((entry) => entry.visibilityDeadline + clock.offsetMs());
    },
    expireVisibility() {
      clock.sync();
      for (const entry of queue.inflightMessages.values()) entry.visibilityDeadline = 0;
      const count = queue.inflightMessages.size;
      queue.processTimers();
      return count;
    },
    redrive() {
      clock.sync();
      dlq.processTimers();
      const messages = dlq.messages.splice(0);
      for (const message of messages) send(message.body);
      return messages.length;
    },
  };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The scene has lost its bucket.');
  return value;
}

// CloudTrail writes its log files with these two headers; a client that undoes the encoding by itself gets JSON.
const contentType = 'application/json';
const contentEncoding = 'gzip';

/** Takes a file in by copying it into the folder, so that its size never meets memory or fauxqs's 11 MiB limit. */
async function placeFile(
  bucket: string,
  key: string,
  path: string,
  metadata: Record<string, string>,
  store: Fauxqs['stores']['s3Store'],
  folder: ObjectFolder,
): Promise<void> {
  const digest = createHash('md5');
  for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer);
  const file = folder.fileOf(bucket, key);
  await copyFile(path, file, constants.COPYFILE_FICLONE);
  const etag = `"${digest.digest('hex')}"`;
  const contentLength = (await stat(file)).size;
  const lastModified = new Date();
  const body = Buffer.alloc(0);
  store.restoreObject(bucket, { key, body, contentType, contentEncoding, contentLength, etag, lastModified, metadata });
  folder.noteKey(bucket, key);
}

function peek(queue: Queue, clock: QueueClock): readonly PeekedMessage[] {
  clock.sync();
  queue.processTimers();
  const { ready, delayed, inflight } = queue.inspectMessages();
  return [...ready, ...delayed, ...inflight.map(({ message }) => message)].map((message) => ({
    messageId: message.messageId,
    body: message.body,
    receiveCount: message.approximateReceiveCount,
  }));
}
