import { odata } from '@azure/data-tables';
import { type EntityKey, mostTogether, type Table } from '../storage/table.ts';
import { dayOf } from './entryKey.ts';

const dayMs = 86_400_000;

/** SQS keeps a message 14 days at most, and its dead-letter queue 14 more; a week is for whoever moves it back. */
export const keptDays = 35;

/** Entities looked at in one call: a minute's worth of a very large trail. */
const mostLookedAt = 5_000;
/** https://learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination: 1,000 entities a page. */
const pageSize = 1_000;

type PurgedTable = Pick<Table, 'pages' | 'remove' | 'removeTogether'>;

/**
 * Deletes entries that nobody has written for 35 days, some with each call. It looks at old days of delivery, where
 * nearly everything has gone already, and at names without a credible day; never at the days in use. Where it stopped it
 * goes on, so that entries of a backfill, old by delivery and young by record, do not hold it up.
 */
export function expiry(table: PurgedTable): (now: number, signal: AbortSignal) => Promise<number> {
  const from = new Map<string, string>();

  return async (now, signal) => {
    const before = new Date(now - keptDays * dayMs);
    const ranges = {
      old: odata`PartitionKey lt ${dayOf(before.toISOString())} and recordedAt lt ${before}`,
      // Days that are still to come, and names that tell no day: letters follow digits.
      odd: odata`PartitionKey gt ${dayOf(new Date(now + 2 * dayMs).toISOString())} and recordedAt lt ${before}`,
    };
    let deleted = 0;
    let pages = mostLookedAt / pageSize;
    for (const [range, filter] of Object.entries(ranges)) {
      const query = { filter, properties: ['PartitionKey', 'RowKey'], pageSize, from: from.get(range) };
      from.delete(range);
      for await (const { entities, next } of table.pages(query)) {
        await removeAll(table, entities);
        deleted += entities.length;
        pages -= 1;
        if (next === undefined) break;
        if (pages > 0 && !signal.aborted) continue;
        from.set(range, next);
        return deleted;
      }
    }
    return deleted;
  };
}

/**
 * Without a look at their ETags, as the service deletes in groups only so. Should an entry be claimed again in this very
 * moment, 35 days after its last use, its holder writes it anew.
 */
async function removeAll(table: PurgedTable, keys: readonly EntityKey[]): Promise<void> {
  const partitions = Map.groupBy(keys, ({ partitionKey }) => partitionKey);
  for (const partition of partitions.values()) {
    for (let from = 0; from < partition.length; from += mostTogether) {
      const group = partition.slice(from, from + mostTogether);
      if (await table.removeTogether(group)) continue;
      // Another instance is at it as well.
      for (const key of group) await table.remove(key);
    }
  }
}
