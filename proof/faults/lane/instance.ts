import { ledgerFacts } from '../judge/ledgerWatch.ts';
import type { Witness } from '../judge/witness.ts';
import type { Lane } from './laneClouds.ts';
import { openStorageGate, type StorageGate } from './storageGate.ts';
import { openTcpGate, type TcpGate } from './tcpGate.ts';

/** One place for a drainer, with doors of its own; when its process dies the next one is another instance. */
export interface Instance {
  readonly number: number;
  readonly process: Awaited<ReturnType<Lane['takeDrainer']>>;
  readonly ingestionGate: TcpGate;
  readonly storageGate: StorageGate;
  closeGates(): Promise<void>;
}

export interface InstanceParts {
  readonly lane: Lane;
  readonly witness: Witness;
  readonly number: number;
  readonly seed: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly onCrash: (printed: string) => void;
  readonly onLine?: ((level: string, line: string) => void) | undefined;
}

/** Starts a drainer behind doors of its own. */
export async function startInstance(parts: InstanceParts): Promise<Instance> {
  const { lane, witness, number } = parts;
  const { ingestion, storage } = lane.clouds;
  const [ingestionGate, storageGate, process] = await Promise.all([
    openTcpGate(Number(new URL(ingestion.endpoint).port)),
    openStorageGate({
      target: storage.endpoints.table,
      faults: lane.storageFaults,
      onCall: (call) => witness.ledger(number, ledgerFacts(call)),
      onFault: () => witness.ledgerFailed(number),
      onRecovered: () => witness.ledgerWorks(number),
    }),
    lane.takeDrainer(),
  ]);
  process.drain({
    pace: lane.clock.pace(),
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
