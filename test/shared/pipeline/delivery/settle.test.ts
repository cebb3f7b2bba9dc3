import { describe, expect, it } from 'vitest';
import { Semaphore } from '../../../../shared/kit/semaphore.ts';
import { SliceTimer } from '../../../../shared/pipeline/accounts/sliceTimer.ts';
import { HeldDeliveries } from '../../../../shared/pipeline/delivery/held.ts';
import { type SettleParts, settleDelivery } from '../../../../shared/pipeline/delivery/settle.ts';
import { keptDelivery } from '../../../../shared/pipeline/ports/failedEntries.ts';
import { acceptedUnit } from '../../../../shared/pipeline/ports/settlement.ts';
import type { AnnouncedUnit, Announcement } from '../../../../shared/pipeline/ports/source.ts';
import type { Unit } from '../../../../shared/pipeline/ports/unit.ts';
import { noCounts, type UnitOutcome } from '../../../../shared/pipeline/ports/unitOutcome.ts';
import { type Failure, failureOf } from '../../../../shared/words/failure.ts';
import { FakeClock, failure } from '../fakes.ts';
import { FakeDelivery, unitOf } from './deliveries.ts';

const ingested = (...names: readonly string[]): AnnouncedUnit[] =>
  names.map((name) => ({ fate: 'ingest', unit: unitOf(name) }));
const deniedUpload = failureOf(failure('upload-denied'), 'pipeline');
const damaged = failureOf(failure('gzip-invalid'), 'object');
const damagedForGood: Failure = { ...damaged, again: 'never' };

function complete(unit: Unit): UnitOutcome {
  const one = acceptedUnit(unit, { records: 1, dropped: 0, written: 1, accepted: 1, stubs: [] });
  return { kind: 'complete', complete: one, counts: noCounts, isReingested: false };
}

/** Units fail as told by name, and are complete otherwise. */
function failing(failures: Readonly<Record<string, Failure>>): (unit: Unit) => UnitOutcome {
  return (unit) => {
    const why = failures[unit.name];
    return why === undefined ? complete(unit) : { kind: 'failed', unit, failure: why, counts: noCounts };
  };
}

/** One delivery that is held, and a journal of what is done about it. */
function rig(
  announced: Partial<Announcement>,
  ingest: (unit: Unit) => UnitOutcome | Promise<UnitOutcome> = complete,
  recordDelivery?: SettleParts['failedEntries']['recordDelivery'],
) {
  const journal: string[] = [];
  const stop = new AbortController();
  const all = new HeldDeliveries();
  const delivery = new FakeDelivery('m', announced);
  delivery.onSettle = ({ kind }) => journal.push(`tell the source ${kind}, ${all.size} held`);
  const parts: SettleParts = {
    source: 'test',
    held: all,
    failedEntries: {
      recordDelivery:
        recordDelivery ??
        (async (source, { entry }, { error }, units) => {
          journal.push(`keep for ${units.map(({ name }) => name).join(', ') || 'the message'}: ${error.message}`);
          return keptDelivery(`${source}/${entry}`);
        }),
    },
    timer: new SliceTimer(new FakeClock()),
    opening: new Semaphore(10, 1_000_000),
    stop: stop.signal,
    ingest: async (unit, { onBegin, onRead }) => {
      onBegin();
      const outcome = await ingest(unit);
      onRead();
      return outcome;
    },
    onAnnouncement: () => journal.push('read the message'),
    onUnit: (outcome) => journal.push(`unit ${outcome.kind}`),
    onSettlement: ({ kind }) => journal.push(`find ${kind}`),
  };
  const held = all.hold(delivery);
  return { all, delivery, journal, settle: () => settleDelivery(held, parts), stop };
}

describe('settleDelivery', () => {
  it('acknowledges once the last unit is complete, and holds the delivery until the source has answered', async () => {
    const last = Promise.withResolvers<void>();
    const { all, journal, settle } = rig({ units: ingested('a', 'b') }, async (unit) => {
      if (unit.name === 'b') await last.promise;
      return complete(unit);
    });
    const settling = settle();
    await new Promise(setImmediate);
    expect(journal).toEqual(['read the message', 'unit complete']);
    last.resolve();
    expect(await settling).toMatchObject({
      id: 'm',
      settlement: { kind: 'acknowledged', proof: { units: [{ unit: { name: 'a' } }, { unit: { name: 'b' } }] } },
      settled: { kind: 'done' },
    });
    expect(journal.slice(2)).toEqual(['unit complete', 'find acknowledged', 'tell the source acknowledged, 1 held']);
    expect(all.size).toBe(0);
  });

  it('acknowledges what announces nothing, or nothing of interest', async () => {
    const skipped: AnnouncedUnit = { fate: 'skip', unit: unitOf('digest'), reason: 'a digest' };
    expect(await rig({}).settle()).toMatchObject({ settlement: { kind: 'acknowledged' }, units: [] });
    expect(await rig({ units: [skipped] }).settle()).toMatchObject({
      settlement: { kind: 'acknowledged', proof: { units: [{ kind: 'skipped', reason: 'a digest' }] } },
    });
  });

  it('returns soon what the pipeline fails, tries its siblings all the same, and keeps it when it comes no more', async () => {
    const begin = () => rig({ units: ingested('a', 'b') }, failing({ a: deniedUpload }));
    const { journal, settle } = begin();
    const returned = { kind: 'returned', failure: deniedUpload, fate: { kind: 'soon', wasTried: true } };
    expect(await settle()).toMatchObject({ settlement: returned, settled: { comesAgainInSeconds: 5 } });
    expect(journal).toEqual([
      ...['read the message', 'unit failed', 'unit complete'],
      ...['find returned', 'tell the source returned, 0 held'],
    ]);
    const last = begin();
    last.delivery.isLastReceive = true;
    expect(await last.settle()).toMatchObject({ settlement: returned });
    expect(last.journal).toContain('keep for the message: it is upload-denied');
  });

  it('keeps what fails by itself before it is returned, to back off', async () => {
    const { journal, settle } = rig({ units: ingested('a', 'b') }, failing({ b: damaged }));
    expect(await settle()).toMatchObject({
      settlement: { kind: 'returned', failure: damaged, fate: { kind: 'back-off' } },
    });
    expect(journal.slice(3)).toEqual([
      ...['keep for b: it is gzip-invalid', 'find returned', 'tell the source returned, 0 held'],
    ]);
  });

  it('gives up on what waiting cannot change, once it is kept', async () => {
    const units = ingested('a');
    const { journal, settle } = rig({ units }, failing({ a: damagedForGood }));
    expect(await settle()).toMatchObject({
      settlement: { kind: 'quarantined', failure: damagedForGood, proof: { id: 'test/entry of m' } },
      settled: { kind: 'done' },
    });
    expect(journal.slice(2)).toEqual([
      ...['keep for a: it is gzip-invalid', 'find quarantined', 'tell the source quarantined, 1 held'],
    ]);
    const unkept = rig({ units }, failing({ a: damagedForGood }), async () => undefined);
    expect(await unkept.settle()).toMatchObject({ settlement: { kind: 'returned', fate: { kind: 'back-off' } } });
    const storageOut = failure('storage-unavailable');
    const unstored = rig({ units }, failing({ a: damagedForGood }), () => Promise.reject(storageOut));
    expect(await unstored.settle()).toMatchObject({ settlement: { kind: 'returned', failure: { error: storageOut } } });
    const mixed = rig({ units: ingested('a', 'b') }, failing({ a: damagedForGood, b: deniedUpload }));
    expect(await mixed.settle()).toMatchObject({ settlement: { kind: 'returned', failure: deniedUpload } });
  });

  it.each([
    ['key-not-allowed', 'quarantined'],
    ['bucket-not-allowed', 'returned'],
  ] as const)(
    'delivers the units of a message of which a part is %s, keeps it whole, and finds it %s',
    async (code, kind) => {
      const refused: AnnouncedUnit = { fate: 'refuse', unit: unitOf('x'), error: failure(code) };
      for (const rest of [{ units: [refused] }, { faults: [failure(code)] }]) {
        const { journal, settle } = rig({ ...rest, units: [...(rest.units ?? []), ...ingested('a')] });
        expect(await settle()).toMatchObject({ settlement: { kind, failure: { error: { code } } } });
        expect(journal).toContain('unit complete');
        expect(journal).toContain(`keep for the message: it is ${code}`);
      }
    },
  );

  it('deletes nothing that somebody else may have, complete or not', async () => {
    for (const outcome of [complete, failing({ a: damagedForGood })]) {
      const { all, delivery, journal, settle } = rig({ units: ingested('a') }, (unit) => {
        delivery.lose('it has lapsed');
        return outcome(unit);
      });
      expect(await settle()).toMatchObject({
        settlement: { kind: 'lost', failure: { error: { message: 'it has lapsed' } } },
        settled: { kind: 'lost' },
      });
      expect(journal.at(-1)).toBe('tell the source lost, 0 held');
      expect(all.size).toBe(0);
    }
  });

  it('returns what there was no time for: untried when nothing was begun, and never as complete', async () => {
    const late = rig({ units: ingested('a') });
    late.stop.abort(failure('slice-ended'));
    expect(await late.settle()).toMatchObject({
      settlement: { kind: 'returned', failure: { error: { code: 'slice-ended' } }, fate: { wasTried: false } },
    });
    expect(late.journal).toEqual(['find returned', 'tell the source returned, 0 held']);
    const { settle, stop } = rig({ units: ingested('a', 'b') }, (unit) => {
      stop.abort(failure('slice-ended'));
      return complete(unit);
    });
    expect(await settle()).toMatchObject({
      settlement: { kind: 'returned', failure: { error: { code: 'slice-ended' } }, fate: { wasTried: true } },
      units: [{ kind: 'complete' }],
    });
  });

  it('takes a bug for no reason to delete: the message is kept and returned', async () => {
    const { journal, settle } = rig({ units: ingested('a') }, () => Promise.reject(new TypeError('x is undefined')));
    expect(await settle()).toMatchObject({
      settlement: { kind: 'returned', failure: { error: { code: 'unforeseen' } }, fate: { kind: 'back-off' } },
    });
    expect(journal).toContain('keep for the message: TypeError: x is undefined');
  });
});
