import { describe, expect, it } from 'vitest';
import { RowRanges } from '../../../../shared/kit/ranges.ts';
import { EntryLease } from '../../../../shared/pipeline/ledger/entryLease.ts';
import type { LedgerChange, LedgerStore } from '../../../../shared/pipeline/ports/ledgerStore.ts';
import { failure } from '../fakes.ts';
import {
  content,
  denied,
  evidence,
  FakeEntries,
  identity,
  memoryStore,
  movedClock,
  startOfTime,
  unitNamed,
} from './support.ts';

const unit = unitNamed('Ab3dE6gH8jK0lMn2');
const visibilityMs = 180_000;
const progress = { accepted: RowRanges.first(3), identity, selectors: '' };
const held = { owner: 'me', until: startOfTime + visibilityMs, at: startOfTime };

/** One holder's lease of an entry that earlier holders have left like this. */
async function leased(
  before: readonly LedgerChange[] = [],
  over: (store: LedgerStore) => Partial<LedgerStore> = () => ({}),
) {
  const clock = movedClock();
  const store = memoryStore(clock);
  const failedEntries = new FakeEntries();
  const write = async (change: LedgerChange): Promise<string> => {
    const found = store.entries.get(unit.name);
    const written =
      found === undefined
        ? await store.insert(unit, 'production', change)
        : await store.merge(unit, 'production', change, found.version);
    return written.kind === 'written' ? written.version : '';
  };
  for (const change of before) await write(change);
  const found = store.entries.get(unit.name)?.entry;
  const version = await write({ kind: 'claimed', ...held });
  const lease = new EntryLease(
    { store: { ...store, ...over(store) }, failedEntries, source: 'production', visibilityMs },
    { unit, token: 'me', version, found },
  );
  return { clock, entry: () => store.entries.get(unit.name)?.entry, failedEntries, lease, store, write };
}

const acceptedBefore: LedgerChange = { kind: 'accepted', owner: 'other', content: content(), at: startOfTime };
const failedBefore: LedgerChange = { kind: 'failed', code: 'gzip-invalid', failedIn: ['lab/e-0'], at: startOfTime };

describe('EntryLease', () => {
  it.each<[string, readonly LedgerChange[], object]>([
    ['nothing of a new entry', [], {}],
    ['what was accepted', [acceptedBefore], { accepted: { identity, rows: 17 } }],
    ['for what it failed', [failedBefore], { failedBefore: 'gzip-invalid' }],
    [
      'that its holder ended without a word, and how far it came',
      [
        { kind: 'claimed', ...held, owner: 'other', strikes: 1 },
        { kind: 'progress', progress, at: startOfTime },
      ],
      { progress, strikes: 1 },
    ],
  ])('knows %s', async (_what, before, known) => {
    const { lease } = await leased(before);
    const nothing = { accepted: undefined, failedBefore: undefined, progress: undefined, strikes: undefined };
    expect(lease).toMatchObject({ ...nothing, isLost: false, ...known });
  });

  it('accepts: stubs are kept first, then the outcome, and then the failed entries are closed', async () => {
    const states: unknown[] = [];
    const { entry, failedEntries, lease } = await leased([failedBefore]);
    failedEntries.recordStubs = async (_source, _unit, stubs) => {
      states.push([entry()?.state, stubs.length]);
    };
    failedEntries.delivered = async (id) => {
      states.push([entry()?.state, id]);
    };
    await lease.accept(content(), [{ offset: 5, reason: 'record-too-deep' }]);
    expect(states).toEqual([
      ['claimed', 1],
      ['accepted', 'lab/e-0'],
    ]);
    expect(entry()).toMatchObject({ owner: 'me', rows: 17, failedIn: [] });
  });

  it.each<[string, readonly LedgerChange[], object]>([
    [
      'failed, after the entries of before',
      [failedBefore],
      { state: 'failed', failedIn: ['lab/e-0', 'production/entry-1'] },
    ],
    ['accepted where it was, for the content it had', [acceptedBefore], { state: 'accepted', rows: 17 }],
  ])('fails: the unit is %s', async (_what, before, left) => {
    const { lease, store, write } = await leased(before);
    // What is accepted is claimed without a word.
    if (before.includes(acceptedBefore)) await write(acceptedBefore);
    await lease.fail(denied, evidence);
    expect(store.entries.get(unit.name)?.entry).toMatchObject({ failedFor: 'object-denied', ...left });
    expect(lease.isLost).toBe(false);
  });

  it('is lost once another holder has written, and from then on writes nothing and closes nothing', async () => {
    const { entry, failedEntries, lease, write } = await leased([failedBefore]);
    await write({ kind: 'claimed', ...held, owner: 'other' });
    expect([await lease.extend(), lease.isLost]).toEqual([false, true]);
    await lease.accept(content(), []);
    expect(entry()).toMatchObject({ state: 'claimed', owner: 'other' });
    expect(failedEntries.closed).toEqual([]);
  });

  it.each(['an answer that was lost', 'an entry that was deleted'])('gets over %s', async (what) => {
    const { entry, lease, store, write } = await leased();
    if (what === 'an entry that was deleted') store.entries.delete(unit.name);
    else await write({ kind: 'claimed', ...held });
    await lease.accept(content(), []);
    expect([entry()?.state, lease.isLost]).toEqual(['accepted', false]);
  });

  it('leaves a write that storage refused to whoever asked for it, and does the next one', async () => {
    const away = failure('storage-unavailable');
    let writes = 0;
    const { entry, lease } = await leased([], (store) => ({
      merge: (...asked) => {
        writes += 1;
        return writes === 1 ? Promise.reject(away) : store.merge(...asked);
      },
    }));
    const [first, second] = await Promise.allSettled([lease.keepProgress(progress), lease.extend()]);
    expect([first, second]).toEqual([
      { status: 'rejected', reason: away },
      { status: 'fulfilled', value: true },
    ]);
    expect([entry()?.progress, lease.isLost]).toEqual([undefined, false]);
  });

  it('keeps nothing up after its outcome, and gives nothing up that was accepted before', async () => {
    const own = await leased();
    await own.lease.accept(content(), []);
    const version = own.store.entries.get(unit.name)?.version;
    expect([await own.lease.extend(), await own.lease.keepProgress(progress)]).toEqual([true, false]);
    expect(own.store.entries.get(unit.name)?.version).toBe(version);

    const others = await leased([acceptedBefore]);
    await others.write(acceptedBefore);
    await others.lease.release();
    expect(others.entry()).toMatchObject({ state: 'accepted', owner: 'other' });
  });

  it('counts a strike before it is tried alone, and forgets strikes when it is given up', async () => {
    const { clock, entry, lease } = await leased([{ kind: 'claimed', ...held, owner: 'other', strikes: 1 }]);
    clock.time += 10_000;
    await lease.strike();
    expect(entry()).toMatchObject({ strikes: 2, until: clock.time + 179_000 });
    await lease.release();
    expect(entry()).toMatchObject({ strikes: 0, until: clock.time, writtenAt: clock.time });
  });
});
