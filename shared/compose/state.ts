import type { TokenCredential } from '@azure/core-auth';
import { failedEntries, type KeptEntries } from '../azure/failedEntries/entries.ts';
import { type AzureIdentity, azureCredential } from '../azure/identity.ts';
import type { LedgerScope } from '../azure/ledger/entryKey.ts';
import { tableCircuits } from '../azure/ledger/tableCircuits.ts';
import { tableStore } from '../azure/ledger/tableStore.ts';
import { tableStatus } from '../azure/status/tableStatus.ts';
import { openStorage, type Storage } from '../azure/storage/account.ts';
import { hostIdentity, type StorageValues, storageAccount } from '../azure/storage/accountValues.ts';
import { memoryCircuits } from '../pipeline/circuits/memoryCircuits.ts';
import { ledgerOver } from '../pipeline/ledger/ledger.ts';
import { noFailedEntries } from '../pipeline/ledger/noFailedEntries.ts';
import { noLedger } from '../pipeline/ledger/noLedger.ts';
import type { DrainPorts } from '../pipeline/ports/ports.ts';
import type { StatusStore } from '../pipeline/ports/status.ts';
import type { TicketBox } from '../pipeline/scaleOut/scaleOut.ts';
import { ticketQueue } from '../pipeline/scaleOut/tickets.ts';
import { folded } from '../pipeline/status/fold.ts';
import type { Settings, SourceSettings } from '../settings/settings.ts';
import type { Clock } from '../words/clock.ts';

export interface SourceState extends Pick<DrainPorts, 'circuits' | 'failedEntries' | 'ledger'> {
  /** By how much the storage service is ahead of our clock, as its answers tell. */
  readonly clockDifferenceMs?: () => number;
  /** Absent without storage: then nobody can be asked. */
  readonly tickets?: TicketBox;
  /** Absent without storage: then nothing that failed is kept. */
  readonly entries?: KeptEntries;
  /** Absent without storage: then nobody can be told how the source is. */
  readonly status?: StatusStore;
  /** Storage's time, by which all that is kept is dated. */
  now(): number;
}

export interface StateParts {
  readonly clock: Clock;
  readonly instance: string;
  /** Of the connector. */
  readonly version?: string;
  readonly identity: AzureIdentity['kind'] | TokenCredential;
  readonly storage?: StorageValues;
  readonly storageTime?: 'service' | 'own';
}

/** What is remembered of each source between slices: in storage, if there is one, since instances come and go. Makes no request. */
export function composeState(
  { destination, tuning }: Settings,
  credential: TokenCredential,
  { clock, identity, instance, storage: values = {}, storageTime = 'service', version = 'unknown' }: StateParts,
): { readonly isKept: boolean; stateOf(source: SourceSettings): SourceState } {
  // On a desk nobody has the host's identity.
  const own = identity === 'managed-identity' ? hostIdentity(values) : undefined;
  const account = storageAccount(values, own === undefined ? credential : azureCredential(own));
  if (account === undefined) {
    const stateOf = () => ({
      ledger: noLedger,
      failedEntries: noFailedEntries,
      circuits: memoryCircuits(),
      now: () => clock.now(),
    });
    return { isKept: false, stateOf };
  }
  const storage = openStorage(account, { clock, time: storageTime });
  const failed = failedEntriesIn(storage, storage.time);
  const { visibilitySeconds } = tuning;
  const stateOf = (source: SourceSettings): SourceState => ({
    ledger: ledgerOver({
      // Part of an entry's key: a new destination begins anew.
      store: tableStore(storage.table('ledger'), ledgerScope(destination, source), storage.time),
      ...{ failedEntries: failed, source: source.name, visibilitySeconds, instance, clock },
    }),
    failedEntries: failed,
    clockDifferenceMs: () => storage.time.differenceMs,
    circuits: tableCircuits({ table: storage.table('circuits'), source: source.name, time: storage.time }),
    tickets: ticketBox(storage, clock),
    entries: failed,
    status: tableStatus({
      table: storage.table('status'),
      source: source.name,
      time: storage.time,
      fold: (before, summary, at) => folded(before, summary, at, version),
    }),
    now: () => storage.time.now(),
  });
  return { isKept: true, stateOf };
}

/** The failed entries of a storage account: for the drains, and for the replay. */
export function failedEntriesIn(storage: Storage, clock: Pick<Clock, 'now'>): KeptEntries {
  return failedEntries({ table: storage.table('failedEntries'), blobs: storage.blobs('failed-messages'), clock });
}

function ticketBox(storage: Storage, clock: Clock): TicketBox {
  const queue = storage.queue(ticketQueue);
  return {
    post: (ticket) => queue.send(JSON.stringify(ticket), (ticket.expires - clock.now()) / 1000),
    count: () => queue.count(),
  };
}

/** Whose rows the entries of a source are about. */
export function ledgerScope({ ruleIds, stream }: Settings['destination'], { partition }: SourceSettings): LedgerScope {
  return { ruleIds, stream, awsPartition: partition };
}
