import { describe, expect, it } from 'vitest';
import { RowRanges } from '../../../../shared/kit/ranges.ts';
import type { LedgerStore } from '../../../../shared/pipeline/ports/ledgerStore.ts';
import {
  content,
  denied,
  evidence,
  FakeEntries,
  identity,
  instanceOver,
  kindOf,
  leaseOn,
  memoryStore,
  movedClock,
  startOfTime,
  unitNamed,
} from './support.ts';

const unit = unitNamed('Ab3dE6gH8jK0lMn2');

function world() {
  const clock = movedClock();
  const store = memoryStore(clock);
  const entries = new FakeEntries();
  return {
    ...{ clock, store, entries },
    instance: (source = 'production', over: LedgerStore = store) =>
      instanceOver(over, clock, { failedEntries: entries, source }),
  };
}

describe('ledgerOver: claiming', () => {
  it('grants a lease once, to whichever instance comes first', async () => {
    const { clock, instance } = world();
    const claims = await Promise.all(Array.from({ length: 6 }, () => instance().claim(unit, clock.now())));
    expect(claims.map(kindOf).sort()).toEqual(['granted', 'held', 'held', 'held', 'held', 'held']);
    expect(claims).toContainEqual({ kind: 'held', until: startOfTime + 179_000 });
  });

  it('does not grant one instance the same unit twice, for two deliveries that announce it', async () => {
    const { clock, instance } = world();
    const ledger = instance();
    const claims = await Promise.all([1, 2].map(() => ledger.claim(unit, clock.now())));
    expect(claims.map(kindOf).sort()).toEqual(['granted', 'held']);
  });

  it('remembers what was accepted, for every instance', async () => {
    const { clock, instance } = world();
    await (await leaseOn(instance(), unit, clock)).accept(content(), []);
    clock.time += 13 * 86_400_000;
    expect((await leaseOn(instance(), unit, clock)).accepted).toEqual({ identity, rows: 17 });
  });

  it('hands a lease on when its message must be visible again, and lets the former owner write nothing', async () => {
    const { clock, entries, instance } = world();
    const lost = await leaseOn(instance(), unit, clock);
    clock.time += 180_000;
    const taken = await leaseOn(instance(), unit, clock);
    await lost.accept(content('stale'), []);
    expect([lost.isLost, taken.isLost]).toEqual([true, false]);
    await lost.release();
    await lost.fail(denied, evidence);
    await taken.accept(content(), []);
    const after = await leaseOn(instance(), unit, clock);
    expect([after.accepted, after.failedBefore]).toEqual([{ identity, rows: 17 }, undefined]);
    expect(entries.closed).toEqual([]);
  });

  it('lets only one of several instances take a lease over', async () => {
    const { clock, instance } = world();
    await leaseOn(instance(), unit, clock);
    clock.time += 200_000;
    const claims = await Promise.all(Array.from({ length: 5 }, () => instance().claim(unit, clock.now())));
    expect(claims.map(kindOf).sort()).toEqual(['granted', 'held', 'held', 'held', 'held']);
  });

  it('says "held" to who is always too late, for a few seconds', async () => {
    const { clock, instance, store } = world();
    const contested: LedgerStore = {
      ...store,
      read: async () => undefined,
      insert: async () => ({ kind: 'contested' }),
    };
    expect(await instance('production', contested).claim(unit, clock.now())).toEqual({
      kind: 'held',
      until: clock.now() + 5_000,
    });
  });

  it('frees at once what is released, and what has failed', async () => {
    const { clock, instance } = world();
    await (await leaseOn(instance(), unit, clock)).release();
    await (await leaseOn(instance(), unit, clock)).fail(denied, evidence);
    expect(kindOf(await instance().claim(unit, clock.now()))).toBe('granted');
  });
});

describe('ledgerOver: keeping', () => {
  it('keeps a lease for as long as it is extended', async () => {
    const { clock, instance } = world();
    const mine = await leaseOn(instance(), unit, clock);
    for (let beats = 0; beats < 5; beats++) {
      clock.time += 60_000;
      expect(await mine.extend()).toBe(true);
    }
    expect(await instance().claim(unit, clock.now())).toEqual({ kind: 'held', until: clock.now() + 179_000 });
    clock.time += 180_000;
    await leaseOn(instance(), unit, clock);
    expect(await mine.extend()).toBe(false);
    expect(mine.isLost).toBe(true);
  });

  it('keeps nothing of a unit that has its outcome', async () => {
    const { clock, instance, store } = world();
    const settled = await leaseOn(instance(), unit, clock);
    await settled.accept(content(), []);
    const again = await leaseOn(instance(), unit, clock);
    const before = store.entries.get(unit.name);
    expect([await settled.extend(), await again.extend()]).toEqual([true, true]);
    const progress = { accepted: RowRanges.first(5), identity, selectors: '' };
    expect([await settled.keepProgress(progress), await again.keepProgress(progress)]).toEqual([false, false]);
    await again.release();
    expect(store.entries.get(unit.name)).toBe(before);
  });

  it('hands the progress of a former owner on, with the selectors it was taken under', async () => {
    const { clock, instance } = world();
    const first = await leaseOn(instance(), unit, clock);
    const progress = (rows: number) => ({ accepted: RowRanges.first(rows), identity, selectors: 'hash' });
    await first.keepProgress(progress(1_000));
    await Promise.all([first.keepProgress(progress(2_000)), first.extend(), first.keepProgress(progress(3_000))]);
    await first.release();
    expect((await leaseOn(instance(), unit, clock)).progress).toEqual(progress(3_000));
  });
});

describe('ledgerOver: outcomes', () => {
  it('accepts the outcome of a lease that has ended and that nobody took over', async () => {
    const { clock, instance } = world();
    const late = await leaseOn(instance(), unit, clock);
    clock.time += 3_600_000;
    await late.accept(content(), []);
    expect(late.isLost).toBe(false);
    expect(kindOf(await instance().claim(unit, clock.now()))).toBe('accepted');
  });

  it('replaces an outcome by that of other content, if nobody else did', async () => {
    const { clock, entries, instance } = world();
    await (await leaseOn(instance(), unit, clock)).accept(content(), []);
    const one = await leaseOn(instance(), unit, clock);
    const two = await leaseOn(instance(), unit, clock);
    await one.fail(denied, evidence);
    expect(kindOf(await instance().claim(unit, clock.now()))).toBe('accepted');
    expect(entries.closed).toEqual([]);
    await one.accept(content('e2', 18), []);
    await two.accept(content('e3', 19), []);
    expect([one.isLost, two.isLost]).toEqual([false, true]);
    expect((await leaseOn(instance(), unit, clock)).accepted).toEqual({ identity: { etag: 'e2' }, rows: 18 });
    expect(entries.closed).toEqual(['production/entry-1']);
  });

  it('writes an entry anew that was deleted under its holder', async () => {
    const { clock, instance, store } = world();
    const mine = await leaseOn(instance(), unit, clock);
    store.entries.clear();
    await mine.accept(content(), []);
    expect((await leaseOn(instance(), unit, clock)).accepted).toMatchObject({ rows: 17 });
  });

  it('remembers a failure, and for which deliveries, until the unit is accepted after all', async () => {
    const { clock, entries, instance } = world();
    await (await leaseOn(instance(), unit, clock)).fail(denied, evidence);
    // Also through a lease that came to nothing.
    const second = await leaseOn(instance(), unit, clock);
    expect(second.failedBefore).toBe('object-denied');
    await second.release();
    const third = await leaseOn(instance(), unit, clock);
    expect(third.failedBefore).toBe('object-denied');
    await third.fail(denied, { ...evidence, entry: 'entry-2' });
    await (await leaseOn(instance(), unit, clock)).accept(content(), []);
    expect(entries.closed).toEqual(['production/entry-1', 'production/entry-2']);
    expect((await leaseOn(instance(), unit, clock)).failedBefore).toBeUndefined();
  });

  it('takes the outcome of new content from one reader although another one failed meanwhile', async () => {
    const { clock, entries, instance } = world();
    await (await leaseOn(instance(), unit, clock)).accept(content(), []);
    const failing = await leaseOn(instance(), unit, clock);
    const accepting = await leaseOn(instance(), unit, clock);
    await failing.fail(denied, evidence);
    await accepting.accept(content('e2', 18), []);
    expect(accepting.isLost).toBe(false);
    expect((await leaseOn(instance(), unit, clock)).accepted).toEqual({ identity: { etag: 'e2' }, rows: 18 });
    expect(entries.closed).toEqual(['production/entry-1']);
  });

  it('records no failure over an outcome that another reader was quicker to record', async () => {
    const { clock, instance } = world();
    await (await leaseOn(instance(), unit, clock)).accept(content(), []);
    const failing = await leaseOn(instance(), unit, clock);
    await (await leaseOn(instance(), unit, clock)).accept(content('e2'), []);
    await failing.fail(denied, evidence);
    expect(failing.isLost).toBe(true);
    expect((await leaseOn(instance(), unit, clock)).failedBefore).toBeUndefined();
  });

  it('closes the failed entries of every source once the unit is accepted through one of them', async () => {
    const { clock, entries, instance } = world();
    await (await leaseOn(instance('one'), unit, clock)).fail(denied, evidence);
    await (await leaseOn(instance('two'), unit, clock)).fail(denied, evidence);
    await (await leaseOn(instance('three'), unit, clock)).accept(content(), []);
    expect(entries.closed).toEqual(['one/entry-1', 'two/entry-1']);
  });

  it('keeps the offsets of records that were not understood, before anything says that the unit was accepted', async () => {
    const { clock, entries, store } = world();
    const seen: string[] = [];
    const watching: LedgerStore = {
      ...store,
      merge: (...write) => {
        seen.push(...entries.recorded);
        return store.merge(...write);
      },
    };
    const lease = await leaseOn(instanceOver(watching, clock, { failedEntries: entries }), unit, clock);
    await lease.accept(content(), [{ offset: 4711, reason: 'record-too-deep' }]);
    expect(seen).toEqual(['production stubs 1']);
  });

  it('knows its own writes again when their answers were lost', async () => {
    const { clock, entries, instance, store } = world();
    // Every other write is done, not answered, and made once more.
    let isLost = false;
    const twice = async <Answer>(write: () => Promise<Answer>): Promise<Answer> => {
      isLost = !isLost;
      if (isLost) await write();
      return await write();
    };
    const losing: LedgerStore = {
      ...store,
      insert: (...write) => twice(() => store.insert(...write)),
      merge: (...write) => twice(() => store.merge(...write)),
    };
    const ledger = instance('production', losing);
    await (await leaseOn(ledger, unit, clock)).fail(denied, evidence);
    const first = await leaseOn(ledger, unit, clock);
    expect(await first.extend()).toBe(true);
    await first.release();
    const again = await leaseOn(ledger, unit, clock);
    await again.accept(content(), []);
    expect(again.isLost).toBe(false);
    expect(entries.closed).toEqual(['production/entry-1']);
    expect(kindOf(await instance().claim(unit, clock.now()))).toBe('accepted');
  });
});
