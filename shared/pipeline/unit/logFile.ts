import { describeObjectKey, type ObjectKey } from '../../cloudtrail/announcing/objectKey.ts';
import type { ObjectRef } from '../../words/announcement.ts';
import type { ObjectStore } from '../ports/objects.ts';
import type { NamedUnit, Unit, UnitDescription } from '../ports/unit.ts';

/** A log file in a bucket: described once, by what its key tells. */
export function logFile(
  object: ObjectRef,
  objects: ObjectStore,
  described: ObjectKey = describeObjectKey(object.key),
): Unit {
  const { bucket, key, alternativeKey, versionId } = object;
  // EventBridge does not say whether its keys are encoded, so a key that is not found is tried in its second reading.
  const keys = alternativeKey === undefined ? [key] : [key, alternativeKey];
  return {
    scope: bucket,
    name: key,
    ...descriptionOf(described),
    title: `s3://${bucket}/${key}`,
    at: { bucket, key },
    ...(object.sizeBytes === undefined ? {} : { sizeBytes: object.sizeBytes }),
    ...(object.etag === undefined ? {} : { etag: object.etag }),
    places: keys.length,
    open: async (place, signal) => {
      const found = keys[place] ?? key;
      const { etag, sizeBytes, chunks, close } = await objects.open({ bucket, key: found, versionId }, signal);
      const foundAs = found === key ? described : describeObjectKey(found);
      const strange = foundAs.fate.fate === 'judge' ? foundAs.fate.strange : undefined;
      return { found: descriptionOf(foundAs), etag, sizeBytes, encoding: 'gzip', strange, chunks, close };
    },
  };
}

/** As the ledger knows it: by bucket and key, described by what its name tells. */
export function unitOf({ bucket, key }: Pick<ObjectRef, 'bucket' | 'key'>): NamedUnit {
  return { scope: bucket, name: key, ...descriptionOf(describeObjectKey(key)) };
}

function descriptionOf({ deliveredAt, sourceObject }: ObjectKey): UnitDescription {
  return { sourceObject, ...(deliveredAt === undefined ? {} : { deliveredAt }) };
}
