import { setImmediate } from 'node:timers/promises';
import { mostTogether, type Table, type TableWrite, type Written } from '../storage/table.ts';

export type Commit = (write: TableWrite) => Promise<Written>;

interface Waiting {
  readonly write: TableWrite;
  readonly answered: PromiseWithResolvers<Written>;
}

/**
 * Writes what arrives together in one request: while a partition's request is under way, the next ones gather. Nothing
 * waits for company when nothing is under way. Should one write of a group conflict, nothing of it is written, and each
 * is written alone: conflicts are redeliveries, and rare.
 */
export function groupCommit(table: Pick<Table, 'write' | 'writeTogether'>): Commit {
  const partitions = new Map<string, Waiting[]>();

  const work = async (partition: string, waiting: Waiting[]): Promise<void> => {
    // What one receive brought is asked for in the same turn of the event loop.
    await setImmediate();
    while (waiting.length > 0) await commit(table, takeGroup(waiting));
    partitions.delete(partition);
  };

  return (write) => {
    const answered = Promise.withResolvers<Written>();
    const partition = write.entity.partitionKey;
    const waiting = partitions.get(partition);
    if (waiting === undefined) {
      const first = [{ write, answered }];
      partitions.set(partition, first);
      void work(partition, first);
    } else {
      waiting.push({ write, answered });
    }
    return answered.promise;
  };
}

/** The first of those waiting, each entity once: a transaction takes no two writes of one entity. */
function takeGroup(waiting: Waiting[]): Waiting[] {
  const rows = new Set<string>();
  const group: Waiting[] = [];
  const left: Waiting[] = [];
  for (const each of waiting) {
    const { rowKey } = each.write.entity;
    if (group.length === mostTogether || rows.has(rowKey)) left.push(each);
    else group.push(each);
    rows.add(rowKey);
  }
  waiting.splice(0, waiting.length, ...left);
  return group;
}

async function commit(table: Pick<Table, 'write' | 'writeTogether'>, group: readonly Waiting[]): Promise<void> {
  if (group.length > 1) {
    try {
      const written = await table.writeTogether(group.map(({ write }) => write));
      if (written !== undefined) {
        for (const [index, { answered }] of group.entries()) answered.resolve(written[index] as Written);
        return;
      }
    } catch (error) {
      for (const { answered } of group) answered.reject(error);
      return;
    }
  }
  await Promise.all(group.map(({ write, answered }) => table.write(write).then(answered.resolve, answered.reject)));
}
