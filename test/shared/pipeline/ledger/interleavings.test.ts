import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lease } from '../../../../shared/pipeline/ports/lease.ts';
import type { LedgerStore } from '../../../../shared/pipeline/ports/ledgerStore.ts';
import {
  content,
  denied,
  evidence,
  FakeEntries,
  instanceOver,
  kindOf,
  leaseOn,
  memoryStore,
  movedClock,
  unitNamed,
} from './support.ts';

const units = [unitNamed('a'), unitNamed('b')] as const;

/** What one unit's entry must be, in the simplest words. */
interface ModelEntry {
  state: 'free' | 'claimed' | 'accepted';
  until: number;
  holder: Lease | undefined;
  etag: string;
}

interface Held {
  readonly lease: Lease;
  readonly unit: number;
  readonly etag: string;
  isSettled: boolean;
}

const command = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('claim', 'wait') },
    { weight: 2, arbitrary: fc.constantFrom('accept', 'fail', 'release', 'extend') },
  ),
  instance: fc.nat(1),
  unit: fc.nat(1),
  /** Which of the latest leases. */
  which: fc.nat(3),
  // Mostly around the end of a lease.
  seconds: fc.oneof(fc.constantFrom(60, 177, 178, 179, 180), fc.integer({ min: 1, max: 200 })),
});

describe('ledgerOver as a state machine', () => {
  it('agrees with a simple model for any sequence of calls by two instances', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 30, maxLength: 60 }), async (commands) => {
        const clock = movedClock();
        const store = memoryStore(clock);
        const ledgers = [instanceOver(store, clock), instanceOver(store, clock)] as const;
        const model = units.map((): ModelEntry => ({ state: 'free', until: 0, holder: undefined, etag: '' }));
        const leases: Held[] = [];

        for (const { kind, instance, unit, which, seconds } of commands) {
          const now = clock.now();
          if (kind === 'wait') {
            clock.time += seconds * 1000;
            continue;
          }
          if (kind === 'claim') {
            const entry = model[unit] as ModelEntry;
            const answer = await (ledgers[instance] ?? ledgers[0]).claim(units[unit] ?? units[0], now);
            const isHeld = entry.state === 'claimed' && entry.until > now;
            expect(kindOf(answer)).toBe(entry.state === 'accepted' ? 'accepted' : isHeld ? 'held' : 'granted');
            if (answer.kind === 'held') expect(answer.until).toBe(entry.until);
            else if (answer.lease.accepted !== undefined) {
              expect(answer.lease.accepted.identity).toEqual({ etag: entry.etag });
            } else {
              leases.push({ lease: answer.lease, unit, etag: `etag-${leases.length}`, isSettled: false });
              Object.assign(entry, { state: 'claimed', until: now + 179_000, holder: answer.lease });
            }
            continue;
          }
          const held = leases.at(-1 - which);
          if (held === undefined || held.isSettled) continue;
          const { lease, etag } = held;
          const entry = model[held.unit] as ModelEntry;
          const isHolder = entry.holder === lease;
          if (kind === 'extend') {
            expect(await lease.extend()).toBe(isHolder);
            if (isHolder) entry.until = now + 179_000;
            continue;
          }
          held.isSettled = true;
          if (kind === 'accept') {
            await lease.accept(content(etag), []);
            if (isHolder) Object.assign(entry, { state: 'accepted', etag });
          } else if (kind === 'fail') {
            await lease.fail(denied, evidence);
            if (isHolder) entry.state = 'free';
          } else {
            await lease.release();
            if (isHolder) entry.until = now;
          }
          expect(lease.isLost).toBe(!isHolder);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never lets two hold a unit, nor loses an outcome or a failed entry, however the requests of several instances interleave', async () => {
    const startingPoints = fc.constantFrom('new', 'expired', 'failed', 'expired, and its owner is late');
    // Turns of the event loop that each request takes, and that each instance begins later.
    const turns = fc.array(fc.nat(6), { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(startingPoints, turns, async (before, latencies) => {
        const clock = movedClock();
        const store = memoryStore(clock);
        const failedEntries = new FakeEntries();
        let calls = 0;
        const pass = async (): Promise<void> => {
          calls += 1;
          for (let turn = latencies[calls % latencies.length] ?? 0; turn > 0; turn--) await setImmediate();
        };
        const slow: LedgerStore = {
          ...store,
          insert: (...write) => pass().then(() => store.insert(...write)),
          merge: (...write) => pass().then(() => store.merge(...write)),
          read: (unit) => pass().then(() => store.read(unit)),
        };
        const recorded: string[] = [];
        const accept = async (lease: Lease, name: string): Promise<void> => {
          await pass();
          await lease.accept(content(name), []);
          if (!lease.isLost) recorded.push(name);
        };
        const unit = units[0];
        const racing: Promise<unknown>[] = [];
        if (before !== 'new') {
          const lease = await leaseOn(instanceOver(slow, clock, { failedEntries }), unit, clock);
          if (before === 'failed') await lease.fail(denied, evidence);
          clock.time += 180_000;
          if (before === 'expired, and its owner is late') racing.push(accept(lease, 'earlier'));
        }
        const working = ['one', 'two', 'three'].map(async (name): Promise<string> => {
          await pass();
          const claim = await instanceOver(slow, clock, { failedEntries }).claim(unit, clock.now());
          const kind = kindOf(claim);
          if (claim.kind === 'granted' && kind === 'granted') await accept(claim.lease, name);
          return kind;
        });
        await Promise.all(racing);
        const leases = (await Promise.all(working)).filter((kind) => kind === 'granted');
        expect(leases.length).toBeLessThanOrEqual(1);
        expect(recorded).toHaveLength(1);
        const after = await leaseOn(instanceOver(store, clock), unit, clock);
        expect(after.accepted?.identity).toEqual({ etag: recorded[0] });
        expect([...new Set(failedEntries.closed)]).toEqual(before === 'failed' ? ['production/entry-1'] : []);
      }),
      { numRuns: 300 },
    );
  });
});
