import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalStorage, startStorage } from '../../../../local/azure/storage.ts';
import { tableStatus } from '../../../../shared/azure/status/tableStatus.ts';
import type { Table } from '../../../../shared/azure/storage/table.ts';
import { folded } from '../../../../shared/pipeline/status/fold.ts';
import { bucketMs, historyBuckets } from '../../../../shared/pipeline/status/history.ts';
import { movedClock } from '../../pipeline/ledger/support.ts';
import { noon, slice } from '../../pipeline/status/support.ts';
import { newName, opened } from '../ledger/support.ts';

let local: LocalStorage;
beforeAll(async () => {
  local = await startStorage();
});
afterAll(() => local.stop());

const storeIn = (table: Table, at: () => number = () => noon) =>
  tableStatus({
    table,
    source: 'production',
    time: { now: at },
    fold: (before, summary, time) => folded(before, summary, time, '1.2.3'),
  });
const tableOf = () => opened(local, movedClock()).table(newName());

describe('tableStatus', () => {
  it('knows nothing before a slice ended, and then what another instance wrote', async () => {
    const table = tableOf();
    expect(await storeIn(table).load()).toBeUndefined();
    const written = await storeIn(table).record(
      slice({ failure: { code: 'bug', owner: 'pipeline', message: 'ä "b"' } }),
    );
    expect(await storeIn(table).load()).toEqual(written);
  });

  it('loses no slice when many instances end theirs at once', async () => {
    const table = tableOf();
    await storeIn(table).record(slice());
    await Promise.all(Array.from({ length: 5 }, () => storeIn(table).record(slice())));
    expect((await storeIn(table).load())?.history).toEqual([expect.objectContaining({ slices: 6, rows: 600 })]);
  });

  it('keeps a full day in one entity', async () => {
    const table = tableOf();
    const longest = { lagP95Ms: 999_999_999, longestDeliveryLagMs: 999_999_999 };
    const big = slice({ rowsAccepted: 99_999_999, bytesUploaded: 999_999_999_999, ...longest });
    const history = Array.from({ length: historyBuckets }, (_, index) => index).reduce(
      (status, index) => folded(status, big, noon + index * bucketMs, '1.2.3'),
      folded(undefined, big, noon, '1.2.3'),
    );
    const store = tableStatus({ table, source: 'production', time: { now: () => noon }, fold: () => history });
    await store.record(big);
    expect((await storeIn(table).load())?.history).toEqual(history.history);
  });

  it('takes what it cannot read for nothing, and writes anew', async () => {
    const table = tableOf();
    await table.put({ partitionKey: 'production', rowKey: 'status', summary: 'gone', endedAt: new Date(noon) });
    expect(await storeIn(table).load()).toBeUndefined();
    await storeIn(table).record(slice());
    expect(await storeIn(table).load()).toMatchObject({ firstAt: noon, summary: { rowsAccepted: 100 } });
  });
});
