import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type {
  InvocationOutcome,
  LogLine,
  Published,
  RegisteredFunction,
  TypedData,
  WorkerReport,
  WorkerRequest,
} from './messages.ts';

export interface WorkerOptions {
  readonly entryFiles: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Diagnostics channels of the app whose data is handed on. */
  readonly channels?: readonly string[];
  readonly log: (line: LogLine) => void;
  readonly publish?: (published: Published) => void;
}

export interface WorkerCall {
  readonly invocationId: string;
  readonly functionName: string;
  readonly input: TypedData;
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  /** Undefined: no limit. */
  readonly timeoutMs: number | undefined;
}

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A running worker process. */
export interface WorkerProcess {
  readonly pid: number;
  readonly functions: readonly RegisteredFunction[];
  readonly exited: Promise<WorkerExit>;
  isAlive(): boolean;
  /** Never rejects: a worker that dies or takes too long is a failed invocation. */
  invoke(call: WorkerCall): Promise<InvocationOutcome>;
  /** Runs the app's terminate hooks, waits for what still runs, at most `graceMs`, then ends the process. */
  terminate(graceMs: number): Promise<void>;
  kill(): void;
}

/** Starts a worker and waits until the app is loaded. @throws Error with the app's own error when it does not load. */
export async function startWorker(options: WorkerOptions): Promise<WorkerProcess> {
  const channels = (options.channels ?? []).map((channel) => `--channel=${channel}`);
  const child = fork(new URL('./worker.ts', import.meta.url), [...channels, ...options.entryFiles], {
    env: { ...options.environment },
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  forwardLines(child.stdout, (message) => options.log({ level: 'information', category: 'console', message }));
  forwardLines(child.stderr, (message) => options.log({ level: 'warning', category: 'console', message }));
  const exited = new Promise<WorkerExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const waiting = new Map<string, (outcome: InvocationOutcome) => void>();
  const terminated = Promise.withResolvers<void>();
  const loaded = Promise.withResolvers<readonly RegisteredFunction[]>();

  child.on('message', (report: WorkerReport) => {
    switch (report.type) {
      case 'loaded':
        return loaded.resolve(report.functions);
      case 'load-failed':
        return loaded.reject(new Error(report.error));
      case 'log': {
        const { type: _type, ...line } = report;
        return options.log(line);
      }
      case 'published':
        return options.publish?.(report);
      case 'finished':
        return waiting.get(report.invocationId)?.(report.outcome);
      case 'terminated':
        return terminated.resolve();
    }
  });
  // A message to a worker that just died fails; its exit settles whatever waits for it.
  child.on('error', (error) => loaded.reject(error));
  void exited.then(({ code, signal }) => {
    loaded.reject(new Error(`the worker ended with ${signal ?? code} while loading the app`));
    terminated.resolve();
    for (const settle of waiting.values()) settle({ kind: 'failed', error: `the worker ended with ${signal ?? code}` });
  });

  const functions = await loaded.promise;
  return {
    pid: child.pid ?? 0,
    functions,
    exited,
    isAlive: () => child.connected && child.exitCode === null && child.signalCode === null,
    invoke: (call) => invoke(child, waiting, call),
    async terminate(graceMs) {
      send(child, { type: 'terminate' });
      const idle = Promise.all([terminated.promise, untilEmpty(waiting)]);
      const bound = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await Promise.race([idle, exited]);
      clearTimeout(bound);
      child.kill('SIGKILL');
      await exited;
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}

async function invoke(
  child: ChildProcess,
  waiting: Map<string, (outcome: InvocationOutcome) => void>,
  call: WorkerCall,
): Promise<InvocationOutcome> {
  const { timeoutMs, ...request } = call;
  const settled = Promise.withResolvers<InvocationOutcome>();
  waiting.set(call.invocationId, settled.resolve);
  send(child, { type: 'invoke', ...request });
  let bound: NodeJS.Timeout | undefined;
  if (timeoutMs !== undefined) {
    bound = setTimeout(() => {
      settled.resolve({ kind: 'failed', error: `timeout: ${call.functionName} took longer than ${timeoutMs} ms` });
      // There is no way to cancel a function: as in Azure, its process ends.
      child.kill('SIGKILL');
    }, timeoutMs);
  }
  const outcome = await settled.promise;
  clearTimeout(bound);
  waiting.delete(call.invocationId);
  return outcome;
}

function send(child: ChildProcess, request: WorkerRequest): void {
  if (child.connected) child.send(request, () => {});
}

async function untilEmpty(waiting: ReadonlyMap<string, unknown>): Promise<void> {
  while (waiting.size > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

function forwardLines(stream: Readable | null, write: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', write);
}
