import { createHash } from 'node:crypto';
import type { NamedUnit } from '../../pipeline/ports/unit.ts';
import type { EntityKey } from '../storage/table.ts';

/** Whose rows an entry is about: with another destination everything begins anew. */
export interface LedgerScope {
  /** Immutable IDs, in any order: batches go to either. */
  readonly ruleIds: readonly string[];
  readonly stream: string;
  /** `aws`, `aws-cn` or `aws-us-gov`: bucket names are unique within one. */
  readonly awsPartition: string;
}

/**
 * One partition of a table takes 2,000 entities a second (https://learn.microsoft.com/azure/storage/tables/scalability-targets),
 * a unit needs two. More shards would take more, and gather less into one request.
 */
const shards = 4;

/** Finds a unit's entry by its name alone: the partition begins with its day of delivery, the row is a hash. */
export function entryKeys({ ruleIds, stream, awsPartition }: LedgerScope): (unit: NamedUnit) => EntityKey {
  const whose = [ruleIds.toSorted().join(','), stream, awsPartition];
  return ({ scope, name, deliveredAt }) => {
    const hash = createHash('sha256')
      .update(JSON.stringify([...whose, scope, name]))
      .digest();
    const day = deliveredAt === undefined ? 'undated' : dayOf(deliveredAt);
    return { partitionKey: `${day}-${hash.readUInt8(31) % shards}`, rowKey: hash.toString('base64url', 0, 24) };
  };
}

/** `20261101` of an ISO time. */
export function dayOf(isoTime: string): string {
  return isoTime.slice(0, 10).replaceAll('-', '');
}
