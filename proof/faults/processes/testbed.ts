import { availableParallelism } from 'node:os';
import { TableServiceClient } from '@azure/data-tables';
import { createFaults, type Faults } from '../../../local/azure/ingestion/faults.ts';
import type { UploadWatch } from '../../../local/azure/ingestion/ingestion.ts';
import { type Clouds, startClouds } from '../../../local/clouds.ts';
import { type StoryClock, storyClock } from '../stories/storyClock.ts';
import { type DrainerProcess, startDrainer } from './drainerProcess.ts';

/** Clouds that serve one run after the other, and drainers that are ready to begin. */
export interface Testbed {
  readonly clouds: Clouds;
  readonly clock: StoryClock;
  readonly storageFaults: Faults;
  /** Who watches uploads, for the time of a run. */
  watchUploads(watch: ((clientPort: number) => UploadWatch) | undefined): void;
  /** A drainer with its modules loaded; another one begins to load. */
  takeDrainer(): Promise<DrainerProcess>;
  /** Empties queues and tables, and heals everything; the story goes on at the testbed's speed, or at the slower one. */
  reset(mostSpeed: number): Promise<void>;
  stop(): Promise<void>;
}

export interface TestbedOptions {
  /** Emptied at the start. */
  readonly folder: string;
  readonly seed: number;
  /** Story seconds a second. */
  readonly speed: number;
  readonly maxReceiveCount: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Drainers kept ready: as many as a run begins with. */
const mostReady = 2;

/** Starts a testbed. */
export async function startTestbed(options: TestbedOptions): Promise<Testbed> {
  const clock = storyClock({ realAt: Date.now(), at: Date.now(), speed: options.speed });
  let watch: ((clientPort: number) => UploadWatch) | undefined;
  const clouds = await startClouds({
    folder: options.folder,
    clock,
    mode: 'keep',
    rate: 'unlimited',
    maxReceiveCount: options.maxReceiveCount,
    observe: (port) => watch?.(port) ?? { accepted: () => undefined, ended: () => undefined },
  });
  const storageFaults = createFaults(options.seed);
  const environment = {
    ...options.environment,
    ...clouds.appSettings,
    // A third of the start is compiling.
    NODE_COMPILE_CACHE: `${options.folder}-compiled`,
    UV_THREADPOOL_SIZE: String(availableParallelism()),
  };
  const ready: DrainerProcess[] = [];
  const load = (): void => {
    while (ready.length < mostReady) ready.push(startDrainer(environment));
  };
  const tables = TableServiceClient.fromConnectionString(clouds.storage.connectionString, {
    allowInsecureConnection: true,
  });
  load();

  return {
    clouds,
    clock,
    storageFaults,
    watchUploads(next) {
      watch = next;
    },
    async takeDrainer() {
      const drainer = ready.shift() ?? startDrainer(environment);
      await drainer.ready;
      load();
      return drainer;
    },
    async reset(mostSpeed) {
      const { aws, identity, ingestion } = clouds;
      aws.faults.clear();
      for (const faults of [identity.faults, ingestion.faults, storageFaults]) faults.plan([]);
      clock.follow({ realAt: Date.now(), at: Date.now(), speed: Math.min(options.speed, mostSpeed) });
      aws.redrive();
      aws.purgeQueue();
      for await (const { name } of tables.listTables()) if (name !== undefined) await tables.deleteTable(name);
    },
    async stop() {
      for (const drainer of ready) drainer.signal('SIGKILL');
      await Promise.all(ready.map((drainer) => drainer.exited));
      await clouds.stop();
    },
  };
}
