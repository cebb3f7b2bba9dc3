import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BreakName } from '../../../local/breaks.ts';
import { type Clouds, startClouds } from '../../../local/clouds.ts';
import type { RunningHost } from '../../../local/host/startHost.ts';
import type { LogLine } from '../../../local/host/worker/messages.ts';
import { systemClock } from '../../../shared/kit/systemClock.ts';
import { type Fed, feedFolder, feedTrail, noFeed } from '../feed/feed.ts';
import { showProgress } from '../tell/progress.ts';
import { messageFate, RunTotals, readEventLine } from '../tell/runTotals.ts';
import { type StartSummary, type SummaryParts, summarise } from '../tell/summary.ts';
import { drainUntil } from './drainLoop.ts';
import { RunFailure } from './failure.ts';
import { startConnector } from './localConnector.ts';
import { takeRunLock } from './lock.ts';
import { Outstanding } from './outstanding.ts';
import { serve } from './serve.ts';
import { untilStalled } from './stallGuard.ts';

export interface RunOptions {
  /** The project's folder. */
  readonly root: string;
  /** What this run writes lies here; one run at a time. */
  readonly work: string;
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
  /** Most frequent first. */
  readonly eventNames: readonly { readonly name: string; readonly rows: number }[];
}

const topNames = 10;

/**
 * Supervises one run: the embedded clouds live in this process and its children, apart from the functions host, which
 * is started again whenever it dies. Whatever happens, the result says it, and no process is left behind.
 */
export async function runLocally(
  options: RunOptions,
  interrupted: AbortSignal,
  tell: (line: string) => void,
): Promise<RunResult> {
  const run = new Run(options, interrupted, tell);
  try {
    const unlock = takeRunLock(options.work);
    try {
      await run.inClouds();
    } finally {
      unlock();
    }
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    run.failed(error);
  }
  return run.result();
}

/** One run, from the first process to the last. */
class Run {
  readonly #options: RunOptions;
  readonly #interrupted: AbortSignal;
  readonly #tell: (line: string) => void;
  readonly #folder: string;
  readonly #totals = new RunTotals();
  readonly #outstanding = new Outstanding();
  readonly #fed: Fed = noFeed();
  readonly #stopped = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #times: SummaryParts['times'] = { beganAt: performance.now() };
  #clouds: Clouds | undefined;
  #failure: RunFailure | undefined;
  #atTheEnd = {
    messagesDeleted: 0,
    messagesLeft: 0,
    tableRows: 0,
    isInterrupted: false,
    eventNames: [] as RunResult['eventNames'],
  };

  constructor(options: RunOptions, interrupted: AbortSignal, tell: (line: string) => void) {
    this.#options = options;
    this.#interrupted = interrupted;
    this.#tell = tell;
    this.#folder = join(options.work, 'run');
  }

  failed(failure: RunFailure): void {
    this.#failure ??= failure;
    this.#ended.resolve();
  }

  async inClouds(): Promise<void> {
    const { out } = this.#options;
    this.#tell('Starting the embedded clouds ...');
    if (out !== undefined) writeFileSync(out, ''); // a run's table begins empty
    const clouds = await this.#startClouds();
    this.#clouds = clouds;
    this.#times.cloudsUpAt = performance.now();
    try {
      await this.#withConnector(clouds);
    } finally {
      this.#stopped.abort();
      this.#atTheEnd = this.#look(clouds);
      await clouds.stop();
      // The bucket's contents are copies, and of no use without the clouds.
      rmSync(join(this.#folder, 's3'), { recursive: true, force: true });
      this.#times.endedAt = performance.now();
    }
  }

  result(): RunResult {
    const parts: SummaryParts = {
      version: this.#options.version,
      totals: this.#totals,
      fed: this.#fed,
      outstanding: this.#outstanding,
      ...this.#atTheEnd,
      times: this.#times,
      ...(this.#failure !== undefined && { failure: this.#failure }),
    };
    const tableFile = this.#options.out ?? join(this.#folder, 'table.ndjson');
    return { ...parts, summary: summarise(parts), tableFile, eventNames: this.#atTheEnd.eventNames };
  }

  async #startClouds(): Promise<Clouds> {
    const { out, now, break: breakName } = this.#options;
    try {
      return await startClouds({
        folder: this.#folder,
        clock: systemClock,
        mode: 'keep',
        anyKeyPrefix: true,
        ...(out !== undefined && { tableFile: out }),
        ...(now !== undefined && { receivedAt: () => now }),
        ...(breakName !== undefined && { break: breakName }),
      });
    } catch (error) {
      const message = `the embedded clouds could not be started: ${error instanceof Error ? error.message : String(error)}`;
      throw new RunFailure('clouds-not-started', message, 'Look at what is named there; "npm test" checks all of it.');
    }
  }

  async #withConnector(clouds: Clouds): Promise<void> {
    const { options, signal } = { options: this.#options, signal: this.#signal() };
    const feeding = this.#feed(clouds, signal);
    // What is broken on purpose shows what it leaves in the queue: so the queue is full before anything is tried.
    if (options.break !== undefined) await feeding;
    let host: RunningHost | undefined;
    try {
      host = await startConnector({
        root: options.root,
        clouds,
        runFile: join(options.work, 'run.json'),
        onUserLine: (line) => this.#hear(line),
        onLost: (failure) => (options.serve ? this.#tell(failure.message) : this.failed(failure)),
        tell: this.#tell,
      });
      this.#times.functionsUpAt = performance.now();
      await this.#drain(clouds, host, signal);
    } finally {
      this.#times.drainedAt = performance.now();
      this.#stopped.abort();
      await host?.stop('SIGTERM');
      await feeding;
      this.#totals.end();
    }
  }

  /** Never rejects. */
  async #feed(clouds: Clouds, signal: AbortSignal): Promise<void> {
    const { now = Date.now(), out, trail, break: breakName } = this.#options;
    const parts = { aws: clouds.aws, clock: systemClock, now, signal, fed: this.#fed, outstanding: this.#outstanding };
    const feed = { ...parts, waitsForRoom: breakName === undefined, tell: this.#tell };
    try {
      if ('files' in trail) await feedTrail(feed, trail.files, trail.seed);
      else await feedFolder(feed, trail.folder, [this.#options.work, ...(out === undefined ? [] : [out])]);
    } catch (error) {
      const message = `the files could not be put into the bucket: ${error instanceof Error ? error.message : String(error)}`;
      this.failed(new RunFailure('feeding-failed', message, 'Check the folder and the free space on the disk.'));
    }
    this.#times.fedAt = performance.now();
    this.#endIfDone();
  }

  async #drain(clouds: Clouds, host: RunningHost, signal: AbortSignal): Promise<void> {
    const { break: breakName, quiet, serve: isServing } = this.#options;
    this.#tell(breakName === undefined ? 'Draining ...' : `Draining, with "${breakName}" broken ...`);
    const tableRows = (): number => clouds.ingestion.stats().rows;
    const hideProgress = quiet ? () => {} : showProgress(this.#fed, this.#outstanding, tableRows, process.stderr);
    const progress = (): number => this.#fed.messages + tableRows() + clouds.aws.stats().queue.deleted;
    try {
      await Promise.race([
        this.#ended.promise,
        drainUntil(() => this.#isDone(), { host, clock: systemClock, signal }),
        isServing
          ? untilAborted(signal)
          : untilStalled(progress, { clock: systemClock, signal }).then((failure) => this.failed(failure)),
        untilAborted(signal),
      ]);
    } finally {
      hideProgress();
    }
    if (!isServing) return;
    await serve({
      clouds,
      host,
      clock: systemClock,
      interrupted: this.#interrupted,
      records: () => this.#fed.records,
      tell: this.#tell,
    });
  }

  /** Reads a line of the connector's log. */
  #hear(line: LogLine): void {
    const event = readEventLine(line.message);
    if (event === undefined) {
      this.#tell(line.message);
      return;
    }
    this.#totals.add(event, line.invocationId);
    const settled = messageFate(event);
    if (settled?.fate === 'deleted') {
      const object = this.#outstanding.deleted(settled.messageId);
      // Delivered, its copy is in the way of a folder larger than the disk. Whoever serves may want to look at it.
      if (object !== undefined && !this.#options.serve) this.#clouds?.aws.deleteLogFile(object.key);
    } else if (settled?.fate === 'failed') {
      this.#outstanding.failed(settled.messageId);
    }
    if (event.event === 'object-accepted') this.#times.firstRowAt ??= performance.now();
    if (this.#totals.failure === undefined) this.#endIfDone();
    else if (!this.#options.serve) this.#ended.resolve();
    else if (event.event === 'circuit-opened') this.#tell(`${event['message']} ${event['remedy'] ?? ''}`);
  }

  #endIfDone(): void {
    if (this.#isDone()) this.#ended.resolve();
  }

  /** Every message was deleted or has failed once, or none is left to be received. */
  #isDone(): boolean {
    return this.#fed.done && (this.#outstanding.isSettled || this.#isQueueEmpty());
  }

  #isQueueEmpty(): boolean {
    const { visible, inFlight } = this.#clouds?.aws.stats().queue ?? { visible: 0, inFlight: 0 };
    return visible + inFlight === 0;
  }

  #look(clouds: Clouds) {
    const { queue, deadLetters } = clouds.aws.stats();
    const { rows, eventNames = [] } = clouds.ingestion.stats(topNames);
    return {
      messagesDeleted: queue.deleted,
      messagesLeft: queue.visible + queue.inFlight + deadLetters,
      tableRows: rows,
      isInterrupted: this.#interrupted.aborted && !this.#isDone(),
      eventNames,
    };
  }

  #signal(): AbortSignal {
    return AbortSignal.any([this.#interrupted, this.#stopped.signal]);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
