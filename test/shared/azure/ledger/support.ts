import type { LocalStorage } from '../../../../local/azure/storage.ts';
import { failedEntries } from '../../../../shared/azure/failedEntries/entries.ts';
import { type TableLedgerOptions, tableLedger } from '../../../../shared/azure/ledger/tableLedger.ts';
import { openStorage, type Storage, type StorageOptions } from '../../../../shared/azure/storage/account.ts';
import type { Entity, EntityKey, Table, TableWrite, Written } from '../../../../shared/azure/storage/table.ts';
import type { ClaimedObject, ContentIdentity, Ledger } from '../../../../shared/pipeline/ports/ports.ts';
import type { ObjectRef, QueueMessage } from '../../../../shared/words/announcement.ts';

export const startOfTime = Date.parse('2026-11-01T00:10:00Z');
export const visibilitySeconds = 180;

export interface MovedClock {
  time: number;
  now(): number;
}

export function movedClock(): MovedClock {
  return {
    time: startOfTime,
    now() {
      return this.time;
    },
  };
}

/** A log file delivered on 1 November 2026, unless told otherwise. */
export function objectNamed(unique: string, day = '20261101'): ObjectRef {
  const folder = `${day.slice(0, 4)}/${day.slice(4, 6)}/${day.slice(6)}`;
  return {
    bucket: 'trail',
    key: `AWSLogs/111122223333/CloudTrail/eu-central-1/${folder}/111122223333_CloudTrail_eu-central-1_${day}T0005Z_${unique}.json.gz`,
  };
}

export function messageAt(receivedAt: number, body = '{"Records":[]}'): QueueMessage {
  return { id: 'm-1', body, receiptHandle: 'handle', receiveCount: 2, sentAt: receivedAt, receivedAt };
}

export const content: ContentIdentity = { etag: 'e1', crc32: 0xfedcba98, length: 4_000_000_000 };

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
  instance(options?: Partial<TableLedgerOptions>): Required<Ledger>;
}

export function instancesOver(storage: Storage, clock: MovedClock): Instances {
  const name = newName();
  const table = storage.table(name);
  const failed = failedEntries({ table: storage.table(`${name}failed`), blobs: storage.blobs(`${name}bodies`), clock });
  let made = 0;
  return {
    table,
    failed,
    instance: (options) => {
      made += 1;
      return tableLedger({
        table,
        failedEntries: failed,
        source: 'production',
        scope: { ruleIds: ['dcr-1'], stream: 'Custom-AWSCloudTrail', awsPartition: 'aws' },
        visibilitySeconds,
        instance: `instance-${made}`,
        clock,
        ...options,
      });
    },
  };
}

/** The claim, where it must have been granted. */
export async function claimed(ledger: Ledger, object: ObjectRef, now: number): Promise<ClaimedObject> {
  const claim = await ledger.claim(object, messageAt(now));
  if (claim.kind !== 'claimed') throw new Error(`the claim was not granted: ${claim.kind}`);
  return claim.claim;
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** The table's promises, kept in memory: for properties that need thousands of calls. */
export function memoryTable(): Table & { readonly requests: number; size: number } {
  const rows = new Map<string, { entity: Entity; etag: string }>();
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
    rows.set(nameOf(write.entity), { entity: { ...before, ...write.entity }, etag });
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
