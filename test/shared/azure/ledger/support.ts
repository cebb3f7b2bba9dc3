import type { LocalStorage } from '../../../../local/azure/storage.ts';
import { failedEntries } from '../../../../shared/azure/failedEntries/entries.ts';
import type { LedgerScope } from '../../../../shared/azure/ledger/entryKey.ts';
import { tableStore } from '../../../../shared/azure/ledger/tableStore.ts';
import { openStorage, type Storage, type StorageOptions } from '../../../../shared/azure/storage/account.ts';
import type { EntityKey, StoredEntity, Table, TableWrite, Written } from '../../../../shared/azure/storage/table.ts';
import { ledgerOver } from '../../../../shared/pipeline/ledger/ledger.ts';
import type { Ledger } from '../../../../shared/pipeline/ports/lease.ts';
import { type MovedClock, visibilitySeconds } from '../../pipeline/ledger/support.ts';

/** What is opened over the emulated account. Tables are named anew by each test. */
export function opened(local: LocalStorage, clock: MovedClock, options: Partial<StorageOptions> = {}): Storage {
  return openStorage({ kind: 'connection-string', connectionString: local.connectionString }, { clock, ...options });
}

let names = 0;

export function newName(): string {
  names += 1;
  return `test${process.pid}x${names}`;
}

export interface Instances {
  readonly table: Table;
  readonly failed: ReturnType<typeof failedEntries>;
  /** Another instance of the app, over the same tables. */
  instance(options?: { table?: Table; source?: string; scope?: LedgerScope }): Ledger;
}

export function instancesOver(storage: Storage, clock: MovedClock): Instances {
  const name = newName();
  const table = storage.table(name);
  const failed = failedEntries({ table: storage.table(`${name}failed`), blobs: storage.blobs(`${name}bodies`), clock });
  let made = 0;
  return {
    table,
    failed,
    instance: ({ source = 'production', scope = usualScope, ...over } = {}) => {
      made += 1;
      return ledgerOver({
        store: tableStore(over.table ?? table, scope, clock),
        ...{ failedEntries: failed, source, visibilitySeconds, instance: `instance-${made}`, clock },
      });
    },
  };
}

export const usualScope: LedgerScope = { ruleIds: ['dcr-1'], stream: 'Custom-AWSCloudTrail', awsPartition: 'aws' };

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** The table's promises, kept in memory: for properties that need thousands of calls. It tells the time of a service if given. */
export function memoryTable(service?: MovedClock): Table & { readonly requests: number; size: number } {
  const rows = new Map<string, StoredEntity>();
  let requests = 0;
  const nameOf = ({ partitionKey, rowKey }: EntityKey) => `${partitionKey}/${rowKey}`;
  const fault = (write: TableWrite): Exclude<Written, { kind: 'written' }> | undefined => {
    const found = rows.get(nameOf(write.entity));
    if (write.kind === 'insert') return found === undefined ? undefined : { kind: 'exists' };
    if (found === undefined) return { kind: 'missing' };
    return found.etag === write.etag ? undefined : { kind: 'changed' };
  };
  const apply = (write: TableWrite): Written => {
    requests += 1;
    const etag = `etag-${requests}`;
    const before = rows.get(nameOf(write.entity))?.entity;
    rows.set(nameOf(write.entity), { entity: { ...before, ...write.entity }, etag, writtenAt: service?.now() });
    return { kind: 'written', etag };
  };
  return {
    get requests() {
      return requests;
    },
    get size() {
      return rows.size;
    },
    write: async (write) => fault(write) ?? apply(write),
    writeTogether: async (writes) =>
      writes.some((write) => fault(write) !== undefined) ? undefined : writes.map(apply),
    put: async (entity) => {
      apply({ kind: 'insert', entity });
    },
    read: async (key) => rows.get(nameOf(key)),
    async *pages() {
      yield { entities: [...rows.values()].map(({ entity }) => entity), next: undefined };
    },
    remove: async (key) => {
      rows.delete(nameOf(key));
    },
    removeTogether: async (keys) => {
      if (!keys.every((key) => rows.has(nameOf(key)))) return false;
      for (const key of keys) rows.delete(nameOf(key));
      return true;
    },
  };
}
