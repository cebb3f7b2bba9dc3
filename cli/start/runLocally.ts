import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { BreakName } from '../../local/breaks.ts';
import { type Clouds, startClouds } from '../../local/clouds.ts';
import { type RunningHost, startHost } from '../../local/host/startHost.ts';
import { writeRunFile } from '../../local/runFile.ts';
import { systemClock } from '../../shared/systemClock.ts';
import { drainUntil } from './drainLoop.ts';
import { type Fed, feedFolder, feedTrail } from './feed.ts';
import { plural } from './format.ts';
import { showProgress } from './progress.ts';
import { RunTotals, readEventLine } from './runTotals.ts';
import { type StartSummary, type SummaryParts, summarise } from './summary.ts';

export interface RunOptions {
  /** The project's folder. */
  readonly root: string;
  readonly version: string;
  readonly trail: { readonly files: number; readonly seed: string } | { readonly folder: string };
  readonly out?: string;
  /** Fixed time of reception, milliseconds since the epoch. */
  readonly now?: number;
  readonly serve: boolean;
  readonly break?: BreakName;
  /** No progress. */
  readonly quiet: boolean;
}

export interface RunResult extends SummaryParts {
  readonly summary: StartSummary;
  readonly tableFile: string;
}

/** Shorter than in production, so that what a killed host held comes back while somebody is watching. */
const localSettings = { VISIBILITY_SECONDS: '20', HEARTBEAT_SECONDS: '5' };

/**
 * Supervises one run: the embedded clouds live in this process and its children, apart from the functions host, which
 * is started again whenever it dies.
 */
export async function runLocally(
  options: RunOptions,
  interrupted: AbortSignal,
  tell: (line: string) => void,
): Promise<RunResult> {
  const totals = new RunTotals();
  const fed: Fed = { objects: 0, messages: 0, bytes: 0, records: undefined, done: false, leftOut: [] };
  tell('Starting the embedded clouds ...');
  const clouds = await startClouds({
    folder: join(options.root, '.local', 'run'),
    clock: systemClock,
    mode: 'keep',
    ...(options.out !== undefined && { tableFile: options.out }),
    ...(options.now !== undefined && { receivedAt: () => options.now as number }),
    ...(options.break !== undefined && { break: options.break }),
  });
  const stopped = new AbortController();
  const broken = Promise.withResolvers<void>();
  const host = await startConnector(
    clouds,
    options,
    (message) => {
      const line = readEventLine(message);
      if (line === undefined) return tell(message);
      totals.add(line);
      if (totals.openCircuits.size > 0 || line.event === 'settings-refused') broken.resolve();
    },
    tell,
  );
  const signal = AbortSignal.any([interrupted, stopped.signal]);
  const started = performance.now();
  const feeding = feed(options, { aws: clouds.aws, clock: systemClock, signal, fed });
  feeding.catch((error: unknown) => tell(`The files could not be put into the bucket: ${String(error)}`));
  const hideProgress = options.quiet
    ? () => {}
    : showProgress(fed, totals, () => clouds.ingestion.stats().rows, process.stderr);
  tell(options.break === undefined ? 'Draining ...' : `Draining, with "${options.break}" broken ...`);

  const isDone = (): boolean => fed.done && (totals.messagesSettled >= fed.messages || isEmpty(clouds));
  const ended = Promise.race([
    drainUntil(isDone, { host, clock: systemClock, signal }),
    broken.promise,
    feeding.then(() => new Promise<never>(() => {})),
  ]);
  const measure = (): SummaryParts => ({
    version: options.version,
    totals,
    fed,
    messagesLeft: waiting(clouds),
    tableRows: clouds.ingestion.stats().rows,
    seconds: (performance.now() - started) / 1000,
  });
  try {
    await ended;
    if (options.serve && !interrupted.aborted) await serve(isDone, measure, { host, clouds, interrupted, tell });
  } finally {
    hideProgress();
  }
  const parts = measure();
  stopped.abort();
  await host.stop('SIGTERM');
  const result = { ...parts, messagesLeft: waiting(clouds), tableRows: clouds.ingestion.stats().rows };
  const tableFile = clouds.ingestion.tableFile;
  await clouds.stop();
  return { ...result, summary: summarise(result), tableFile };
}

async function startConnector(
  clouds: Clouds,
  { root }: RunOptions,
  onEvent: (message: string) => void,
  tell: (line: string) => void,
): Promise<RunningHost> {
  const workers = new Map<string, Set<number>>();
  let host: RunningHost | undefined;
  const note = (): void => {
    if (host !== undefined) writeRunFile(join(root, '.local', 'run.json'), describe(clouds, host, workers));
  };
  host = await startHost({
    app: root,
    entry: 'functions/*.ts',
    environment: { ...clouds.appSettings, ...localSettings, PATH: process.env['PATH'] },
    onLog: ({ category, level, message }) => {
      if (category === 'user') onEvent(message);
      else if (level === 'error' || level === 'critical') tell(`${category}: ${message}`);
    },
    onWorker: ({ type, functionName, pid }) => {
      const pids = workers.get(functionName) ?? new Set();
      workers.set(functionName, pids);
      if (type === 'worker-started') pids.add(pid);
      else pids.delete(pid);
      setImmediate(note);
    },
    onRestart: (reason) => tell(`The functions host ${reason}; it is started again.`),
  });
  note();
  return host;
}

function describe(clouds: Clouds, host: RunningHost, workers: ReadonlyMap<string, ReadonlySet<number>>) {
  const { aws, identity, ingestion, storage } = clouds;
  return {
    pids: { supervisor: process.pid, host: host.pid(), storage: storage.pid },
    functions: Object.fromEntries([...workers].map(([name, pids]) => [name, [...pids]])),
    endpoints: {
      aws: aws.endpoint,
      ingestion: ingestion.endpoint,
      identity: identity.endpoint,
      storage: storage.endpoints.table,
      host: host.url(),
    },
    queueUrl: aws.queueUrl,
    bucket: aws.bucket,
    table: ingestion.tableFile,
  };
}

function feed(options: RunOptions, parts: Parameters<typeof feedFolder>[0]): Promise<void> {
  return 'folder' in options.trail
    ? feedFolder(parts, options.trail.folder)
    : feedTrail(parts, options.trail.files, options.trail.seed);
}

/** Goes on until Ctrl-C: whatever is announced from outside is drained too, and each time the queue empties, that is said. */
async function serve(
  isDone: () => boolean,
  measure: () => SummaryParts,
  parts: { host: RunningHost; clouds: Clouds; interrupted: AbortSignal; tell: (line: string) => void },
): Promise<void> {
  const { host, clouds, interrupted, tell } = parts;
  let toldRows = -1;
  while (!interrupted.aborted) {
    const { rows } = clouds.ingestion.stats();
    if (isEmpty(clouds) && rows !== toldRows) {
      toldRows = rows;
      const expected = measure().fed.records;
      tell(
        `The queue is empty: ${plural(rows, 'row')} in the table${expected === undefined ? '' : ` of ${plural(expected, 'record')}`}. Ctrl-C ends.`,
      );
    }
    if (clouds.aws.stats().queue.visible > 0)
      await drainUntil(isDone, { host, clock: systemClock, signal: interrupted });
    await wait(500, undefined, { signal: interrupted }).catch(() => {
      // Interrupted: the loop's own condition ends it.
    });
  }
}

function isEmpty(clouds: Clouds): boolean {
  return waiting(clouds) === 0;
}

function waiting(clouds: Clouds): number {
  const { queue, deadLetters } = clouds.aws.stats();
  return queue.visible + queue.inFlight + deadLetters;
}
