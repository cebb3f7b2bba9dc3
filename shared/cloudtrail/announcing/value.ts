import { described, shown } from '../../kit/shortText.ts';
import { readEnvelope } from './envelopes.ts';
import { readEventBridge } from './eventBridge.ts';
import { field, isObject, textAt } from './fields.ts';
import { readForeign } from './foreign.ts';
import { readLoosely } from './loosely.ts';
import type { Place, Reading } from './reading.ts';
import { remedies } from './remedies.ts';
import { readS3Batch, readS3Record, readTrailNotification } from './s3.ts';

/** A parsed part of a message: whatever recognises it first reads it. */
export function readValue(value: unknown, at: Place, reading: Reading): void {
  if (Array.isArray(value)) readList(value, at, reading);
  else if (!isObject(value) || !readObject(value, at, reading)) refuse(value, at, reading);
}

function readObject(value: object, at: Place, reading: Reading): boolean {
  if (Object.keys(value).length === 0) return false;
  return (
    readItemsOf(value, at, reading) ||
    readTestEvent(value, reading) ||
    readS3Record(value, reading) ||
    readEventBridge(value, at, reading) ||
    readTrailNotification(value, at, reading) ||
    readS3Batch(value, at, reading) ||
    readForeign(value, at, reading) ||
    readEnvelope(value, at, reading) ||
    readLoosely(value, at, reading)
  );
}

function readItemsOf(value: object, at: Place, reading: Reading): boolean {
  const items = ['Records', 'records', 'Messages'].map((name) => field(value, name)).find(Array.isArray);
  if (items === undefined) return false;
  if (items.length === 0) {
    reading.nothing(at.depth <= 1 ? 'an S3 event without records' : `${at.name()} without records`);
  }
  readItems(items, 'record', at, reading);
  return true;
}

/** What S3 sends when a notification is configured. */
function readTestEvent(value: object, reading: Reading): boolean {
  if (field(value, 'Event') !== 's3:TestEvent') return false;
  reading.nothing(`S3's test event of bucket ${shown(textAt(value, 'Bucket') ?? 'unknown')}`);
  return true;
}

/** Pipes and batching steps hand on lists. The SQS extended client does, too: the name of a class, and where the body lies. */
function readList(list: readonly unknown[], at: Place, reading: Reading): void {
  const [name, place] = list;
  if (list.length === 2 && typeof name === 'string' && isObject(place) && isPointerClass(name)) {
    const message = (): string => `${at.name()} is a pointer of the SQS extended client to a body kept in S3`;
    reading.fault(message, remedies.pointer);
  } else if (list.length === 0) {
    refuse(list, at, reading);
  } else {
    readItems(list, 'item', at, reading);
  }
}

function isPointerClass(name: string): boolean {
  return /S3Pointer|payloadoffloading|javamessaging/i.test(name);
}

function readItems(items: readonly unknown[], word: string, { name, depth }: Place, reading: Reading): void {
  const within = depth <= 1 ? '' : ` in ${name()}`;
  reading.lookAtAll(items, (index) => ({
    name: () => `${word} ${index + 1} of ${items.length}${within}`,
    depth: depth + 1,
  }));
}

function refuse(value: unknown, at: Place, reading: Reading): void {
  reading.fault(() => `${at.name()} is ${described(value)}, which is no known notification`, remedies.unknown);
}
