import { createHash } from 'node:crypto';
import { odata } from '@azure/data-tables';
import { type FailedEntries, keptDelivery } from '../../pipeline/ports/failedEntries.ts';
import type { UnitName } from '../../pipeline/ports/unit.ts';
import type { Clock } from '../../words/clock.ts';
import { reportOf } from '../../words/failure.ts';
import type { Blobs } from '../storage/blobs.ts';
import type { Entity, EntityKey, Table } from '../storage/table.ts';
import {
  evidenceProperties,
  type FailedEntry,
  failedEntryOf,
  longestText,
  reasonProperties,
  stubProperties,
} from './entity.ts';
import { failedUnits, withoutUnit } from './units.ts';

/** Failed entries as an operator works with them. */
export interface KeptEntries extends FailedEntries {
  /** Open entries, those of one source together. */
  listFailed(wanted?: FailedQuery): AsyncIterable<FailedEntry>;
  /** An entry, open or closed, with the message that announced it. */
  readFailed(id: string): Promise<(FailedEntry & { readonly body?: string }) | undefined>;
  /** Nothing more is to be done about it: it was delivered, or a person says so. */
  closeFailed(id: string, as?: 'delivered' | 'closed'): Promise<void>;
}

export interface FailedQuery {
  readonly reason?: string;
  readonly source?: string;
  /** Only those that failed last at least this long ago. */
  readonly olderThanMs?: number;
}

export interface FailedEntriesParts {
  readonly table: Table;
  readonly blobs: Blobs;
  readonly clock: Pick<Clock, 'now'>;
}

/** How often a write is tried again when others are quicker: many units of one delivery may be accepted at once. */
const mostContests = 8;

export function failedEntries({ table, blobs, clock }: FailedEntriesParts): KeptEntries {
  /** An entry that failed before keeps its first time and its message. */
  const record = async (key: EntityKey, properties: Omit<Entity, keyof EntityKey>, body?: string): Promise<boolean> => {
    const now = new Date(clock.now());
    const latest = { ...key, ...properties, state: 'open', lastAt: now };
    for (let contest = 0; contest < mostContests; contest++) {
      const found = await table.read(key);
      if (found === undefined) {
        const kept = body === undefined ? {} : await keepBody(blobs, key, body);
        const entity = { ...latest, ...kept, firstAt: now, attempts: 1 };
        if ((await table.write({ kind: 'insert', entity })).kind === 'written') return true;
      } else {
        const { body: text, bodyBlob } = found.entity;
        const isWhole = body === undefined || text !== undefined || bodyBlob !== undefined;
        const kept = isWhole ? {} : await keepBody(blobs, key, body);
        const entity = { ...latest, ...kept, attempts: Number(found.entity['attempts'] ?? 0) + 1 };
        if ((await table.write({ kind: 'merge', entity, etag: found.etag })).kind === 'written') return true;
      }
    }
    // Others are at it, and might have closed it.
    return false;
  };

  /** Changes an open entry, unless there is nothing to change. */
  const rewrite = async (
    key: EntityKey,
    change: (entity: Entity) => Omit<Entity, keyof EntityKey> | undefined,
  ): Promise<void> => {
    for (let contest = 0; contest < mostContests; contest++) {
      const found = await table.read(key);
      if (found === undefined || found.entity['state'] !== 'open') return;
      const properties = change(found.entity);
      if (properties === undefined) return;
      const entity = { ...properties, ...key };
      if ((await table.write({ kind: 'merge', entity, etag: found.etag })).kind === 'written') return;
    }
  };
  const closing = (state: 'delivered' | 'closed') => ({ state, closedAt: new Date(clock.now()) });
  const close = (key: EntityKey, state: 'delivered' | 'closed') => rewrite(key, () => closing(state));

  return {
    recordDelivery: async (source, evidence, failure, units) => {
      const key = { partitionKey: source, rowKey: evidence.entry };
      const { at = {} } = reportOf(failure.error);
      const about = {
        ...reasonProperties(failure),
        ...evidenceProperties(evidence),
        ...failedUnits(units),
        bucket: at.bucket?.toWellFormed() ?? units[0]?.scope,
        objectKey: at.key?.toWellFormed() ?? units[0]?.name,
      };
      return (await record(key, about, evidence.body)) ? keptDelivery(`${source}/${evidence.entry}`) : undefined;
    },

    recordStubs: async (source, unit, stubs) => {
      const key = { partitionKey: source, rowKey: hash('stubs', unit.scope, unit.name) };
      await record(key, { ...stubProperties(stubs), ...unitProperties(unit) });
    },

    delivered: async (id, unit) => {
      // What earlier versions noted is the source alone: they kept an entry for each unit.
      if (!id.includes('/')) return await close(unitKey(id, unit), 'delivered');
      await rewrite(keyOfId(id), (entity) => {
        const left = withoutUnit(entity, unit);
        return left?.openUnits === '' ? closing('delivered') : left;
      });
    },

    async *listFailed({ reason, source, olderThanMs } = {}) {
      const before = olderThanMs === undefined ? undefined : new Date(clock.now() - olderThanMs);
      const filter = [
        ...(source === undefined ? [] : [odata`PartitionKey eq ${source}`]),
        "state eq 'open'",
        ...(reason === undefined ? [] : [odata`reason eq ${reason}`]),
        ...(before === undefined ? [] : [odata`lastAt le ${before}`]),
      ].join(' and ');
      for await (const { entities } of table.pages({ filter })) yield* entities.map(failedEntryOf);
    },

    readFailed: async (id) => {
      const found = await table.read(keyOfId(id));
      if (found === undefined) return undefined;
      const { body, bodyBlob } = found.entity;
      const text = typeof bodyBlob === 'string' ? await blobs.read(bodyBlob) : body;
      return { ...failedEntryOf(found.entity), ...(typeof text === 'string' ? { body: text } : {}) };
    },

    closeFailed: (id, as = 'closed') => close(keyOfId(id), as),
  };
}

function unitProperties({ scope, name }: UnitName) {
  return { bucket: scope, objectKey: name };
}

function unitKey(source: string, { scope, name }: UnitName): EntityKey {
  return { partitionKey: source, rowKey: hash('object', scope, name) };
}

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32);
}

/** `source/row`: neither holds a slash. */
function keyOfId(id: string): EntityKey {
  const slash = id.lastIndexOf('/');
  return { partitionKey: id.slice(0, Math.max(0, slash)), rowKey: id.slice(slash + 1) };
}

async function keepBody(blobs: Blobs, { partitionKey, rowKey }: EntityKey, body: string) {
  if (body.length <= longestText) return { body: body.toWellFormed() };
  const name = `${partitionKey}/${rowKey}.txt`;
  await blobs.put(name, body);
  return { bodyBlob: name };
}
