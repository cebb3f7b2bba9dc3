import { randomUUID } from 'node:crypto';
import type { FinishedInvocation, HostReport, InvocationOutcome, TypedData } from './messages.ts';
import { startWorker, type WorkerOptions, type WorkerProcess } from './process.ts';

/** One instance of one function: at most one worker process, started when needed and again after it died. */
export interface FunctionInstance {
  /** Invocations under way. */
  readonly running: () => number;
  invoke(input: TypedData, triggerMetadata?: Readonly<Record<string, TypedData>>): Promise<InvocationResult>;
  /** Ends the worker after the grace; a later invocation would start another. */
  stop(graceMs: number): Promise<void>;
}

export interface InvocationResult {
  readonly outcome: InvocationOutcome;
  readonly finished: FinishedInvocation;
}

export interface InstanceOptions extends Omit<WorkerOptions, 'log' | 'publish'> {
  readonly functionName: string;
  readonly timeoutMs: number | undefined;
  readonly report: (report: HostReport) => void;
  /** A worker that already runs, taken over. */
  readonly worker?: WorkerProcess;
}

export function createInstance(options: InstanceOptions): FunctionInstance {
  const { functionName, report } = options;
  let starting: Promise<WorkerProcess> | undefined;
  let worker: WorkerProcess | undefined;
  let running = 0;

  const watch = (started: WorkerProcess): WorkerProcess => {
    worker = started;
    report({ type: 'worker-started', functionName, pid: started.pid });
    void started.exited.then(({ code, signal }) => {
      if (worker === started) worker = undefined;
      report({ type: 'worker-exited', functionName, pid: started.pid, code, signal });
    });
    return started;
  };
  if (options.worker) watch(options.worker);

  const ensureWorker = async (): Promise<WorkerProcess> => {
    if (worker?.isAlive()) return worker;
    starting ??= startWorker({
      ...options,
      log: (line) => report({ type: 'log', functionName, ...line }),
      publish: report,
    }).then(watch);
    try {
      return await starting;
    } finally {
      starting = undefined;
    }
  };

  return {
    running: () => running,
    async invoke(input, triggerMetadata = {}) {
      const invocationId = randomUUID();
      const startedAt = Date.now();
      running++;
      let pid = 0;
      let outcome: InvocationOutcome;
      try {
        const ready = await ensureWorker();
        pid = ready.pid;
        report({ type: 'invocation-started', functionName, invocationId, pid });
        outcome = await ready.invoke({
          invocationId,
          functionName,
          input,
          triggerMetadata,
          timeoutMs: options.timeoutMs,
        });
      } catch (error) {
        outcome = { kind: 'failed', error: error instanceof Error ? error.message : String(error) };
      }
      running--;
      const finished: FinishedInvocation = {
        functionName,
        invocationId,
        pid,
        failed: outcome.kind === 'failed',
        ...(outcome.kind === 'failed' && { error: outcome.error }),
        durationMs: Date.now() - startedAt,
      };
      report({ type: 'invocation-finished', ...finished });
      return { outcome, finished };
    },
    async stop(graceMs) {
      await (await starting?.catch(() => undefined))?.terminate(graceMs);
      await worker?.terminate(graceMs);
    },
  };
}
