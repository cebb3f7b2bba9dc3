import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SliceSummary } from '../../../shared/words/events.ts';
import type { Pace } from '../stories/storyClock.ts';
import type { FromDrainer, ToDrainer } from './drainerMessages.ts';

/** A drainer that can be killed. */
export interface DrainerProcess {
  /** Resolves once its modules are loaded. */
  readonly ready: Promise<void>;
  /** Resolves once it is gone and all it said is known. */
  readonly exited: Promise<void>;
  readonly summaries: readonly SliceSummary[];
  readonly pid: number | undefined;
  /** Once. */
  drain(work: DrainerWork): void;
  follow(pace: Pace): void;
  /** SIGKILL, SIGSTOP, SIGCONT: what cannot be prepared for. False when there is no process any more. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean;
  /** An orderly end; killed when it takes longer than the bound. */
  stop(boundMs: number): Promise<'ended' | 'killed'>;
}

export interface DrainerWork {
  readonly pace: Pace;
  /** Of its jitter. */
  readonly seed: number;
  /** Settings beside those of its environment. */
  readonly settings: Readonly<Record<string, string>>;
  readonly onLine?: (level: string, line: string) => void;
  /** It ended by itself: what it printed. */
  readonly onCrash: (printed: string) => void;
}

const script = fileURLToPath(new URL('./drainer.ts', import.meta.url));

/**
 * Starts a drainer; it loads its modules and waits to be told to drain.
 * @param cgroup folder of the control group that it lives in from its first instruction on
 */
export function startDrainer(
  environment: Readonly<Record<string, string | undefined>>,
  cgroup?: string,
): DrainerProcess {
  const command = [process.execPath, script];
  const joined = ['/bin/sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', cgroup ?? '', ...command];
  const [file = '', ...args] = cgroup === undefined ? command : joined;
  const child: ChildProcess = spawn(file, args, {
    env: { ...environment },
    // In a group of its own: Ctrl-C in a terminal is for the command, which ends this process in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ready = Promise.withResolvers<void>();
  const summaries: SliceSummary[] = [];
  let work: DrainerWork | undefined;
  let isKilled = false;
  let printed = '';
  let hasExited = false;
  const keep = (chunk: Buffer): void => {
    if (printed.length < 10_000) printed += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.on('message', (message: FromDrainer) => {
    if (message.type === 'ready') ready.resolve();
    else if (message.type === 'line') work?.onLine?.(message.level, message.line);
    else summaries.push(...message.summaries);
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      hasExited = true;
      if (!isKilled && (code !== 0 || signal !== null)) work?.onCrash(`ended with ${code ?? signal}: ${printed}`);
      if (work === undefined && !isKilled) ready.reject(new Error(`a drainer did not start: ${printed}`));
      // Its last words may still be on the way.
      if (child.connected) child.once('disconnect', resolve);
      else resolve();
    });
  });
  const send = (message: ToDrainer): void => {
    // It may have been killed this very moment: then there is nobody to tell.
    if (child.connected) child.send(message, () => undefined);
  };
  const signal = (name: NodeJS.Signals): boolean => {
    if (name === 'SIGKILL') isKilled = true;
    return !hasExited && child.kill(name);
  };
  return {
    ready: ready.promise,
    exited,
    summaries,
    pid: child.pid,
    drain(given) {
      work = given;
      const { pace, seed, settings } = given;
      send({ type: 'drain', pace, seed, settings });
    },
    follow: (pace) => send({ type: 'pace', pace }),
    signal,
    async stop(boundMs) {
      send({ type: 'stop' });
      let end: 'ended' | 'killed' = 'ended';
      const forced = setTimeout(() => {
        if (signal('SIGKILL')) end = 'killed';
      }, boundMs);
      await exited;
      clearTimeout(forced);
      return end;
    },
  };
}
