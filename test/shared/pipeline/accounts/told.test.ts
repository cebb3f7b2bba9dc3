import { describe, expect, it } from 'vitest';
import { announcementEvents, deliveryEvents, unitEvents } from '../../../../shared/pipeline/accounts/told.ts';
import { keptDelivery } from '../../../../shared/pipeline/ports/failedEntries.ts';
import {
  acceptedUnit,
  acknowledgement,
  type Settled,
  type Settlement,
  skippedUnit,
  suppressedUnit,
} from '../../../../shared/pipeline/ports/settlement.ts';
import type { Announcement } from '../../../../shared/pipeline/ports/source.ts';
import { noCounts, type UnitOutcome } from '../../../../shared/pipeline/ports/unitOutcome.ts';
import type { ErrorCode } from '../../../../shared/words/errors.ts';
import { failureOf } from '../../../../shared/words/failure.ts';
import { failure } from '../fakes.ts';
import { unitWith } from '../unit/support.ts';

const unit = unitWith({ etag: 'e1' });
const { at } = unit;
const source = 'test';
const delivery = { id: 'm-1' };

function complete(over: Partial<Extract<UnitOutcome, { kind: 'complete' }>> = {}): UnitOutcome {
  const stubs = [
    { offset: 1, reason: 'record-too-deep' as const },
    { offset: 9, reason: 'further-records' as const, records: 40 },
  ];
  const accepted = acceptedUnit(unit, { records: 50, dropped: 1, written: 49, accepted: 49, stubs });
  return { kind: 'complete', complete: accepted, counts: noCounts, isReingested: false, ...over };
}

describe('unitEvents', () => {
  it('tells that a unit was accepted, with its rows and all records that share a stub', () => {
    expect(unitEvents(source, complete({ foundEtag: '"e1"' }), delivery)).toEqual([
      { type: 'object-accepted', source, at, rows: 49, stubs: 41 },
    ]);
  });

  it('tells everything that is odd about it before', () => {
    const outcome = complete({
      foundEtag: '"e2"',
      isReingested: true,
      oddities: [{ oddity: 'trailing-bytes', bytes: 7 }, { oddity: 'second-member' }],
    });
    expect(unitEvents(source, outcome, delivery)).toMatchObject([
      { type: 'object-not-as-announced', source, at, announced: 'e1', found: '"e2"' },
      { type: 'object-reingested', source, at },
      { type: 'object-odd', source, at, oddity: 'trailing-bytes', bytes: 7 },
      { type: 'object-odd', source, at, oddity: 'second-member' },
      { type: 'object-accepted' },
    ]);
  });

  it('tells what was suppressed, rewritten if it was, and what was skipped and why', () => {
    const suppressed = complete({ complete: suppressedUnit(unit), isRewritten: true });
    const skipped = complete({ complete: skippedUnit(unit, 'a digest') });
    expect([suppressed, skipped].map((outcome) => unitEvents(source, outcome, delivery))).toEqual([
      [
        { type: 'object-rewritten', source, at },
        { type: 'object-suppressed', source, at },
      ],
      [{ type: 'object-skipped', source, at, reason: 'a digest' }],
    ]);
  });

  it.each<[ErrorCode, number]>([
    ['json-invalid', 1],
    ['bucket-not-allowed', 1],
    ['upload-denied', 0],
    ['claim-held', 0],
  ])('tells of a unit that failed by %s in %d events, with its place and message', (code, events) => {
    const outcome = { kind: 'failed', unit, failure: failureOf(failure(code), 'object'), counts: noCounts } as const;
    const told = { type: 'object-failed', source, failure: { code, at: { ...at, messageId: 'm-1' } } };
    expect(unitEvents(source, outcome, delivery)).toMatchObject(Array.from({ length: events }, () => told));
  });
});

describe('deliveryEvents', () => {
  const because = failureOf(failure('object-denied'), 'object');
  const acknowledged: Settlement = { kind: 'acknowledged', proof: acknowledgement([], []) };
  const quarantined: Settlement = { kind: 'quarantined', failure: because, proof: keptDelivery('test/entry-1') };
  const returned: Settlement = { kind: 'returned', failure: because, fate: { kind: 'back-off' } };
  const reported = { code: 'object-denied', owner: 'object', message: 'it is object-denied' };

  it.each<[Settlement, Settled, object[]]>([
    [acknowledged, { kind: 'done' }, [{ type: 'message-acknowledged', objects: 1 }]],
    [quarantined, { kind: 'done' }, [{ type: 'message-quarantined', entry: 'test/entry-1', failure: reported }]],
    [acknowledged, { kind: 'kept', refused: 'AccessDenied' }, [{ type: 'message-kept', refused: 'AccessDenied' }]],
    [
      returned,
      { kind: 'returned', comesAgainInSeconds: 60 },
      [{ type: 'message-returned', visibleInSeconds: 60, failure: reported }],
    ],
    [returned, { kind: 'refused', refused: 'Gone' }, [{ type: 'claim-lost', refused: 'Gone' }]],
    [returned, { kind: 'lost', refused: 'Gone' }, []],
  ])('tells of %o that became %o', (settlement, settled, events) => {
    const about = { source, messageId: 'm-1' };
    expect(deliveryEvents(source, { id: 'm-1', settlement, settled, units: [complete()] })).toEqual(
      events.map((event) => ({ ...event, ...about })),
    );
  });
});

describe('announcementEvents', () => {
  const nothing = { units: [], faults: [], nothing: ['a test event', 'a deletion'] };

  it('tells why a message announces nothing', () => {
    expect(announcementEvents(source, delivery, nothing)).toEqual([
      { type: 'message-empty', source, messageId: 'm-1', reason: 'a test event; a deletion' },
    ]);
  });

  it.each<[string, Announcement]>([
    ['a unit', { ...nothing, units: [{ fate: 'ingest', unit }] }],
    ['a fault', { ...nothing, faults: [failure('notification-unknown')] }],
  ])('says nothing where %s says more', (_what, announced) => {
    expect(announcementEvents(source, delivery, announced)).toEqual([]);
  });
});
