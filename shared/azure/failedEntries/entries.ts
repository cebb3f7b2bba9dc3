import { createHash } from 'node:crypto';
import { odata } from '@azure/data-tables';
import { fateOfObject } from '../../cloudtrail/announcing/objectKey.ts';
import type { StubNote } from '../../cloudtrail/rows/engine.ts';
import type { ObjectRef, QueueMessage } from '../../words/announcement.ts';
import type { Clock } from '../../words/clock.ts';
import type { ConnectorError } from '../../words/errors.ts';
import type { Blobs } from '../storage/blobs.ts';
import type { Entity, EntityKey, Table } from '../storage/table.ts';
import {
  type FailedEntry,
  failedEntryOf,
  longestText,
  messageProperties,
  reasonProperties,
  stubProperties,
} from './entity.ts';

/** What could not be delivered, kept until it is: the quarantine. */
export interface FailedEntries {
  recordObject(source: string, object: ObjectRef, message: QueueMessage, error: ConnectorError): Promise<void>;
  /** A message that announces nothing that could be claimed. */
  recordMessage(source: string, message: QueueMessage, error: ConnectorError): Promise<void>;
  /** The records of an accepted object whose rows tell only a part: one entry, with the offset of each. */
  recordStubs(source: string, object: ObjectRef, stubs: readonly StubNote[]): Promise<void>;
  /** The object was accepted after all. */
  delivered(source: string, object: ObjectRef): Promise<void>;
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

export function failedEntries({ table, blobs, clock }: FailedEntriesParts): FailedEntries {
  /** An entry that failed before keeps its first time and its message. */
  const record = async (key: EntityKey, properties: Omit<Entity, keyof EntityKey>, body?: string): Promise<void> => {
    const now = new Date(clock.now());
    const latest = { ...key, ...properties, state: 'open', lastAt: now };
    for (let contest = 0; contest < 3; contest++) {
      const found = await table.read(key);
      if (found === undefined) {
        const kept = body === undefined ? {} : await keepBody(blobs, key, body);
        const entity = { ...latest, ...kept, firstAt: now, attempts: 1 };
        if ((await table.write({ kind: 'insert', entity })).kind === 'written') return;
      } else {
        const entity = { ...latest, attempts: Number(found.entity['attempts'] ?? 0) + 1 };
        if ((await table.write({ kind: 'merge', entity, etag: found.etag })).kind === 'written') return;
      }
    }
    // Three others have just written the same failure.
  };

  const close = async (key: EntityKey, state: 'delivered' | 'closed'): Promise<void> => {
    for (let contest = 0; contest < 3; contest++) {
      const found = await table.read(key);
      if (found === undefined || found.entity['state'] !== 'open') return;
      const entity = { ...key, state, closedAt: new Date(clock.now()) };
      if ((await table.write({ kind: 'merge', entity, etag: found.etag })).kind === 'written') return;
    }
  };

  return {
    recordObject: (source, { bucket, key }, message, error) =>
      record(
        objectKey(source, bucket, key),
        {
          ...reasonProperties(error),
          ...messageProperties(message),
          bucket,
          objectKey: key,
        },
        message.body,
      ),

    recordMessage: (source, message, error) =>
      record(
        messageKey(source, message, error),
        {
          ...reasonProperties(error),
          ...messageProperties(message),
          bucket: error.at.bucket?.toWellFormed(),
          objectKey: error.at.key?.toWellFormed(),
        },
        message.body,
      ),

    recordStubs: (source, { bucket, key }, stubs) =>
      record(
        { partitionKey: source, rowKey: hash('stubs', bucket, key) },
        {
          ...stubProperties(stubs),
          bucket,
          objectKey: key,
        },
      ),

    delivered: (source, { bucket, key }) => close(objectKey(source, bucket, key), 'delivered'),

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

function objectKey(source: string, bucket: string, key: string): EntityKey {
  return { partitionKey: source, rowKey: hash('object', bucket, key) };
}

/** A layout nobody knows is one entry, however many files lie there; anything else one for each message. */
function messageKey(source: string, { body }: QueueMessage, { at, code }: ConnectorError): EntityKey {
  const fate = at.key === undefined ? undefined : fateOfObject(at.key);
  const isLayout = code === 'key-not-allowed' && fate?.fate === 'unknown' && at.bucket !== undefined;
  const rowKey = isLayout ? hash('layout', String(at.bucket), fate.prefix) : hash('message', body);
  return { partitionKey: source, rowKey };
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
