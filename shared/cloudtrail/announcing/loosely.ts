import { field, textAt } from './fields.ts';
import { bothReadings } from './keyReadings.ts';
import type { Place, Reading } from './reading.ts';
import { remedies } from './remedies.ts';
import { bucketOfArn, detailsOf } from './s3.ts';

/** How people name the two in an input transformer, compared in lower case and without `_` and `-`. */
const bucketFields: ReadonlySet<string> = new Set([
  'bucket',
  'bucketname',
  'bucketarn',
  's3bucket',
  's3bucketname',
  's3bucketarn',
  'sourcebucket',
]);
const keyFields: ReadonlySet<string> = new Set([
  'key',
  'object',
  'objectkey',
  'objectname',
  's3key',
  's3object',
  's3objectkey',
  'objectkeys',
  'keys',
  'sourcekey',
]);

/** Anything that names a bucket and a key, under whatever names: what a transformer, a pipe or a script puts out. */
export function readLoosely(value: object, at: Place, reading: Reading): boolean {
  const s3 = field(value, 's3');
  return announcePlace(value, at, reading) || (typeof s3 === 'object' && s3 !== null && announcePlace(s3, at, reading));
}

function announcePlace(value: object, at: Place, reading: Reading): boolean {
  const bucket = bucketOfArn(find(value, bucketFields, 'name'));
  const named = keysOf(value);
  if (named.length === 0) return false;
  if (bucket === undefined) {
    // An input path takes the object out of the event, and leaves its bucket behind.
    if (!named.some((key) => key.includes('AWSLogs/'))) return false;
    reading.fault(() => `${at.name()} names an object of S3 without its bucket`, remedies.transformer);
    return true;
  }
  // The older pointer of the SQS extended client, without its class, names the place of a body.
  if (textAt(value, 's3BucketName') !== undefined && !named.some((key) => key.includes('AWSLogs/'))) {
    reading.fault(() => `${at.name()} is a pointer of the SQS extended client to a body kept in S3`, remedies.pointer);
    return true;
  }
  const details = named.length === 1 ? { ...detailsOf(value), ...detailsOf(field(value, 'object')) } : {};
  for (const key of named) reading.announce({ bucket, ...bothReadings(key), ...details });
  return true;
}

function find(value: object, names: ReadonlySet<string>, inner: string): string | undefined {
  for (const [name, item] of Object.entries(value)) {
    if (!names.has(plain(name))) continue;
    const text = typeof item === 'string' ? item : textAt(item, inner);
    if (text !== undefined && text !== '') return text;
  }
  return undefined;
}

function keysOf(value: object): readonly string[] {
  const one = find(value, keyFields, 'key');
  if (one !== undefined) return [one];
  for (const [name, item] of Object.entries(value)) {
    if (keyFields.has(plain(name)) && Array.isArray(item) && item.every((key) => typeof key === 'string' && key !== ''))
      return item;
  }
  return [];
}

function plain(name: string): string {
  return name.length > 20 ? name : name.toLowerCase().replace(/[_-]/g, '');
}
