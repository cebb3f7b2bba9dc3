import { ledgerFacts } from '../judge/ledgerWatch.ts';
import type { Observer } from '../judge/observer.ts';
import { openStorageGate, type StorageGate } from './storageGate.ts';
import { openTcpGate, type TcpGate } from './tcpGate.ts';
import type { Testbed } from './testbed.ts';

/** One place for a drainer, with doors of its own; when its process dies the next one is another instance. */
export interface Instance {
  readonly number: number;
  readonly process: Awaited<ReturnType<Testbed['takeDrainer']>>;
  readonly ingestionGate: TcpGate;
  readonly storageGate: StorageGate;
  closeGates(): Promise<void>;
}

export interface InstanceParts {
  readonly testbed: Testbed;
  readonly observer: Observer;
  readonly number: number;
  readonly seed: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly onCrash: (printed: string) => void;
  readonly onLine?: ((level: string, line: string) => void) | undefined;
}

/** Starts a drainer behind doors of its own. */
export async function startInstance(parts: InstanceParts): Promise<Instance> {
  const { testbed, observer, number } = parts;
  const { ingestion, storage } = testbed.clouds;
  const [ingestionGate, storageGate, process] = await Promise.all([
    openTcpGate(Number(new URL(ingestion.endpoint).port)),
    openStorageGate({
      target: storage.endpoints.table,
      faults: testbed.storageFaults,
      onCall: (call) => observer.ledger(number, ledgerFacts(call)),
      onFault: () => observer.ledgerFailed(number),
      onRecovered: () => observer.ledgerWorks(number),
    }),
    testbed.takeDrainer(),
  ]);
  process.drain({
    pace: testbed.clock.pace(),
    seed: parts.seed,
    settings: {
      ...parts.settings,
      LOGS_INGESTION_ENDPOINT: `https://127.0.0.1:${ingestionGate.port}`,
      AzureWebJobsStorage: storage.connectionString.replace(storage.endpoints.table, storageGate.endpoint),
    },
    onCrash: parts.onCrash,
    ...(parts.onLine !== undefined && { onLine: parts.onLine }),
  });
  return {
    number,
    process,
    ingestionGate,
    storageGate,
    async closeGates() {
      ingestionGate.close();
      await storageGate.close();
    },
  };
}
