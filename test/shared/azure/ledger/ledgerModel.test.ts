import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailedEntries } from '../../../../shared/azure/failedEntries/entries.ts';
import { tableLedger } from '../../../../shared/azure/ledger/tableLedger.ts';
import type { Table } from '../../../../shared/azure/storage/table.ts';
import type { ClaimedObject, Ledger } from '../../../../shared/pipeline/ports/ports.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import { memoryTable, messageAt, movedClock, objectNamed, visibilitySeconds } from './support.ts';

const noFailedEntries = {
  recordObject: async () => undefined,
  recordMessage: async () => undefined,
  recordStubs: async () => undefined,
  delivered: async () => undefined,
} satisfies Partial<FailedEntries> as unknown as FailedEntries;

function ledgerOver(table: Table, instance: string, clock: ReturnType<typeof movedClock>): Required<Ledger> {
  const scope = { ruleIds: ['dcr-1'], stream: 'Custom-AWSCloudTrail', awsPartition: 'aws' };
  return tableLedger({ table, failedEntries: noFailedEntries, source: 's', scope, visibilitySeconds, instance, clock });
}

const objects = [objectNamed('a'), objectNamed('b')];
const wrong = new ConnectorError('gzip-invalid', 'broken');

/** What one object's entry must be, in the simplest words. */
interface ModelEntry {
  state: 'free' | 'claimed' | 'accepted';
  until: number;
  holder: ClaimedObject | undefined;
  etag: string;
}

interface Held {
  readonly claim: ClaimedObject;
  readonly object: number;
  readonly by: number;
  isSettled: boolean;
}

const command = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('claim', 'wait') },
    { weight: 2, arbitrary: fc.constantFrom('accept', 'fail', 'release', 'extend') },
  ),
  instance: fc.nat(1),
  object: fc.nat(1),
  /** Which of the latest claims. */
  which: fc.nat(3),
  // Mostly around the end of a claim.
  seconds: fc.oneof(fc.constantFrom(60, 177, 178, 179, 180), fc.integer({ min: 1, max: 200 })),
});

describe('tableLedger as a state machine', () => {
  it('agrees with a simple model for any sequence of calls by two instances', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 30, maxLength: 60 }), async (commands) => {
        const clock = movedClock();
        const table = memoryTable();
        const ledgers = [ledgerOver(table, 'one', clock), ledgerOver(table, 'two', clock)] as const;
        const model = objects.map((): ModelEntry => ({ state: 'free', until: 0, holder: undefined, etag: '' }));
        const claims: Held[] = [];

        for (const { kind, instance, object, which, seconds } of commands) {
          const now = clock.now();
          if (kind === 'wait') {
            clock.time += seconds * 1000;
            continue;
          }
          if (kind === 'claim') {
            const entry = model[object] as ModelEntry;
            const answer = await (ledgers[instance] as Ledger).claim(objects[object] as never, messageAt(now));
            const isHeld = entry.state === 'claimed' && entry.until > now;
            expect(answer.kind).toBe(entry.state === 'accepted' ? 'accepted' : isHeld ? 'held' : 'claimed');
            if (answer.kind === 'accepted') expect(answer.identity).toEqual({ etag: entry.etag });
            if (answer.kind === 'held') expect(answer.until).toBe(entry.until);
            if (answer.kind === 'claimed') {
              claims.push({ claim: answer.claim, object, by: instance, isSettled: false });
              Object.assign(entry, { state: 'claimed', until: now + 179_000, holder: answer.claim });
            }
            continue;
          }
          const held = claims.at(-1 - which);
          if (held === undefined || held.isSettled) continue;
          const ledger = ledgers[held.by] as Required<Ledger>;
          const entry = model[held.object] as ModelEntry;
          const isHolder = entry.holder === held.claim;
          if (kind === 'extend') {
            expect(await ledger.extend([held.claim])).toEqual(isHolder ? [] : [held.claim]);
            if (isHolder) entry.until = now + 179_000;
            continue;
          }
          held.isSettled = true;
          if (kind === 'accept') {
            await ledger.recordAccepted(held.claim, { etag: held.claim.token }, 1, []);
            if (isHolder) Object.assign(entry, { state: 'accepted', etag: held.claim.token });
          } else if (kind === 'fail') {
            await ledger.recordFailed(held.claim, messageAt(now), wrong);
            if (isHolder) entry.state = 'free';
          } else {
            await ledger.release(held.claim);
            if (isHolder) entry.until = now;
          }
          expect(ledger.isLost(held.claim)).toBe(!isHolder);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never lets two hold an object, nor loses an outcome, however the requests of several instances interleave', async () => {
    const startingPoints = fc.constantFrom('new', 'expired', 'failed', 'expired, and its owner is late');
    // Turns of the event loop that each request takes, and that each instance begins later.
    const turns = fc.array(fc.nat(6), { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(startingPoints, turns, async (before, latencies) => {
        const clock = movedClock();
        const table = memoryTable();
        let calls = 0;
        const pass = async (): Promise<void> => {
          calls += 1;
          for (let turn = latencies[calls % latencies.length] ?? 0; turn > 0; turn--) await setImmediate();
        };
        const slow: Table = {
          ...table,
          write: (write) => pass().then(() => table.write(write)),
          writeTogether: (writes) => pass().then(() => table.writeTogether(writes)),
          read: (key) => pass().then(() => table.read(key)),
        };
        const recorded: string[] = [];
        const accept = async (ledger: Required<Ledger>, claim: ClaimedObject, name: string): Promise<void> => {
          await pass();
          await ledger.recordAccepted(claim, { etag: name }, 1, []);
          if (!ledger.isLost(claim)) recorded.push(name);
        };
        const object = objectNamed('a');
        const earlier = ledgerOver(slow, 'earlier', clock);
        const racing: Promise<unknown>[] = [];
        if (before !== 'new') {
          const claim = await earlier.claim(object, messageAt(clock.now()));
          if (claim.kind !== 'claimed') throw new Error(claim.kind);
          if (before === 'failed') await earlier.recordFailed(claim.claim, messageAt(clock.now()), wrong);
          clock.time += 180_000;
          if (before === 'expired, and its owner is late') racing.push(accept(earlier, claim.claim, 'earlier'));
        }
        const working = ['one', 'two', 'three'].map(async (name): Promise<string> => {
          await pass();
          const ledger = ledgerOver(slow, name, clock);
          const claim = await ledger.claim(object, messageAt(clock.now()));
          if (claim.kind === 'claimed') await accept(ledger, claim.claim, name);
          return claim.kind;
        });
        await Promise.all(racing);
        const granted = (await Promise.all(working)).filter((kind) => kind === 'claimed');
        expect(granted.length).toBeLessThanOrEqual(1);
        expect(recorded).toHaveLength(1);
        const after = await ledgerOver(table, 'after', clock).claim(object, messageAt(clock.now()));
        expect(after).toMatchObject({ kind: 'accepted', identity: { etag: recorded[0] } });
      }),
      { numRuns: 300 },
    );
  });
});
