import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { functionKeyVariable } from './triggers/functionKey.ts';
import type {
  FinishedInvocation,
  HostedFunction,
  HostReport,
  HostRequest,
  LogLine,
  Published,
  StartedInvocation,
} from './worker/messages.ts';

export interface HostOptions {
  /** The app's folder, or one entry file. */
  readonly app: string;
  /** Pattern of entry files in the app's folder; default: `main` of its package.json. */
  readonly entry?: string;
  /** The app settings, and nothing else: the app sees no other environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How far a queue function is scaled out. */
  readonly maxInstances?: number;
  /** How long a message of a killed worker stays hidden; Azure's host takes 600. */
  readonly queueLeaseSeconds?: number;
  /** Diagnostics channels of the app whose data `onPublished` gets. */
  readonly channels?: readonly string[];
  readonly onPublished?: (published: Published) => void;
  readonly onLog?: (line: LogLine) => void;
  readonly onInvocationStarted?: (invocation: StartedInvocation) => void;
  readonly onInvocation?: (invocation: FinishedInvocation) => void;
  readonly onWorker?: (worker: WorkerChange) => void;
  /** The host died although nobody stopped it; it is started again. */
  readonly onRestart?: (reason: string) => void;
}

export type WorkerChange = Extract<HostReport, { type: 'worker-started' | 'worker-exited' }>;

/** A functions host that is kept running until it is stopped. */
export interface RunningHost {
  /** Of the host's process now; 0 between a death and the next start. */
  readonly pid: () => number;
  /** Base of its HTTP functions and admin calls; changes with a restart. */
  readonly url: () => string;
  readonly functions: () => readonly HostedFunction[];
  /** What HTTP functions of the levels `function` and `admin` ask for, in the header x-functions-key or as ?code=. */
  readonly functionKey: string;
  readonly restarts: () => number;
  /** Resolves when a host is up: at once, or after the restart under way. */
  ready(): Promise<void>;
  /** Runs a function at once (a timer after its run under way) and tells how it ended. @throws Error when the host dies meanwhile or has no such function. */
  invoke(functionName: string, input?: string): Promise<FinishedInvocation>;
  /** SIGTERM lets running functions end within 6 s; SIGKILL does not. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

const firstRestartMs = 250;
const longestRestartMs = 10_000;

/** Starts a functions host in a process of its own. @throws Error when the app cannot be started the first time. */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const functionKey = randomBytes(32).toString('base64url');
  const waiting = new Map<number, PromiseWithResolvers<FinishedInvocation>>();
  let nextId = 1;
  let restarts = 0;
  let restartMs = firstRestartMs;
  let isStopping = false;
  let restartTimer: NodeJS.Timeout | undefined;
  let up = Promise.withResolvers<void>();
  let current = launch();

  function launch(): HostProcess {
    const host = forkHost(options, functionKey, (report) => {
      if (report.type === 'invoked') waiting.get(report.id)?.resolve(report.result);
      else if (report.type === 'invoke-refused') waiting.get(report.id)?.reject(new Error(report.error));
      else tell(report, options);
    });
    host.ready.then(
      () => {
        restartMs = firstRestartMs;
        up.resolve();
      },
      () => {
        // The exit tells; before the first start it is the caller who is told.
      },
    );
    void host.exited.then((reason) => onExit(reason));
    return host;
  }

  function onExit(reason: string): void {
    for (const call of waiting.values()) call.reject(new Error(`the functions host ${reason}`));
    if (isStopping) return;
    up = Promise.withResolvers<void>();
    restarts++;
    options.onRestart?.(reason);
    restartTimer = setTimeout(() => {
      current = launch();
    }, restartMs);
    restartMs = Math.min(restartMs * 2, longestRestartMs);
  }

  try {
    await current.ready;
  } catch (error) {
    isStopping = true;
    clearTimeout(restartTimer);
    await current.exited;
    throw error;
  }

  return {
    pid: () => (current.isAlive() ? current.pid : 0),
    url: () => current.url(),
    functions: () => current.functions(),
    functionKey,
    restarts: () => restarts,
    ready: () => up.promise,
    async invoke(functionName, input) {
      await up.promise;
      const id = nextId++;
      const call = Promise.withResolvers<FinishedInvocation>();
      waiting.set(id, call);
      current.send({ type: 'invoke', id, functionName, ...(input !== undefined && { input }) }, call.reject);
      try {
        return await call.promise;
      } finally {
        waiting.delete(id);
      }
    },
    async stop(signal = 'SIGTERM') {
      isStopping = true;
      clearTimeout(restartTimer);
      up.promise.catch(() => {
        // Whoever waits for the next start is told; nobody may be waiting.
      });
      up.reject(new Error('the functions host was stopped'));
      current.kill(signal);
      await current.exited;
    },
  };
}

interface HostProcess {
  readonly pid: number;
  readonly ready: Promise<void>;
  /** Tells how it ended. */
  readonly exited: Promise<string>;
  isAlive(): boolean;
  url(): string;
  functions(): readonly HostedFunction[];
  send(request: HostRequest, onFailure: (error: Error) => void): void;
  kill(signal: NodeJS.Signals): void;
}

function forkHost(options: HostOptions, functionKey: string, onReport: (report: HostReport) => void): HostProcess {
  const child: ChildProcess = fork(new URL('./functionsHost.ts', import.meta.url), hostArguments(options), {
    env: { ...options.environment, [functionKeyVariable]: functionKey },
    // Ctrl-C in a terminal reaches a whole process group, and it is for whoever started this one to end it in order.
    detached: true,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const ready = Promise.withResolvers<void>();
  let up: Extract<HostReport, { type: 'ready' }> | undefined;
  let problem = '';
  // The host prints nothing; what appears here is a crash of its own.
  child.stderr?.on('data', (chunk: Buffer) => {
    options.onLog?.({ level: 'error', category: 'host', message: chunk.toString().trimEnd() });
  });
  child.on('message', (report: HostReport) => {
    if (report.type === 'ready') {
      up = report;
      ready.resolve();
    } else if (report.type === 'start-failed') {
      problem = report.error;
    }
    onReport(report);
  });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      const reason = problem === '' ? `ended with ${signal ?? code}` : `could not start: ${problem}`;
      ready.reject(new Error(`the functions host ${reason}`));
      resolve(reason);
    });
  });
  return {
    pid: child.pid ?? 0,
    ready: ready.promise,
    exited,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    url: () => up?.url ?? '',
    functions: () => up?.functions ?? [],
    send: (request, onFailure) => {
      child.send(request, (error) => error && onFailure(error));
    },
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

function hostArguments(options: HostOptions): string[] {
  return [
    ['--app', options.app],
    ['--entry', options.entry],
    ...(options.channels ?? []).map((channel) => ['--channel', channel] as const),
    ['--max-instances', options.maxInstances],
    ['--queue-lease-seconds', options.queueLeaseSeconds],
  ].flatMap(([name, value]) => (value === undefined ? [] : [String(name), String(value)]));
}

function tell(report: HostReport, options: HostOptions): void {
  const { type: _type, ...told } = report;
  if (report.type === 'published') options.onPublished?.(report);
  else if (report.type === 'log') options.onLog?.(told as LogLine);
  else if (report.type === 'invocation-started') options.onInvocationStarted?.(told as StartedInvocation);
  else if (report.type === 'invocation-finished') options.onInvocation?.(told as FinishedInvocation);
  else if (report.type === 'worker-started' || report.type === 'worker-exited') options.onWorker?.(report);
}
