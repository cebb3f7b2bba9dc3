import type { TableClient, TableEntityResult } from '@azure/data-tables';
import { storageCode } from './failure.ts';
import { concernsAll, type StorageGate } from './gate.ts';
import { submitTo } from './transaction.ts';

/** Times are kept as dates: a number beyond 32 bits has no type of its own on the wire. Undefined properties are left out. */
export type EntityValue = string | number | boolean | Date | undefined;

export interface EntityKey {
  readonly partitionKey: string;
  readonly rowKey: string;
}

export type Entity = EntityKey & { readonly [property: string]: EntityValue };

export interface StoredEntity {
  readonly entity: Entity;
  readonly etag: string;
  /** When it was written last, by the service's clock; undefined where that is not the measure. */
  readonly writtenAt: number | undefined;
}

export type TableWrite =
  | { readonly kind: 'insert'; readonly entity: Entity }
  /** Changes the named properties, if nobody changed the entity since. */
  | { readonly kind: 'merge'; readonly entity: Entity; readonly etag: string };

export type Written =
  | { readonly kind: 'written'; readonly etag: string }
  /** There is such an entity already. */
  | { readonly kind: 'exists' }
  /** The ETag is not the entity's any more. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'missing' };

/** One table, made when it is first missed. Every call is one request, or throws ConnectorError 'storage-unavailable'. */
export interface Table {
  write(write: TableWrite): Promise<Written>;
  /** All of one partition, each of another entity, or none, since one could not be written: then the answer is undefined. Up to 100. */
  writeTogether(writes: readonly TableWrite[]): Promise<readonly Written[] | undefined>;
  /** Writes the whole entity, whatever was there. */
  put(entity: Entity): Promise<void>;
  read(key: EntityKey): Promise<StoredEntity | undefined>;
  /** One request a page; `from` goes on after an earlier page. */
  pages(query: TableQuery): AsyncIterable<TablePage>;
  remove(key: EntityKey): Promise<void>;
  /** All of one partition or none; false when one of them is gone already. Up to 100. */
  removeTogether(keys: readonly EntityKey[]): Promise<boolean>;
}

export interface TableQuery {
  /** OData. */
  readonly filter: string;
  readonly properties?: readonly string[];
  readonly pageSize?: number;
  readonly from?: string | undefined;
}

export interface TablePage {
  readonly entities: readonly Entity[];
  readonly next: string | undefined;
}

/** https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions: 100 entities of one partition, each once. */
export const mostTogether = 100;

/** A table over the SDK's client, whose own retries must be off. */
export function storageTable(client: TableClient, gate: StorageGate, { tellsTime }: { tellsTime: boolean }): Table {
  const made = <Answer>(what: string, request: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> =>
    gate(`${what} the table ${client.tableName}`, async (abortSignal) => {
      try {
        return await request(abortSignal);
      } catch (error) {
        if (storageCode(error) !== 'TableNotFound') throw error;
        await client.createTable({ abortSignal });
        return await request(abortSignal);
      }
    });

  const submit = submitTo(client);

  return {
    write: (write) =>
      made('writing to', async (abortSignal): Promise<Written> => {
        try {
          const { etag } =
            write.kind === 'insert'
              ? await client.createEntity(write.entity, { abortSignal })
              : await client.updateEntity(write.entity, 'Merge', { etag: write.etag, abortSignal });
          return { kind: 'written', etag: etag ?? '' };
        } catch (error) {
          const kind = conflicts[storageCode(error)];
          if (kind === undefined) throw error;
          return { kind };
        }
      }),
    writeTogether: (writes) =>
      made('writing to', async (abortSignal) => {
        try {
          const etags = await submit(writes, abortSignal);
          return etags.map((etag): Written => ({ kind: 'written', etag }));
        } catch (error) {
          // Refused for what one of them says, too: the others must not suffer for it.
          if (storageCode(error) !== 'TableNotFound' && !concernsAll(error)) return undefined;
          throw error;
        }
      }),
    put: (entity) =>
      made('writing to', async (abortSignal) => {
        await client.upsertEntity(entity, 'Replace', { abortSignal });
      }),
    read: ({ partitionKey, rowKey }) =>
      made('reading', async (abortSignal) => {
        try {
          const { timestamp, ...found } = await client.getEntity<object>(partitionKey, rowKey, { abortSignal });
          const writtenAt = tellsTime ? Date.parse(timestamp ?? '') || undefined : undefined;
          return { entity: entityOf(found), etag: found.etag, writtenAt };
        } catch (error) {
          if (conflicts[storageCode(error)] !== 'missing') throw error;
          return undefined;
        }
      }),
    async *pages({ filter, properties, pageSize, from }) {
      let continuationToken = from;
      do {
        const page = await made('reading', async (abortSignal) => {
          const queryOptions = { filter, ...(properties === undefined ? {} : { select: [...properties] }) };
          const pages = client.listEntities({ queryOptions, abortSignal }).byPage({
            ...(pageSize === undefined ? {} : { maxPageSize: pageSize }),
            ...(continuationToken === undefined ? {} : { continuationToken }),
          });
          return (await pages.next()).value as
            | (TableEntityResult<object>[] & { continuationToken?: string })
            | undefined;
        });
        continuationToken = page?.continuationToken;
        yield { entities: (page ?? []).map(entityOf), next: continuationToken };
      } while (continuationToken !== undefined);
    },
    remove: ({ partitionKey, rowKey }) =>
      made('deleting from', async (abortSignal) => {
        try {
          await client.deleteEntity(partitionKey, rowKey, { abortSignal });
        } catch (error) {
          // Gone is what was wanted.
          if (conflicts[storageCode(error)] !== 'missing') throw error;
        }
      }),
    removeTogether: (keys) =>
      made('deleting from', async (abortSignal) => {
        try {
          await submit(
            keys.map((key) => ({ kind: 'delete', key })),
            abortSignal,
          );
          return true;
        } catch (error) {
          if (conflicts[storageCode(error)] !== 'missing') throw error;
          return false;
        }
      }),
  };
}

/** https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes: the answers that are outcomes. */
const conflicts: Readonly<Record<string, 'exists' | 'changed' | 'missing'>> = {
  EntityAlreadyExists: 'exists',
  UpdateConditionNotSatisfied: 'changed',
  ConditionNotMet: 'changed',
  ResourceNotFound: 'missing',
  EntityNotFound: 'missing',
};

function entityOf({ etag: _, timestamp: __, ...entity }: TableEntityResult<object>): Entity {
  return entity as unknown as Entity;
}
