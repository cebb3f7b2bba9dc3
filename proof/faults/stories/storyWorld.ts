import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../../local/aws/gateway/faults.ts';
import { type Clouds, startClouds } from '../../../local/clouds.ts';
import { type PlainLogFile, plainLogFile } from '../../../local/trail/plainLogFile.ts';
import { createRandom } from '../../../local/trail/random.ts';
import { defaultAwsTimeouts } from '../../../shared/aws/http/timeouts.ts';
import type { KeptEntries } from '../../../shared/azure/failedEntries/entries.ts';
import { openStorage } from '../../../shared/azure/storage/account.ts';
import { storageValues } from '../../../shared/azure/storage/accountValues.ts';
import { type Connector, compose } from '../../../shared/compose/connector.ts';
import { failedEntriesIn } from '../../../shared/compose/state.ts';
import { readSettings } from '../../../shared/settings/settings.ts';
import { Deliveries } from './deliveries.ts';
import { hangsAfterMs, type IdleClock, startIdleClock } from './idleClock.ts';

/** A log file of the story. */
export interface StoryFile extends PlainLogFile {
  readonly ids: readonly string[];
}

/** Clouds and connector of a story in one process, under a clock that skips waiting. */
export interface StoryWorld {
  readonly clock: IdleClock;
  readonly clouds: Clouds;
  readonly connector: Connector;
  readonly entries: KeptEntries;
  readonly deliveries: Deliveries;
  /** How often each event was reported. */
  readonly events: Readonly<Record<string, number>>;
  /** When an object was accepted last. */
  lastAcceptedAt(): number;
  /** When each was accepted first, by its key. */
  readonly acceptedAt: ReadonlyMap<string, number>;
  /** Rows of which the slices said that they may be there and will be sent again. */
  rowsOfUnknownOutcome(): number;
  /** Slices whose summary said that they did without the ledger. */
  slicesWithoutLedger(): number;
  /** A file with so many records, not delivered yet. */
  makeFile(records: number): StoryFile;
  /** Puts a file into the trail's bucket, and announces it. */
  deliver(file: StoryFile): Promise<void>;
  announce(bucket: string, key: string): void;
  /** The timer: one drain after the other, each at a full interval, until the promise is true or so long has passed. */
  drainWhile(isNeeded: () => boolean | Promise<boolean>, everyMs: number): Promise<void>;
  /** Of one message that is still in the queue. */
  mostReceives(): number;
  /** Nothing waits, is in flight or is dead. */
  isQueueEmpty(): boolean;
  stop(): Promise<void>;
}

export interface StoryOptions {
  readonly seed: string;
  readonly maxReceiveCount: number;
  readonly mostRecords: number;
  /** Beside those of a deployment. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Starts clouds and connector. */
export async function startStoryWorld(options: StoryOptions): Promise<StoryWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'connector-story-'));
  // Also when the story is ended before its end.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // From now on, since AWS refuses requests that are signed by another clock.
  const beginsAt = Date.now();
  const clock = startIdleClock(beginsAt);
  const clouds = await startClouds({
    ...{ folder: join(folder, 'clouds'), clock, mode: 'keep', passPoll: clock.park },
    maxReceiveCount: options.maxReceiveCount,
  });
  const { aws, identity, ingestion } = clouds;
  const environment = { ...clouds.appSettings, ...options.settings };
  const events: Record<string, number> = {};
  const acceptedAt = new Map<string, number>();
  let lastAcceptedAt = beginsAt;
  let rowsOfUnknownOutcome = 0;
  let slicesWithoutLedger = 0;
  const note = (line: string): void => {
    const told = JSON.parse(line) as { event: string; key?: string; ledger?: string; rowsOfUnknownOutcome?: number };
    const { event, key } = told;
    if (event === 'slice-finished') {
      rowsOfUnknownOutcome += told.rowsOfUnknownOutcome ?? 0;
      if (told.ledger === 'unavailable') slicesWithoutLedger += 1;
    }
    events[event] = (events[event] ?? 0) + 1;
    if (event !== 'object-accepted') return;
    lastAcceptedAt = clock.now();
    if (key !== undefined && !acceptedAt.has(key)) acceptedAt.set(key, lastAcceptedAt);
  };
  const reading = readSettings(environment);
  if (!reading.ok) throw new Error(reading.problems.join('; '));
  const storage = storageValues(environment);
  const connector = compose(reading.settings, {
    clock,
    storageTime: 'own',
    random: seededRandom(1),
    logger: { debug: note, info: note, warn: note, error: note },
    // Its tokens live by the story's clock; the SDK's credential would keep them by the machine's.
    identity: {
      getToken: async (scopes) => {
        const resource = [scopes]
          .flat()
          .join(' ')
          .replace(/\/\.default$/, '');
        return { token: await identity.issueToken(resource), expiresOnTimestamp: clock.now() + 86_400_000 };
      },
    },
    instance: randomUUID(),
    storage,
    ingestionCa: ingestion.ca,
    objectTimeouts: { ...defaultAwsTimeouts, answerMs: hangsAfterMs / 2 },
  });
  const { connectionString } = clouds.storage;
  const entries = failedEntriesIn(openStorage({ kind: 'connection-string', connectionString }, { clock }), clock);
  const deliveries = new Deliveries(ingestion.tableFile, options.mostRecords);
  const random = createRandom(`story/${options.seed}`);

  return {
    ...{ acceptedAt, clock, clouds, connector, entries, deliveries, events },
    lastAcceptedAt: () => lastAcceptedAt,
    rowsOfUnknownOutcome: () => rowsOfUnknownOutcome,
    slicesWithoutLedger: () => slicesWithoutLedger,
    makeFile(records) {
      const ids = Array.from({ length: records }, () => deliveries.nextId());
      return { ...plainLogFile(ids, clock.now(), random), ids };
    },
    async deliver({ key, gzip }) {
      await aws.putLogFile(key, gzip);
      announce(clouds, aws.bucket, key);
    },
    announce: (bucket, key) => announce(clouds, bucket, key),
    async drainWhile(isNeeded, everyMs) {
      while (await isNeeded()) {
        await clock.sleep(everyMs - (clock.now() % everyMs));
        await connector.drainAll(new AbortController().signal);
      }
    },
    mostReceives: () => Math.max(0, ...aws.peekQueue().map(({ receiveCount }) => receiveCount)),
    isQueueEmpty() {
      const { queue, deadLetters } = aws.stats();
      return queue.visible + queue.inFlight + deadLetters === 0;
    },
    async stop() {
      clock.stop();
      connector.close();
      await clouds.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function announce({ aws }: Clouds, bucket: string, key: string): void {
  aws.announce([JSON.stringify({ s3Bucket: bucket, s3ObjectKey: [key] })]);
}
