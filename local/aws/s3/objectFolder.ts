import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectPersistence } from '../sqs/fauxqs.ts';

/** The bodies of all objects, and the keys of each bucket in order. */
export interface ObjectFolder {
  readonly persistence: ObjectPersistence;
  /** The file for an object's body that is put in place without passing through the store. */
  fileOf(bucket: string, key: string): string;
  /** An object's body: the bytes, or the file that holds them. */
  bodyOf(bucket: string, key: string): Buffer | string;
  /** Takes note of a body that was put in place without passing through the store. */
  noteKey(bucket: string, key: string): void;
  /** Keys in the order S3 lists them (UTF-8 order, for the keys of log files). */
  keysOf(bucket: string): readonly string[];
}

/** Small bodies are kept in memory: thousands of tiny files keep a busy disk, and with it the whole cloud, waiting. */
const small = { bodyBytes: 64 * 1024, allBytes: 128 * 1024 * 1024 };

/**
 * Keeps bodies on disk, so that a bucket may be larger than memory, but for the first small ones. File names are hashes: a hostile key such as
 * `../../escape` is a key like any other and never a path.
 */
export function makeObjectFolder(root: string): ObjectFolder {
  const keys = new Map<string, { readonly all: Set<string>; sorted: string[] | undefined }>();
  const shards = new Set<string>();
  const inMemory = new Map<string, Buffer>();
  let bytesInMemory = 0;

  const bucketOf = (bucket: string) => {
    const known = keys.get(bucket) ?? { all: new Set<string>(), sorted: undefined };
    keys.set(bucket, known);
    return known;
  };
  const fileOf = (bucket: string, key: string) => {
    const name = hash('sha1', `${bucket}/${key}`, 'hex');
    const shard = join(root, name.slice(0, 2));
    if (!shards.has(shard)) mkdirSync(shard, { recursive: true });
    shards.add(shard);
    return join(shard, name);
  };
  const idOf = (bucket: string, key: string) => `${bucket}/${key}`;
  const keep = (id: string, body: Buffer): boolean => {
    drop(id);
    if (body.length > small.bodyBytes || bytesInMemory + body.length > small.allBytes) return false;
    inMemory.set(id, body);
    bytesInMemory += body.length;
    return true;
  };
  const drop = (id: string): boolean => {
    bytesInMemory -= inMemory.get(id)?.length ?? 0;
    return inMemory.delete(id);
  };
  const note = (bucket: string, key: string) => {
    const known = bucketOf(bucket);
    if (known.all.has(key)) return;
    known.all.add(key);
    known.sorted = undefined;
  };
  const forget = (bucket: string, key: string) => {
    const known = bucketOf(bucket);
    if (known.all.delete(key)) known.sorted = undefined;
    if (!drop(idOf(bucket, key))) rmSync(fileOf(bucket, key), { force: true });
  };
  const empty = (bucket: string) => {
    for (const key of bucketOf(bucket).all) forget(bucket, key);
  };

  const persistence: ObjectPersistence = {
    ...nothingToPersist,
    upsertObject(bucket, object) {
      if (!keep(idOf(bucket, object.key), object.body)) writeFileSync(fileOf(bucket, object.key), object.body);
      note(bucket, object.key);
    },
    completeMultipartUpload(_uploadId, bucket, object) {
      persistence.upsertObject(bucket, object);
    },
    readBody: (bucket, key) => inMemory.get(idOf(bucket, key)) ?? readFileSync(fileOf(bucket, key)),
    deleteObject: forget,
    deleteObjectsByBucket: empty,
    deleteAllObjects() {
      for (const bucket of keys.keys()) empty(bucket);
    },
  };
  return {
    persistence,
    fileOf,
    bodyOf: (bucket, key) => inMemory.get(idOf(bucket, key)) ?? fileOf(bucket, key),
    noteKey(bucket, key) {
      drop(idOf(bucket, key));
      note(bucket, key);
    },
    keysOf(bucket) {
      const known = bucketOf(bucket);
      known.sorted ??= [...known.all].sort();
      return known.sorted;
    },
  };
}

const ignore = () => undefined;

/** Metadata lives in memory and dies with the process: the embedded cloud starts empty every time. */
const nothingToPersist = {
  insertBucket: ignore,
  deleteBucket: ignore,
  saveBucketLifecycleConfiguration: ignore,
  deleteBucketLifecycleConfiguration: ignore,
  renameObject: ignore,
  insertMultipartUpload: ignore,
  upsertMultipartPart: ignore,
  deleteMultipartUpload: ignore,
  deleteAllMultipartUploads: ignore,
  loadS3: ignore,
  purgeAll: ignore,
  close: ignore,
};
