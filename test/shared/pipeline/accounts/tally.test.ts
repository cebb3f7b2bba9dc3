import { describe, expect, it } from 'vitest';
import { Tally } from '../../../../shared/pipeline/accounts/tally.ts';
import { keptDelivery } from '../../../../shared/pipeline/ports/failedEntries.ts';
import type { SettledDelivery } from '../../../../shared/pipeline/ports/settledDelivery.ts';
import {
  acceptedUnit,
  acknowledgement,
  type CompleteUnit,
  type Settlement,
  skippedUnit,
  suppressedUnit,
} from '../../../../shared/pipeline/ports/settlement.ts';
import { noCounts, type UnitCounts, type UnitOutcome } from '../../../../shared/pipeline/ports/unitOutcome.ts';
import type { ErrorCode } from '../../../../shared/words/errors.ts';
import type { SliceSummary } from '../../../../shared/words/events.ts';
import { failureOf } from '../../../../shared/words/failure.ts';
import { failure } from '../fakes.ts';
import { unitWith } from '../unit/support.ts';

const unit = unitWith();
const now = Date.parse('2026-11-01T00:10:00Z');
const noTime = { sideBySide: 0, oneRead: 0, oneUpload: 0, receiving: 0, deleting: 0, nothing: 0 };

function complete(unitIs: CompleteUnit, counts: Partial<UnitCounts> = {}): UnitOutcome {
  return { kind: 'complete', complete: unitIs, counts: { ...noCounts, ...counts }, isReingested: false };
}

function accepted(rows: number, over = unit): CompleteUnit {
  return acceptedUnit(over, { records: rows, dropped: 0, written: rows, accepted: rows, stubs: [] });
}

function failed(code: ErrorCode, counts: Partial<UnitCounts> = {}): UnitOutcome {
  return { kind: 'failed', unit, failure: failureOf(failure(code), 'pipeline'), counts: { ...noCounts, ...counts } };
}

function summaryOf(tally: Tally): SliceSummary {
  return tally.summary('test', 'queue-empty', 1_000, noTime);
}

const because = failureOf(failure('object-denied'), 'object');
const returned: Settlement = { kind: 'returned', failure: because, fate: { kind: 'back-off' } };
const acknowledged: Settlement = { kind: 'acknowledged', proof: acknowledgement([], []) };
const quarantined: Settlement = { kind: 'quarantined', failure: because, proof: keptDelivery('test/1') };

describe('Tally', () => {
  it('finds that the identity holds when every record is accepted, dropped, suppressed or left', () => {
    const tally = new Tally();
    tally.rowsAccepted = 5;
    tally.addUnit(complete(accepted(5), { records: 9, dropped: 1, suppressed: 3 }), now);
    tally.addUnit(failed('json-invalid', { records: 4, left: 4 }), now);
    expect(summaryOf(tally)).toMatchObject({
      ...{ identityHolds: true, records: 13, rowsAccepted: 5, recordsDropped: 1, recordsSuppressed: 3, recordsLeft: 4 },
    });
  });

  it.each([4, 6])('finds that it does not when %d rows are accepted of five records', (rowsAccepted) => {
    const tally = new Tally();
    tally.rowsAccepted = rowsAccepted;
    tally.addUnit(complete(accepted(5), { records: 5 }), now);
    expect(summaryOf(tally).identityHolds).toBe(false);
  });

  it('counts each unit by what became of it, and none that failed through no fault of its own', () => {
    const tally = new Tally();
    for (const outcome of [
      complete(accepted(0)),
      complete(suppressedUnit(unit)),
      complete(skippedUnit(unit, 'a digest')),
      failed('json-invalid'),
      failed('upload-denied'),
      failed('slice-ended'),
    ]) {
      tally.addUnit(outcome, now);
    }
    expect(summaryOf(tally)).toMatchObject({
      ...{ objectsAccepted: 1, objectsSuppressed: 1, objectsSkipped: 1, objectsFailed: 1 },
    });
  });

  it.each<[string, Pick<SettledDelivery, 'settled' | 'settlement'>, readonly number[]]>([
    ['deleted', { settlement: acknowledged, settled: { kind: 'done' } }, [1, 0, 0]],
    ['deleted and kept', { settlement: quarantined, settled: { kind: 'done' } }, [1, 1, 0]],
    ['neither when it stayed', { settlement: quarantined, settled: { kind: 'kept', refused: 'x' } }, [0, 0, 0]],
    ['returned', { settlement: returned, settled: { kind: 'returned', comesAgainInSeconds: 9 } }, [0, 0, 1]],
    ['returned by itself', { settlement: returned, settled: { kind: 'refused', refused: 'x' } }, [0, 0, 1]],
    ['nobody’s when it is lost', { settlement: returned, settled: { kind: 'lost', refused: 'x' } }, [0, 0, 0]],
  ])('counts a message as %s', (_what, end, counts) => {
    const tally = new Tally();
    tally.addDelivery({ id: 'm', units: [], ...end });
    const { messagesDeleted, messagesQuarantined, messagesReturned } = summaryOf(tally);
    expect([messagesDeleted, messagesQuarantined, messagesReturned]).toEqual(counts);
  });

  it('counts as possible duplicates what was written for a lost delivery, is in flight, or was not written down', () => {
    const tally = new Tally();
    tally.rowsOfUnknownOutcome = 100;
    tally.rowsInFlight = 10;
    tally.addUnit(failed('storage-unavailable', { rowsAgain: 3 }), now);
    const settled = { kind: 'lost', refused: 'x' } as const;
    const units = [failed('claim-held', { written: 1_000 })];
    tally.addDelivery({ id: 'm', settlement: returned, settled, units });
    tally.addDelivery({ id: 'n', settlement: acknowledged, settled, units });
    expect(summaryOf(tally).rowsOfUnknownOutcome).toBe(1_113);
  });

  it('counts a unit that is being worked on as it is now, and once when it has its outcome', () => {
    const tally = new Tally();
    const counts = { ...noCounts, records: 2, left: 2 };
    tally.begun(counts);
    Object.assign(counts, { records: 7, left: 7 });
    expect(summaryOf(tally)).toMatchObject({ records: 7, recordsLeft: 7, identityHolds: true });
    tally.addUnit({ kind: 'failed', unit, failure: because, counts }, now);
    expect(summaryOf(tally)).toMatchObject({ records: 7, recordsLeft: 7, identityHolds: true });
  });

  it('tells the oldest message and both lags, and nothing below zero where clocks differ', () => {
    const tally = new Tally();
    tally.received([{ sentAt: now + 5_000 }, {}], now);
    expect(summaryOf(tally)).toMatchObject({ messagesReceived: 2, oldestMessageMs: 0 });
    tally.received([{ sentAt: now - 60_000 }, { sentAt: now - 1_000 }], now);
    tally.addUnit(complete(accepted(1)), now);
    tally.addUnit(complete(accepted(1, unitWith({ deliveredAt: '2026-11-01T00:08:00Z' }))), now);
    tally.addUnit(complete(accepted(1, unitWith({ deliveredAt: 'some day' }))), now);
    expect(summaryOf(tally)).toMatchObject({ oldestMessageMs: 60_000, longestDeliveryLagMs: 300_000 });
    expect(summaryOf(tally)).not.toHaveProperty('lagP50Ms');
    tally.lags.add(480_000);
    expect(summaryOf(tally)).toMatchObject({ lagP50Ms: 480_000, lagP95Ms: 480_000, longestLagMs: 480_000 });
  });

  it('says nothing of what it does not know', () => {
    const names = Object.keys(summaryOf(new Tally()));
    for (const name of ['waiting', 'inFlight', 'oldestMessageMs', 'longestLagMs', 'deliveryLagP50Ms', 'failure']) {
      expect(names).not.toContain(name);
    }
    const tally = new Tally();
    tally.backlog = { visible: 12, inFlight: 3 };
    tally.failure = { code: 'queue-denied', owner: 'pipeline', message: 'denied' };
    expect(summaryOf(tally)).toMatchObject({ waiting: 12, inFlight: 3, failure: { code: 'queue-denied' } });
  });

  it('tells by the names of the selectors what each dropped, over all units', () => {
    const tally = new Tally(['KMS', 'reads', 'own']);
    const dropping = (droppedBy: readonly number[]) => ({
      ...noCounts,
      records: 3,
      dropped: 3,
      droppedBy,
    });
    tally.begun(dropping([1, 2]));
    tally.begun(dropping([3]));
    expect(summaryOf(tally)).toMatchObject({ recordsDropped: 6, recordsDroppedBy: { KMS: 4, reads: 2, own: 0 } });
    expect(summaryOf(new Tally())).not.toHaveProperty('recordsDroppedBy');
  });
});
