import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type LocalStorage, startStorage } from '../../../../local/azure/storage.ts';
import { tableCircuits } from '../../../../shared/azure/ledger/tableCircuits.ts';
import { tableStore } from '../../../../shared/azure/ledger/tableStore.ts';
import { ledgerOver } from '../../../../shared/pipeline/ledger/ledger.ts';
import type { OpenCircuit } from '../../../../shared/pipeline/ports/circuits.ts';
import {
  FakeEntries,
  kindOf,
  leaseOn,
  movedClock,
  startOfTime,
  unitNamed,
  visibilitySeconds,
} from '../../pipeline/ledger/support.ts';
import { memoryTable, newName, opened, usualScope } from './support.ts';

const hours = 3_600_000;
const unit = unitNamed('a');

/** Instances over one table, whose clocks are as many hours from the service's as is said. */
function world() {
  const service = movedClock();
  const table = memoryTable(service);
  let made = 0;
  return {
    service,
    instance: (aheadMs: number) => {
      made += 1;
      const clock = { time: 0, now: () => service.now() + aheadMs };
      const store = tableStore(table, usualScope, service);
      const parts = { store, failedEntries: new FakeEntries(), source: 's', visibilitySeconds, clock };
      return { clock, ledger: ledgerOver({ ...parts, instance: `instance-${made}` }) };
    },
  };
}

describe('a ledger whose instances have different clocks', () => {
  it.each([
    ['ahead of the next', 4 * hours, 0],
    ['behind the next', -4 * hours, 0],
    ['right, and the next ahead', 0, 4 * hours],
    ['right, and the next behind', 0, -4 * hours],
    ['days from the next', 20 * 24 * hours, -20 * 24 * hours],
  ])('keeps a lease for its time and no longer, when its holder is %s', async (_, one, two) => {
    const { instance, service } = world();
    const [holder, next] = [instance(one), instance(two)];
    await leaseOn(holder.ledger, unit, holder.clock);
    service.time += 178_000;
    expect(await next.ledger.claim(unit, next.clock.now())).toEqual({ kind: 'held', until: next.clock.now() + 1_000 });
    service.time += 1_000;
    expect(kindOf(await next.ledger.claim(unit, next.clock.now()))).toBe('granted');
  });

  it('measures a lease from its last extension', async () => {
    const { instance, service } = world();
    const [holder, next] = [instance(-4 * hours), instance(4 * hours)];
    const lease = await leaseOn(holder.ledger, unit, holder.clock);
    for (let beats = 0; beats < 5; beats++) {
      service.time += 60_000;
      expect(await lease.extend()).toBe(true);
      expect(kindOf(await next.ledger.claim(unit, next.clock.now()))).toBe('held');
    }
  });

  it('takes over what an instance left that did not know of the service’s time', async () => {
    const { instance, service } = world();
    const table = memoryTable(service);
    const ahead = { time: 0, now: () => service.now() + 4 * hours };
    const over = (time: { now(): number }) =>
      ledgerOver({
        store: tableStore(table, usualScope, time),
        ...{
          failedEntries: new FakeEntries(),
          source: 's',
          visibilitySeconds,
          clock: time,
          instance: String(time.now()),
        },
      });
    await leaseOn(over(ahead), unit, ahead);
    service.time += 180_000;
    expect(kindOf(await over(service).claim(unit, service.now()))).toBe('granted');
    expect(instance(0).clock.now()).toBe(startOfTime + 180_000);
  });
});

describe('over the emulated service, a ledger', () => {
  let local: LocalStorage;
  beforeAll(async () => {
    local = await startStorage();
  });
  afterAll(() => local.stop());

  it('takes its time from the answers', async () => {
    const name = newName();
    const instance = (aheadMs: number, visibility: number) => {
      const clock = { time: 0, now: () => Date.now() + aheadMs };
      const storage = opened(local, clock, { time: 'service' });
      const store = tableStore(storage.table(name), usualScope, storage.time);
      const parts = { store, failedEntries: new FakeEntries(), source: 's', clock };
      const ledger = ledgerOver({ ...parts, instance: `ahead-${aheadMs}`, visibilitySeconds: visibility });
      return { clock, ledger, storage };
    };
    const [ahead, behind] = [instance(4 * hours, 0.001), instance(-4 * hours, 180)];
    await leaseOn(ahead.ledger, unit, ahead.clock);
    expect(ahead.storage.time.differenceMs).toBeLessThan(-3.9 * hours);
    // The service's time is told in whole seconds: the first lease ends within one of them.
    await vi.waitFor(() => leaseOn(behind.ledger, unit, behind.clock), { timeout: 120_000 });
    expect(behind.storage.time.differenceMs).toBeGreaterThan(3.9 * hours);
    const held = await instance(4 * hours, 180).ledger.claim(unit, Date.now() + 4 * hours);
    expect(held.kind === 'held' && Math.abs(held.until - Date.now() - 4 * hours)).toBeLessThan(180_000);
  });

  it('lets every instance probe a circuit in time that one far ahead has opened', async () => {
    const table = memoryTable();
    const at = Date.parse('2026-11-01T00:00:00Z');
    const circuits = (aheadMs: number) => tableCircuits({ table, source: 's', time: { differenceMs: -aheadMs } });
    const circuit: OpenCircuit = {
      name: { kind: 'source' },
      openedAt: at + 4 * hours,
      nextProbeAt: at + 4 * hours + 30_000,
      probes: 1,
      because: { code: 'queue-unavailable', message: 'no answer' },
    };
    await circuits(4 * hours).save(circuit);
    expect((await circuits(0).load()).open).toMatchObject([{ openedAt: at, nextProbeAt: at + 30_000 }]);
  });
});
