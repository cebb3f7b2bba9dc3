import { describe, expect, it } from 'vitest';
import { groupCommit } from '../../../../shared/azure/ledger/groupCommit.ts';
import type { Table, TableWrite } from '../../../../shared/azure/storage/table.ts';
import { memoryTable } from './support.ts';

const insert = (rowKey: string, partitionKey = 'p'): TableWrite => ({
  kind: 'insert',
  entity: { partitionKey, rowKey },
});

/** A table that tells the requests made of it. */
function toldTable() {
  const table = memoryTable();
  const told: string[][] = [];
  const rows = (writes: readonly TableWrite[]) => writes.map(({ entity }) => entity.rowKey);
  const commit = groupCommit({
    write: (write) => {
      told.push(rows([write]));
      return table.write(write);
    },
    writeTogether: (writes) => {
      told.push(rows(writes));
      return table.writeTogether(writes);
    },
  } satisfies Pick<Table, 'write' | 'writeTogether'>);
  return { commit, told };
}

describe('groupCommit', () => {
  it('writes together what arrives together, each partition by itself', async () => {
    const { commit, told } = toldTable();
    await Promise.all([insert('1'), insert('2', 'q'), insert('3')].map(commit));
    expect(told).toEqual([['1', '3'], ['2']]);
  });

  it('writes at most 100 at a time', async () => {
    const { commit, told } = toldTable();
    await Promise.all(Array.from({ length: 201 }, (_, index) => commit(insert(`${index}`))));
    expect(told.map((rows) => rows.length)).toEqual([100, 100, 1]);
  });

  it('writes each alone when one of them conflicts', async () => {
    const { commit, told } = toldTable();
    await commit(insert('2'));
    const written = await Promise.all([insert('1'), insert('2'), insert('3')].map(commit));
    expect(written.map(({ kind }) => kind)).toEqual(['written', 'exists', 'written']);
    expect(told).toEqual([['2'], ['1', '2', '3'], ['1'], ['2'], ['3']]);
  });

  it('never writes one entity twice in a request', async () => {
    const { commit, told } = toldTable();
    const written = await Promise.all([insert('1'), insert('1'), insert('2'), insert('1')].map(commit));
    expect(written.map(({ kind }) => kind)).toEqual(['written', 'exists', 'written', 'exists']);
    expect(told).toEqual([['1', '2'], ['1'], ['1']]);
  });

  it('fails each of a group when its request fails, and goes on with the next', async () => {
    let fails = true;
    const table = memoryTable();
    const commit = groupCommit({
      write: table.write,
      writeTogether: async (writes) => {
        if (fails) throw new Error('away');
        return await table.writeTogether(writes);
      },
    });
    const outcomes = await Promise.allSettled([insert('1'), insert('2')].map(commit));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    const again = await Promise.all([insert('1'), insert('2')].map(commit));
    expect(again.map(({ kind }) => kind)).toEqual(['written', 'written']);
  });
});
