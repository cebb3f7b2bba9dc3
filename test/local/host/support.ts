import { fileURLToPath } from 'node:url';
import { type HostOptions, type RunningHost, startHost } from '../../../local/host/startHost.ts';

export const fixtureApp = fileURLToPath(new URL('../../fixtures/app/', import.meta.url));

/** Something a host told: its type and all it said. */
export type Told = Readonly<Record<string, unknown>> & { readonly kind: string };

/** A host whose reports can be waited for. */
export interface ObservedHost {
  readonly host: RunningHost;
  readonly told: readonly Told[];
  /** The first report, past ones included, that matches. */
  until(matches: (told: Told) => boolean): Promise<Told>;
}

export async function observeHost(options: Partial<HostOptions> = {}): Promise<ObservedHost> {
  const told: Told[] = [];
  const waiting = new Set<() => void>();
  const note = (kind: string) => (details: object) => {
    told.push({ ...details, kind });
    for (const look of waiting) look();
  };
  const host = await startHost({
    app: fixtureApp,
    environment: { FIXTURE_SCHEDULE: '0 0 0 1 1 *' },
    onLog: note('log'),
    onInvocationStarted: note('started'),
    onInvocation: note('finished'),
    onWorker: note('worker'),
    onRestart: (reason) => note('restart')({ reason }),
    ...options,
  });
  return {
    host,
    told,
    until: (matches) =>
      new Promise((resolve) => {
        const look = () => {
          const found = told.find(matches);
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

export const logOf = (pattern: RegExp) => (told: Told) => told.kind === 'log' && pattern.test(String(told['message']));
