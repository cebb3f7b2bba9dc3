import { describeObjectKey } from '../../cloudtrail/announcing/objectKey.ts';
import type { ObjectRef } from '../../words/announcement.ts';
import type { NamedUnit } from '../ports/unit.ts';

/** A log file as the ledger knows it: by bucket and key, described by what its name tells. */
export function unitOf({ bucket, key }: Pick<ObjectRef, 'bucket' | 'key'>): NamedUnit {
  const { deliveredAt, sourceObject } = describeObjectKey(key);
  return { scope: bucket, name: key, sourceObject, ...(deliveredAt === undefined ? {} : { deliveredAt }) };
}
