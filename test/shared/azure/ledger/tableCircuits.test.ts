import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalStorage, startStorage } from '../../../../local/azure/storage.ts';
import { circuitsOfAllSources, tableCircuits } from '../../../../shared/azure/ledger/tableCircuits.ts';
import type { OpenCircuit } from '../../../../shared/pipeline/ports/circuits.ts';
import { movedClock, startOfTime } from '../../pipeline/ledger/support.ts';
import { newName, opened } from './support.ts';

let local: LocalStorage;
beforeAll(async () => {
  local = await startStorage();
});
afterAll(() => local.stop());

const suspectedName = { kind: 'bucket', bucket: 'trail', code: 'object-kms-denied' } as const;
const bucketCircuit: OpenCircuit = {
  name: suspectedName,
  openedAt: startOfTime,
  because: { code: 'object-kms-denied', message: 'the key refused', remedy: 'Allow kms:Decrypt.' },
  nextProbeAt: startOfTime + 5_000,
  probes: 2,
};
const sourceCircuit: OpenCircuit = {
  name: { kind: 'source' },
  openedAt: startOfTime,
  because: { code: 'queue-denied', message: 'the queue refused' },
  nextProbeAt: startOfTime + 5_000,
  probes: 0,
};

const tableOf = () => opened(local, movedClock()).table(newName());

const nothing = { open: [], suspected: [] };

/** Our clock and the service's agree. */
const agreed = { differenceMs: 0 };

describe('tableCircuits', () => {
  it('remembers open circuits for the next slice and the next instance', async () => {
    const table = tableOf();
    const circuits = tableCircuits({ table, source: 'production', time: agreed });
    expect(await circuits.load()).toEqual(nothing);
    await circuits.save(sourceCircuit);
    await circuits.save(bucketCircuit);
    expect(await tableCircuits({ table, source: 'production', time: agreed }).load()).toEqual({
      open: [bucketCircuit, sourceCircuit],
      suspected: [],
    });
  });

  it('keeps the circuits of sources apart', async () => {
    const table = tableOf();
    await tableCircuits({ table, source: 'production', time: agreed }).save(sourceCircuit);
    expect(await tableCircuits({ table, source: 'staging', time: agreed }).load()).toEqual(nothing);
  });

  it('lists those of all sources', async () => {
    const table = tableOf();
    await tableCircuits({ table, source: 'production', time: agreed }).save(bucketCircuit);
    await tableCircuits({ table, source: 'staging', time: agreed }).save(sourceCircuit);
    expect(await circuitsOfAllSources({ table, time: agreed })).toEqual([
      { source: 'production', circuit: bucketCircuit },
      { source: 'staging', circuit: sourceCircuit },
    ]);
  });

  it('replaces a circuit by what was saved last', async () => {
    const circuits = tableCircuits({ table: tableOf(), source: 'production', time: agreed });
    const name = { kind: 'rule', rule: 'dcr-1' } as const;
    await circuits.save({ ...bucketCircuit, name });
    const later = { ...bucketCircuit, name, probes: 3 };
    await circuits.save(later);
    expect(await circuits.load()).toEqual({ ...nothing, open: [later] });
  });

  it('remembers a bucket that is suspected, until its circuit opens', async () => {
    const circuits = tableCircuits({ table: tableOf(), source: 'production', time: agreed });
    const suspected = { name: suspectedName, objects: ['one', 'other'], at: startOfTime };
    await circuits.suspect({ ...suspected, objects: ['one'] });
    await circuits.suspect(suspected);
    expect(await circuits.load()).toEqual({ open: [], suspected: [suspected] });
    await circuits.save(bucketCircuit);
    expect(await circuits.load()).toEqual({ open: [bucketCircuit], suspected: [] });
  });

  it('forgets a bucket that is suspected no longer', async () => {
    const circuits = tableCircuits({ table: tableOf(), source: 'production', time: agreed });
    await circuits.suspect({ name: suspectedName, objects: ['one'], at: startOfTime });
    await circuits.remove(suspectedName);
    expect(await circuits.load()).toEqual(nothing);
  });

  it('removes a circuit that closed, and does not mind one that was removed already', async () => {
    const circuits = tableCircuits({ table: tableOf(), source: 'production', time: agreed });
    await circuits.save(sourceCircuit);
    await circuits.save(bucketCircuit);
    await circuits.remove(bucketCircuit.name);
    await circuits.remove(bucketCircuit.name);
    expect(await circuits.load()).toEqual({ ...nothing, open: [sourceCircuit] });
  });

  it('passes over what is no circuit', async () => {
    const table = tableOf();
    const readable = { openedAt: new Date(1), nextProbeAt: new Date(2), code: 'queue-denied', message: 'no' };
    await table.put({ partitionKey: 'production', rowKey: 'by-hand', name: 'source' });
    await table.put({ partitionKey: 'production', rowKey: 'other', name: 'bucket/trail/no-such-code', ...readable });
    await table.put({ partitionKey: 'production', rowKey: 'another', name: 'galaxy', ...readable });
    await table.put({
      partitionKey: 'production',
      rowKey: 'source',
      name: 'source',
      ...readable,
    });
    const found = await tableCircuits({ table, source: 'production', time: agreed }).load();
    expect(found.open).toMatchObject([{ name: { kind: 'source' }, probes: 0, openedAt: 1, nextProbeAt: 2 }]);
    expect(found.suspected).toEqual([]);
  });
});
