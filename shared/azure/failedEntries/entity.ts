import type { StubNote } from '../../cloudtrail/rows/engine.ts';
import type { Evidence } from '../../pipeline/ports/failedEntries.ts';
import { type Failure, reportOf } from '../../words/failure.ts';
import type { Entity, EntityValue } from '../storage/table.ts';

/** One thing that could not be delivered, and why. */
export interface FailedEntry {
  /** `source/…`, to name it by. */
  readonly id: string;
  readonly source: string;
  readonly state: 'open' | 'delivered' | 'closed';
  readonly reason: string;
  readonly message: string;
  readonly remedy?: string;
  readonly bucket?: string;
  readonly key?: string;
  /** Records whose rows tell only a part: at most 800 of them. */
  readonly stubs: readonly StubNote[];
  /** All of them. */
  readonly stubCount: number;
  readonly messageId?: string;
  readonly receiveCount?: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly attempts: number;
}

/** https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#property-types: 64 KiB of UTF-16. */
export const longestText = 32_000;

/** Some 40 characters each. */
const mostStubs = 800;

export function reasonProperties({ error }: Failure) {
  const { code, message, remedy } = reportOf(error);
  return { reason: code, message: cut(message), remedy: cut(remedy ?? '') };
}

export function evidenceProperties({ id, receiveCount }: Evidence) {
  return { messageId: id, receiveCount };
}

export function stubProperties(stubs: readonly StubNote[]) {
  const kept = stubs.slice(0, mostStubs).map(({ offset, reason }) => [offset, reason]);
  const stubCount = stubs.reduce((sum, { records = 1 }) => sum + records, 0);
  return {
    reason: stubs[0]?.reason ?? '',
    message: `${stubCount} records could not be understood whole; their rows hold what was understood`,
    remedy: 'Read the records at these offsets of the decompressed object.',
    stubs: JSON.stringify(kept),
    stubCount,
  };
}

export function failedEntryOf(entity: Entity): FailedEntry {
  const { state, stubs } = entity;
  const optional = (name: string, property: string) => {
    const value = text(entity[property]);
    return value === '' ? {} : { [name]: value };
  };
  return {
    id: `${entity.partitionKey}/${entity.rowKey}`,
    source: entity.partitionKey,
    state: state === 'delivered' || state === 'closed' ? state : 'open',
    reason: text(entity['reason']),
    message: text(entity['message']),
    ...optional('remedy', 'remedy'),
    ...optional('bucket', 'bucket'),
    ...optional('key', 'objectKey'),
    stubs: typeof stubs === 'string' ? readStubs(stubs) : [],
    stubCount: count(entity['stubCount']),
    ...optional('messageId', 'messageId'),
    ...(typeof entity['receiveCount'] === 'number' ? { receiveCount: entity['receiveCount'] } : {}),
    firstAt: time(entity['firstAt']),
    lastAt: time(entity['lastAt']),
    attempts: count(entity['attempts']),
  };
}

function readStubs(json: string): StubNote[] {
  const notes = JSON.parse(json) as readonly (readonly [number, StubNote['reason']])[];
  return notes.map(([offset, reason]) => ({ offset, reason }));
}

function cut(value: string): string {
  return value.slice(0, 4_000).toWellFormed();
}

function text(value: EntityValue): string {
  return typeof value === 'string' ? value : '';
}

function count(value: EntityValue): number {
  return typeof value === 'number' ? value : 0;
}

function time(value: EntityValue): number {
  return value instanceof Date ? value.getTime() : 0;
}
