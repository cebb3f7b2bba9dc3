import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { openStorage } from '../../../shared/azure/storage/account.ts';
import { failedEntriesIn } from '../../../shared/compose/state.ts';
import { type Judgement, judge } from '../judge/judge.ts';
import { type KnownTrail, knownTrail } from '../judge/knownTrail.ts';
import { noBound, Observer } from '../judge/observer.ts';
import { startInstance } from '../processes/instance.ts';
import { type InstancePool, startPool } from '../processes/pool.ts';
import type { Testbed } from '../processes/testbed.ts';
import { later } from '../stories/storyClock.ts';
import { type FaultCounts, playAdversary } from './adversary.ts';
import { sourceObjectOf } from './beside.ts';
import type { FaultName } from './faultKinds.ts';
import { planRun, type RunPlan } from './plan.ts';

/** What became of one run. */
export interface RunOutcome extends Judgement {
  readonly seed: number;
  /** What happened to each object over its bound. */
  readonly histories: readonly (readonly string[])[];
  readonly faults: FaultCounts;
  /** Messages that the healed queue did not give up within the bound. */
  readonly messagesLeft: number;
  readonly wrongDeadLetters: number;
  readonly mostUploadsInFlight: number;
  /** Processes that ended by themselves, and what they printed. */
  readonly crashes: readonly string[];
  /** Processes that were told to end and did not within the bound. */
  readonly endedLate: readonly number[];
  readonly seconds: number;
}

/** The bounds of the drains, in seconds of the story: near those of production. */
export const drainBounds = {
  LONG_POLL_SECONDS: '1',
  LINGER_MS: '500',
  BATCH_BYTES: '20000',
  UPLOADS_IN_FLIGHT: '3',
  OBJECTS_IN_FLIGHT: '8',
};

export const uploadsInFlight = Number(drainBounds.UPLOADS_IN_FLIGHT);

export interface RunOptions {
  readonly testbed: Testbed;
  readonly seed: number;
  readonly enabled: readonly FaultName[];
  /** Real milliseconds within which the healed pipe must have drained the queue. */
  readonly convergeMs: number;
  readonly onLine?: (instance: number, level: string, line: string) => void;
}

/** One run: a known trail, drainers, misfortune, healing, and the comparison of the table with the truth. */
export async function runOnce(options: RunOptions): Promise<RunOutcome> {
  const { testbed, seed, enabled, onLine } = options;
  const started = performance.now();
  const plan = planRun(seed, enabled);
  // After so long, a process that stands still has lost what it held.
  const heldMs = plan.visibilitySeconds * 1_000;
  await testbed.reset(plan.mostSpeed);
  const { aws, ingestion } = testbed.clouds;
  const trail = knownTrail({
    seed: String(seed),
    now: testbed.clock.now(),
    place: { bucket: aws.bucket, region: aws.region },
    files: plan.files,
    large: plan.large,
    batchBytes: Number(drainBounds.BATCH_BYTES),
  });
  for (const { key, gzip } of trail.objects) await aws.putLogFile(key, gzip);
  const tableFrom = (await stat(ingestion.tableFile)).size;
  const observer = new Observer(trail);
  const crashes: string[] = [];
  const start = (number: number) =>
    startInstance({
      ...{ testbed, observer, number },
      seed: seed * 1_000 + number,
      settings: {
        ...drainBounds,
        VISIBILITY_SECONDS: String(plan.visibilitySeconds),
        HEARTBEAT_SECONDS: String(Math.floor(plan.visibilitySeconds / 4)),
        SLICE_SECONDS: String(plan.sliceSeconds),
        STOP_RECEIVING_SECONDS: String(plan.stopReceivingSeconds),
      },
      onCrash: (printed) => crashes.push(`instance ${number} ${printed}`),
      onLine: onLine === undefined ? undefined : (level, line) => onLine(number, level, line),
    });
  const pool = await startPool({ size: plan.processes, clock: testbed.clock, observer, start });
  testbed.watchUploads((port) =>
    observer.upload(pool.instances.find(({ ingestionGate }) => ingestionGate.isMine(port))?.number ?? -1),
  );
  const feeding = feed(trail, plan, testbed);
  const { besideKeys, counts, refused } = await playAdversary({ testbed, pool, plan, trail, heldMs });
  await feeding;
  const messagesLeft = await converge(testbed, pool, heldMs, options.convergeMs);
  await pool.stop();
  testbed.watchUploads(undefined);

  const summaries = pool.instances.map(({ process }) => process.summaries);
  const unknownRows = (number: number): number =>
    (summaries[number] ?? []).reduce((sum, { rowsOfUnknownOutcome }) => sum + rowsOfUnknownOutcome, 0);
  const bound = plan.mayDuplicate ? observer.bound(unknownRows) : noBound;
  const beside = besideKeys.map((key) => `"SourceObject":"${sourceObjectOf(key)}"`);
  const rows = (await rowsFrom(ingestion.tableFile, tableFrom)).filter(
    (row) => !beside.some((source) => row.includes(source)),
  );
  const judgement = judge(trail, rows, bound, await keptAside(testbed, refused));
  for (const key of [...trail.objects.map((object) => object.key), ...besideKeys]) aws.deleteLogFile(key);
  return {
    ...judgement,
    histories: judgement.overBound.map(({ key }) => [
      ...observer.history(key),
      ...summaries.map(
        (each, number) =>
          `${number} counted ${each.map((slice) => slice.rowsOfUnknownOutcome).join(', ')} rows as of unknown outcome`,
      ),
    ]),
    seed,
    faults: counts,
    messagesLeft,
    wrongDeadLetters: aws.stats().deadLetters,
    mostUploadsInFlight: Math.max(
      observer.mostUploadsInFlight,
      ...summaries.flat().map((summary) => summary.mostUploadsInFlight),
    ),
    crashes,
    endedLate: pool.endedLate,
    seconds: (performance.now() - started) / 1000,
  };
}

/** Of rows that were refused, those whose object has a failed entry: an operator delivers them by replay. */
async function keptAside(
  { clock, clouds }: Testbed,
  refused: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  if (refused.size === 0) return kept;
  const { connectionString } = clouds.storage;
  const entries = failedEntriesIn(openStorage({ kind: 'connection-string', connectionString }, { clock }), clock);
  for await (const { key } of entries.listFailed()) {
    for (const eventId of refused.get(key ?? '') ?? []) kept.add(eventId);
  }
  return kept;
}

/** Announces the files one by one, so that there is work as long as there is trouble. */
async function feed(trail: KnownTrail, plan: RunPlan, { clouds }: Testbed): Promise<void> {
  const started = performance.now();
  for (const [index, message] of trail.messages.entries()) {
    const dueMs = (plan.announcedForMs * index) / trail.messages.length;
    const leftMs = dueMs - (performance.now() - started);
    if (leftMs > 1) await wait(leftMs);
    clouds.aws.announce([message]);
  }
}

/**
 * Waits until the queue is empty; answers how many messages are left at the bound. While every message is invisible for
 * longer than anybody could hold it, nothing happens in the story, and its clock is moved on.
 */
async function converge(testbed: Testbed, pool: InstancePool, heldMs: number, boundMs: number): Promise<number> {
  const { aws } = testbed.clouds;
  const until = performance.now() + boundMs;
  for (;;) {
    const { queue } = aws.stats();
    const left = queue.visible + queue.inFlight;
    if (left === 0 || performance.now() > until) return left;
    const idleMs = queue.visible > 0 ? 0 : Math.min(...aws.visibleAgainAt()) - testbed.clock.now();
    if (idleMs > 1.2 * heldMs) {
      pool.follow(later(testbed.clock, Math.min(idleMs, longestMoveMs)));
    }
    await wait(20);
  }
}

/** Requests signed 15 minutes ago are refused, and some may be under way. */
const longestMoveMs = 600_000;

async function rowsFrom(path: string, start: number): Promise<string[]> {
  const rows: string[] = [];
  if ((await stat(path)).size === start) return rows;
  for await (const line of createInterface({ input: createReadStream(path, { start }) })) rows.push(line);
  return rows;
}
