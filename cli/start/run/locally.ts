import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventTable } from '../../../local/azure/resourceManager/connector.ts';
import type { BreakName } from '../../../local/breaks.ts';
import { type Clouds, startClouds } from '../../../local/clouds.ts';
import type { RunningHost } from '../../../local/host/startHost.ts';
import { systemClock } from '../../../shared/kit/systemClock.ts';
import type { ProgressReport } from '../../../shared/words/progress.ts';
import { aborted } from '../../process/interrupt.ts';
import { sentenceOf } from '../../process/sentence.ts';
import { systemReason } from '../../process/systemReason.ts';
import { type Fed, feedFolder, feedTrail, noFeed } from '../feed/feed.ts';
import { addresses } from '../tell/addresses.ts';
import { failureWords, remedyOf } from '../tell/failureGroups.ts';
import { showProgress } from '../tell/progress.ts';
import { type Phase, progressLine } from '../tell/progressLine.ts';
import { type FailedObject, messageFate, RunTotals } from '../tell/runTotals.ts';
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
  readonly table?: EventTable;
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
  readonly #toldRemedies = new Set<string>();
  #phase: Phase = 'starting the embedded clouds';
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

  /** What breaks once a person has ended the run was broken by that. */
  failed(failure: RunFailure): void {
    if (!this.#interrupted.aborted) this.#failure ??= failure;
    this.#ended.resolve();
  }

  async inClouds(): Promise<void> {
    const { out, quiet } = this.#options;
    this.#tell('Starting the embedded clouds ...');
    const hideProgress = quiet ? () => {} : showProgress((seconds) => this.#progress(seconds), process.stderr);
    try {
      if (out !== undefined) writeFileSync(out, ''); // a run's table begins empty
      const clouds = await this.#startClouds();
      this.#clouds = clouds;
      this.#times.cloudsUpAt = performance.now();
      await this.#inClouds(clouds);
    } finally {
      hideProgress();
    }
  }

  async #inClouds(clouds: Clouds): Promise<void> {
    try {
      if (!this.#interrupted.aborted) await this.#withConnector(clouds);
    } finally {
      this.#phase = 'ending';
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
      isInterrupted: this.#atTheEnd.isInterrupted || (this.#interrupted.aborted && !this.#times.functionsUpAt),
      times: this.#times,
      ...(this.#failure !== undefined && { failure: this.#failure }),
    };
    const tableFile = this.#options.out ?? join(this.#folder, 'table.ndjson');
    return { ...parts, summary: summarise(parts), tableFile, eventNames: this.#atTheEnd.eventNames };
  }

  async #startClouds(): Promise<Clouds> {
    const { out, now, table, break: breakName } = this.#options;
    try {
      return await startClouds({
        folder: this.#folder,
        clock: systemClock,
        mode: 'keep',
        anyKeyPrefix: true,
        onTableFailed: (error) => this.#tableFailed(error),
        ...(out !== undefined && { tableFile: out }),
        ...(now !== undefined && { receivedAt: () => now }),
        ...(table !== undefined && { table }),
        ...(breakName !== undefined && { break: breakName }),
      });
    } catch (error) {
      const message = `the embedded clouds could not be started: ${sentenceOf(error)}`;
      throw new RunFailure('clouds-not-started', message, 'Put right what is named there, and start again.');
    }
  }

  async #withConnector(clouds: Clouds): Promise<void> {
    const { options, signal } = { options: this.#options, signal: this.#signal() };
    const runFile = join(options.work, 'run.json');
    this.#phase = 'starting the functions';
    const feeding = this.#feed(clouds, signal);
    // What is broken on purpose shows what it leaves in the queue: so the queue is full before anything is tried.
    if (options.break !== undefined) await feeding;
    let host: RunningHost | undefined;
    try {
      host = await startConnector({
        root: options.root,
        clouds,
        runFile,
        onProgress: (report) => this.#hear(report),
        onLost: (failure) => (options.serve ? this.#tell(failure.message) : this.failed(failure)),
        tell: this.#tell,
      });
      this.#times.functionsUpAt = performance.now();
      this.#phase = 'draining';
      if (options.serve)
        for (const line of addresses(clouds, { url: host.url(), key: host.functionKey }, runFile)) this.#tell(line);
      if (!signal.aborted) await this.#drain(clouds, host, signal);
    } catch (error) {
      // What the signal broke is no failure: the run ends, and says so.
      if (!this.#interrupted.aborted) throw error;
    } finally {
      this.#phase = 'ending';
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
      const message = `the files could not be put into the bucket: ${sentenceOf(error)}`;
      this.failed(new RunFailure('feeding-failed', message, 'Check the folder and the free space on the disk.'));
    }
    this.#times.fedAt = performance.now();
    this.#endIfDone();
  }

  async #drain(clouds: Clouds, host: RunningHost, signal: AbortSignal): Promise<void> {
    const { break: breakName, serve: isServing } = this.#options;
    this.#tell(breakName === undefined ? 'Draining ...' : `Draining, with "${breakName}" broken ...`);
    const progress = (): number =>
      this.#fed.messages + clouds.ingestion.stats().rows + clouds.aws.stats().queue.deleted;
    await Promise.race([
      this.#ended.promise,
      drainUntil(() => this.#isDone(), {
        ...{ host, clock: systemClock, signal },
        onFailed: (error) => this.#invocationFailed(error),
      }),
      isServing
        ? aborted(signal)
        : untilStalled(progress, { clock: systemClock, signal }).then((failure) => this.failed(failure)),
      aborted(signal),
    ]);
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

  /** Takes what a drain reports of its work. */
  #hear(report: ProgressReport): void {
    const { serve: isServing } = this.#options;
    const before = this.#totals.failure;
    const found = this.#totals.add(report);
    if (report.kind === 'delivery') this.#settle(report);
    if (isServing) for (const failed of found) this.#tellFailure(failed);
    const { failure } = this.#totals;
    if (failure === undefined) this.#endIfDone();
    else if (!isServing) this.#ended.resolve();
    else if (failure.code !== before?.code) this.#tell(`${failure.message} ${failure.remedy ?? ''}`);
  }

  #settle(report: Extract<ProgressReport, { kind: 'delivery' }>): void {
    const fate = messageFate(report);
    if (report.units.some(({ kind }) => kind === 'accepted')) this.#times.firstRowAt ??= performance.now();
    if (fate === 'failed') this.#outstanding.failed(report.id);
    if (fate !== 'deleted') return;
    const object = this.#outstanding.deleted(report.id);
    // Delivered, its copy is in the way of a folder larger than the disk. Whoever serves may want to look at it.
    if (object !== undefined && !this.#options.serve) this.#clouds?.aws.deleteLogFile(object.key);
  }

  /** While it is served: a failure at once, what to do about its kind once. */
  #tellFailure(failed: FailedObject): void {
    this.#tell(`Failed [${failed.code}]: ${failureWords(failed, this.#outstanding)}`);
    if (this.#toldRemedies.has(failed.code)) return;
    this.#toldRemedies.add(failed.code);
    this.#tell(`  What to do: ${remedyOf(failed)}`);
  }

  /** Settings that are refused fail every invocation before anything is drained. */
  #invocationFailed(error: string): void {
    const refused = /^SettingsRefused: (.*)/.exec(error)?.[1];
    if (refused === undefined) return;
    this.failed(new RunFailure('settings-invalid', refused, 'Put right what is named there.'));
  }

  #tableFailed(error: Error): void {
    const path = this.#options.out ?? this.#folder;
    const message = `the rows could not be written to ${path}: ${systemReason(error)}`;
    this.failed(
      new RunFailure('table-not-written', message, 'Make room there, or name another place with --out or --work.'),
    );
  }

  #progress(seconds: number): string | undefined {
    const rows = this.#clouds?.ingestion.stats().rows ?? 0;
    return progressLine(this.#phase, seconds, this.#fed, this.#outstanding, rows);
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
