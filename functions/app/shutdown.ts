/** What a process offers to be told of its end by signal. */
export interface SignalledProcess {
  once(signal: 'SIGTERM', listener: () => void): unknown;
  listenerCount(signal: 'SIGTERM'): number;
  kill(pid: number, signal: 'SIGTERM'): unknown;
  readonly pid: number;
}

/** Runs work that gives back what it holds when the app is told to end. */
export interface Shutdown {
  run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Aborts all work and resolves when it has ended; how long that may take is the slice's own bound. */
  begin(): Promise<void>;
}

export function createShutdown(): Shutdown {
  const ending = new AbortController();
  const running = new Set<Promise<unknown>>();
  return {
    run: async (work) => {
      const done = work(ending.signal);
      running.add(done);
      try {
        return await done;
      } finally {
        running.delete(done);
      }
    },
    begin: async () => {
      ending.abort(new Error('the host shuts down'));
      await Promise.allSettled(running);
    },
  };
}

/** Listening to SIGTERM switches Node's own answer off, which is to end: so the signal is sent again once the work has ended. */
export function onSigterm(shutdown: Shutdown, process: SignalledProcess): void {
  process.once('SIGTERM', () => {
    void shutdown.begin().then(() => {
      if (process.listenerCount('SIGTERM') === 0) {
        process.kill(process.pid, 'SIGTERM');
      }
    });
  });
}
