import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalStorage, startStorage } from '../../../../local/azure/storage.ts';
import { tableStore } from '../../../../shared/azure/ledger/tableStore.ts';
import type { StorageOptions } from '../../../../shared/azure/storage/account.ts';
import { RowRanges } from '../../../../shared/kit/ranges.ts';
import type { LedgerChange } from '../../../../shared/pipeline/ports/ledgerStore.ts';
import {
  content,
  denied,
  evidence,
  identity,
  kindOf,
  leaseOn,
  memoryStore,
  movedClock,
  startOfTime,
  unitNamed,
} from '../../pipeline/ledger/support.ts';
import { all, instancesOver, memoryTable, opened, usualScope } from './support.ts';

let local: LocalStorage;
beforeAll(async () => {
  local = await startStorage();
});
afterAll(() => local.stop());

const unit = unitNamed('Ab3dE6gH8jK0lMn2');

function world() {
  const clock = movedClock();
  return { clock, ...instancesOver(opened(local, clock), clock) };
}

const at = fc.constantFrom(startOfTime, startOfTime + 1_000);
const owner = fc.constantFrom('one', 'two');
const text = fc.constantFrom('', 'hash');
const identities = fc.constantFrom({}, { etag: 'e1' }, identity);
const hashed = fc.constantFrom({}, { etag: 'e1', sha256: 'hash' }, { ...identity, sha256: 'hash' });
const sources = fc.constantFrom<string[]>([], ['production'], ['one', 'two']);
const change: fc.Arbitrary<LedgerChange> = fc.oneof(
  fc.record({ kind: fc.constant('claimed' as const), owner, until: at, at }),
  fc.record({
    kind: fc.constant('progress' as const),
    progress: fc.record({
      accepted: fc.integer({ min: 1, max: 9 }).map((rows) => RowRanges.first(rows)),
      identity: identities,
      selectors: text,
    }),
    at,
  }),
  fc.record({
    kind: fc.constant('accepted' as const),
    owner,
    content: fc.record({ identity: hashed, rows: fc.nat(9), dropped: fc.nat(9), selectors: text }),
    at,
  }),
  fc.record({ kind: fc.constantFrom('failed' as const, 'failed-since' as const), code: text, failedIn: sources, at }),
);

describe('tableStore', () => {
  it('reads back what the changes of an entry amount to, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const clock = movedClock();
        const stores = [memoryStore(clock), tableStore(memoryTable(), usualScope, clock)] as const;
        for (const store of stores) {
          for (const each of changes) {
            const found = await store.read(unit);
            if (found === undefined) await store.insert(unit, 'production', each);
            else await store.merge(unit, 'production', each, found.version);
          }
        }
        const [expected, found] = await Promise.all(stores.map((store) => store.read(unit)));
        expect(found?.entry).toEqual(expected?.entry);
      }),
    );
  });

  it('grants a lease once, to whichever instance comes first', async () => {
    const { clock, instance } = world();
    const claims = await Promise.all(Array.from({ length: 6 }, () => instance().claim(unit, clock.now())));
    expect(claims.map(kindOf).sort()).toEqual(['granted', 'held', 'held', 'held', 'held', 'held']);
    expect(claims).toContainEqual({ kind: 'held', until: startOfTime + 179_000 });
  });

  it('lets only one of several instances take a lease over, and the former owner write nothing', async () => {
    const { clock, instance } = world();
    const lost = await leaseOn(instance(), unit, clock);
    clock.time += 200_000;
    const claims = await Promise.all(Array.from({ length: 5 }, () => instance().claim(unit, clock.now())));
    expect(claims.map(kindOf).sort()).toEqual(['granted', 'held', 'held', 'held', 'held']);
    await lost.accept(content(), []);
    expect(lost.isLost).toBe(true);
  });

  it('remembers what was accepted and how far an object came, for every instance', async () => {
    const { clock, instance } = world();
    const first = await leaseOn(instance(), unit, clock);
    const progress = { accepted: RowRanges.first(3_000), identity, selectors: 'hash' };
    expect(await first.keepProgress(progress)).toBe(true);
    await first.release();
    const second = await leaseOn(instance(), unit, clock);
    expect(second.progress).toEqual(progress);
    await second.accept(content(), []);
    expect((await leaseOn(instance(), unit, clock)).accepted).toEqual({ identity, rows: 17 });
  });

  it('keeps what the operator needs to know of an object', async () => {
    const { clock, instance, table } = world();
    await (await leaseOn(instance(), unit, clock)).accept({ ...content(), selectors: 'hash-of-selectors' }, []);
    const entities = [];
    for await (const page of table.pages({ filter: "PartitionKey ge '20261101'" })) entities.push(...page.entities);
    expect(entities).toHaveLength(1);
    expect(entities[0]).toMatchObject({
      partitionKey: expect.stringMatching(/^20261101-[0-3]$/),
      bucket: unit.scope,
      objectKey: unit.name,
      source: 'production',
      state: 'accepted',
      selectors: 'hash-of-selectors',
      recordedAt: new Date(startOfTime),
    });
  });

  it('finds the entries that earlier versions wrote', async () => {
    const { clock, instance, table } = world();
    const until = new Date(startOfTime);
    const recordedAt = until;
    const entity = {
      ...{
        partitionKey: '20261101-2',
        rowKey: 'PZCPkztHHWfhrffYeAxjLlbiNsGxJBd2',
        bucket: unit.scope,
        objectKey: unit.name,
        source: 'production',
      },
      ...{ state: 'accepted', owner: 'instance.production.1', until, recordedAt, rows: 17, selectors: '' },
      ...{ objectEtag: 'e1', content: 'fedcba98-4000000000', reason: '', failedIn: '', progressRows: '' },
    };
    await table.write({ kind: 'insert', entity });
    expect((await leaseOn(instance(), unit, clock)).accepted).toEqual({ identity, rows: 17 });
  });

  it('starts anew for another destination or partition, and not for the same rules in another order', async () => {
    const { clock, instance } = world();
    const scope = { ...usualScope, ruleIds: ['dcr-1', 'dcr-2'] };
    await (await leaseOn(instance({ scope }), unit, clock)).accept(content(), []);
    const kinds = [];
    for (const other of [
      { ...scope, ruleIds: ['dcr-2', 'dcr-1'] },
      { ...scope, ruleIds: ['dcr-1'] },
      { ...scope, stream: 'Custom-Other' },
      { ...scope, awsPartition: 'aws-cn' },
    ]) {
      kinds.push(kindOf(await instance({ scope: other }).claim(unit, clock.now())));
    }
    expect(kinds).toEqual(['accepted', 'granted', 'granted', 'granted']);
  });

  it('writes an entry anew that was deleted under its holder', async () => {
    const { clock, instance, table } = world();
    const mine = await leaseOn(instance(), unit, clock);
    for await (const { entities } of table.pages({ filter: "PartitionKey ge '2'" })) {
      for (const entity of entities) await table.remove(entity);
    }
    await mine.accept(content(), []);
    expect((await leaseOn(instance(), unit, clock)).accepted).toMatchObject({ rows: 17 });
  });

  it('keeps the failed entry of a unit until the unit is accepted after all', async () => {
    const { clock, failed, instance } = world();
    await (await leaseOn(instance(), unit, clock)).fail(denied, evidence);
    await failed.recordDelivery('production', evidence, denied, [unit]);
    expect(await all(failed.listFailed())).toMatchObject([{ reason: 'object-denied', key: unit.name }]);
    await (await leaseOn(instance(), unit, clock)).accept(content(), []);
    expect(await all(failed.listFailed())).toEqual([]);
  });

  it('spends a fraction of two requests on an object when objects come together', async () => {
    const clock = movedClock();
    const requests = { made: 0 };
    const { instance } = instancesOver(opened(local, clock, { policies: [counting(requests)] }), clock);
    const ledger = instance();
    await (await leaseOn(ledger, unitNamed('first'), clock)).release();
    const units = Array.from({ length: 200 }, (_, index) => unitNamed(`n${index}`));

    requests.made = 0;
    const leases = await Promise.all(units.map((each) => leaseOn(ledger, each, clock)));
    expect(requests.made).toBe(4);
    await Promise.all(leases.map((lease) => lease.accept(content(), [])));
    expect(requests.made).toBe(8);

    requests.made = 0;
    await (await leaseOn(ledger, unitNamed('alone'), clock)).release();
    expect(requests.made).toBe(2);
  });

  it('keeps objects together whatever their names hold', async () => {
    const { clock, instance } = world();
    const ledger = instance();
    await (await leaseOn(ledger, unit, clock)).release();
    const odd = ['\u2028', '\u2029', '\u0085', '\r\n--changeset', '\0', '\u007f', '\ud800', '😀', '"', '\\', 'plain'];
    const units = odd.map((text) => unitNamed(`a${text}b`));
    const leases = await Promise.all(units.map((each) => leaseOn(ledger, each, clock)));
    await Promise.all(leases.map((lease) => lease.accept(content(), [])));
    const after = await Promise.all(units.map((each) => instance().claim(each, clock.now())));
    expect(after.map(kindOf)).toEqual(odd.map(() => 'accepted'));
  });

  it('does not let one entry that storage refuses keep it from the others', async () => {
    const { clock, instance } = world();
    const ledger = instance();
    await (await leaseOn(ledger, unit, clock)).release();
    const units = ['a', 'x'.repeat(40_000), 'b', 'c', 'd', 'e'].map((name) => unitNamed(name));
    const claims = await Promise.allSettled(units.map((each) => ledger.claim(each, clock.now())));
    expect(claims.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled', 'fulfilled'],
    ]);
  });

  it('fails at once while the storage is away', async () => {
    const clock = movedClock();
    const away = await startStorage();
    const requests = { made: 0 };
    const { failed, instance } = instancesOver(opened(away, clock, { policies: [counting(requests)] }), clock);
    const ledger = instance();
    const mine = await leaseOn(ledger, unit, clock);
    await away.stop();
    requests.made = 0;
    const unavailable = { code: 'storage-unavailable', belongsTo: 'pipeline' };
    await expect(ledger.claim(unitNamed('other'), clock.now())).rejects.toMatchObject(unavailable);
    await expect(mine.accept(content(), [])).rejects.toMatchObject(unavailable);
    await expect(failed.recordDelivery('production', evidence, denied, [unit])).rejects.toMatchObject(unavailable);
    // The client may find the closed connection first, and try a new one.
    expect(requests.made).toBeLessThanOrEqual(2);
  });
});

function counting(requests: { made: number }): NonNullable<StorageOptions['policies']>[number] {
  const policy: PipelinePolicy = {
    name: 'count',
    sendRequest: (request, next) => {
      requests.made += 1;
      return next(request);
    },
  };
  return { policy, position: 'perRetry' };
}
