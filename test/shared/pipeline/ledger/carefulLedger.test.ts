import { describe, expect, it } from 'vitest';
import { RowRanges } from '../../../../shared/kit/ranges.ts';
import { carefulLedger } from '../../../../shared/pipeline/ledger/carefulLedger.ts';
import { carefully } from '../../../../shared/pipeline/ledger/carefully.ts';
import type { LedgerStore } from '../../../../shared/pipeline/ports/ledgerStore.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
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
  unitNamed,
} from './support.ts';

const unit = unitNamed('a');

/** A ledger whose storage can be taken away. */
function world() {
  const clock = movedClock();
  const store = memoryStore(clock);
  const entries = new FakeEntries();
  const told: unknown[] = [];
  let isAway = false;
  const ask = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    if (isAway) throw new ConnectorError('storage-unavailable', 'no answer');
    return await call();
  };
  const away: LedgerStore = {
    now: () => store.now(),
    read: (...asked) => ask(() => store.read(...asked)),
    insert: (...asked) => ask(() => store.insert(...asked)),
    merge: (...asked) => ask(() => store.merge(...asked)),
    purgeExpired: (...asked) => ask(() => store.purgeExpired(...asked)),
  };
  const ledger = carefulLedger(
    instanceOver(away, clock, { failedEntries: entries }),
    carefully((error) => told.push(error)),
  );
  return {
    ...{ clock, ledger, told },
    other: instanceOver(store, clock, { failedEntries: entries }),
    away: (is: boolean) => {
      isAway = is;
    },
  };
}

describe('carefulLedger', () => {
  it('grants what it cannot ask for, forgets what it cannot record, and says so each time', async () => {
    const { away, clock, ledger, told } = world();
    away(true);
    const lease = await leaseOn(ledger, unit, clock);
    expect(lease.accepted).toBeUndefined();
    expect(await lease.keepProgress({ accepted: RowRanges.first(1), identity, selectors: '' })).toBe(false);
    expect(await lease.extend()).toBe(true);
    await lease.accept(content(), []);
    expect(lease.isLost).toBe(false);
    expect(await ledger.purgeExpired(clock.now(), new AbortController().signal)).toBe(0);
    expect(told).toHaveLength(3);
  });

  it('records nothing and throws nothing when storage goes away under a lease', async () => {
    const { away, clock, ledger, other, told } = world();
    const lease = await leaseOn(ledger, unit, clock);
    away(true);
    expect(await lease.extend()).toBe(true);
    expect(await lease.keepProgress({ accepted: RowRanges.first(1), identity, selectors: '' })).toBe(false);
    await lease.fail(denied, evidence);
    await lease.release();
    expect(told).toHaveLength(4);
    expect(kindOf(await other.claim(unit, clock.now()))).toBe('held');
  });

  it('records the outcome of a lease that could not be asked for, once storage is back', async () => {
    const { away, clock, ledger, other } = world();
    const [one, two] = [unitNamed('one'), unitNamed('two')];
    away(true);
    const [accepting, failing] = [await leaseOn(ledger, one, clock), await leaseOn(ledger, two, clock)];
    away(false);
    await accepting.accept(content(), []);
    await failing.fail(denied, evidence);
    expect(kindOf(await other.claim(one, clock.now()))).toBe('accepted');
    const after = await other.claim(two, clock.now());
    expect(after.kind === 'granted' && after.lease.failedBefore).toBe('object-denied');
    expect([accepting.isLost, failing.isLost]).toEqual([false, false]);
  });

  it('knows that it was never the holder when another instance has been granted the lease', async () => {
    const { away, clock, ledger, other } = world();
    away(true);
    const lease = await leaseOn(ledger, unit, clock);
    away(false);
    await leaseOn(other, unit, clock);
    await lease.accept(content(), []);
    expect(lease.isLost).toBe(true);
  });
});
