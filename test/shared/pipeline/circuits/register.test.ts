import { describe, expect, it } from 'vitest';
import { memoryCircuits } from '../../../../shared/pipeline/circuits/memoryCircuits.ts';
import { type Entry, Register } from '../../../../shared/pipeline/circuits/register.ts';
import type { CircuitName, CircuitStore } from '../../../../shared/pipeline/ports/circuits.ts';
import type { ConnectorEvent } from '../../../../shared/words/events.ts';
import { FakeClock, failure } from '../fakes.ts';

const rule: CircuitName = { kind: 'rule', rule: 'dcr-1' };
const bucket: CircuitName = { kind: 'bucket', bucket: 'trail', code: 'object-denied' };

function rig({ clock = new FakeClock(), store = memoryCircuits() as CircuitStore } = {}) {
  const events: ConnectorEvent[] = [];
  const storageFailures: unknown[] = [];
  const register = new Register({
    ...{ source: 'test', clock, store },
    report: (event) => events.push(event),
    storageFailed: (error) => storageFailures.push(error),
  });
  const entry = (name: CircuitName): Entry => {
    const found = register.get(name);
    if (found === undefined) throw new Error('the circuit is closed');
    return found;
  };
  const waitMs = (name: CircuitName) => entry(name).circuit.nextProbeAt - clock.now();
  return { clock, entry, events, register, storageFailures, store, waitMs };
}

describe('Register', () => {
  it('keeps, tells and announces a circuit that opens, once', async () => {
    const { clock, events, register, store } = rig();
    let changes = 0;
    register.onChange(() => {
      changes += 1;
    });
    register.open(rule, failure('upload-denied'));
    register.open(rule, failure('upload-not-found'));
    await register.stored();
    const now = clock.now();
    expect((await store.load()).open).toEqual([
      {
        ...{ name: rule, openedAt: now, nextProbeAt: now + 5_000, probes: 0 },
        because: { code: 'upload-denied', message: 'it is upload-denied' },
      },
    ]);
    expect(events).toMatchObject([
      { type: 'circuit-opened', circuit: 'rule/dcr-1', failure: { code: 'upload-denied' } },
    ]);
    expect([changes, register.size]).toEqual([1, 1]);
  });

  it('forgets a circuit that closes, and tells once how long it was open', async () => {
    const { clock, entry, events, register, store } = rig();
    register.open(rule, failure('upload-denied'));
    const opened = entry(rule);
    await clock.advance(7_000);
    register.close(opened);
    register.close(opened);
    await register.stored();
    expect((await store.load()).open).toEqual([]);
    expect(events.slice(1)).toEqual([{ type: 'circuit-closed', source: 'test', circuit: 'rule/dcr-1', openMs: 7_000 }]);
  });

  it.each<[CircuitName, readonly number[]]>([
    [rule, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]],
    [bucket, [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000]],
  ])('has %o tried ever more rarely', (name, waits) => {
    const { entry, events, register, waitMs } = rig();
    register.open(name, failure('object-denied'));
    const seen = waits.map(() => {
      const wait = waitMs(name);
      register.failedAgain(entry(name), failure('object-denied'));
      return wait;
    });
    expect(seen).toEqual(waits);
    expect(events.filter(({ type }) => type === 'circuit-probed')).toHaveLength(waits.length);
    expect(entry(name).circuit.probes).toBe(waits.length);
  });

  it('waits as long as the service asks, where that is longer, and counts earlier trials on', () => {
    const { register, waitMs } = rig();
    register.open(rule, failure('upload-throttled', 90_000));
    register.open(bucket, failure('object-denied'), 3);
    expect([waitMs(rule), waitMs(bucket)]).toEqual([90_000, 1_000]);
  });

  it('takes over what another slice found, with its pace, and tells nobody anew', async () => {
    const first = rig();
    first.register.open(rule, failure('upload-denied'));
    first.register.failedAgain(first.entry(rule), failure('upload-denied'));
    await first.register.stored();
    const { entry, events, register, waitMs } = rig(first);
    await register.load();
    expect(entry(rule).circuit).toEqual(first.entry(rule).circuit);
    expect([waitMs(rule), entry(rule).breaker.trials, events.length]).toEqual([10_000, 1, 0]);
  });

  it('begins with nothing, and says so, when its storage cannot be read', async () => {
    const away = failure('storage-unavailable');
    const { register, storageFailures } = rig({ store: { ...memoryCircuits(), load: () => Promise.reject(away) } });
    await register.load();
    expect([register.size, storageFailures]).toEqual([0, [away]]);
  });

  it('goes on without a write that failed, and does the next', async () => {
    const away = failure('storage-unavailable');
    const memory = memoryCircuits();
    const save: CircuitStore['save'] = (circuit) =>
      circuit.name.kind === 'rule' ? Promise.reject(away) : memory.save(circuit);
    const { register, storageFailures } = rig({ store: { ...memory, save } });
    register.open(rule, failure('upload-denied'));
    register.open(bucket, failure('object-denied'));
    await register.stored();
    expect([register.size, storageFailures]).toEqual([2, [away]]);
    expect((await memory.load()).open.map(({ name }) => name)).toEqual([bucket]);
  });

  it('stores what is true last, however slow the write before is', async () => {
    const memory = memoryCircuits();
    const slow = Promise.withResolvers<void>();
    const save: CircuitStore['save'] = async (circuit) => {
      await slow.promise;
      await memory.save(circuit);
    };
    const { entry, register } = rig({ store: { ...memory, save } });
    register.open(rule, failure('upload-denied'));
    register.close(entry(rule));
    slow.resolve();
    await register.stored();
    expect((await memory.load()).open).toEqual([]);
  });
});
