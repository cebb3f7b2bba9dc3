import { describe, expect, it } from 'vitest';
import type { KnownTrail } from '../../../../proof/faults/judge/knownTrail.ts';
import type { LedgerFact } from '../../../../proof/faults/judge/ledgerWatch.ts';
import { Observer } from '../../../../proof/faults/judge/observer.ts';
import { RowRanges } from '../../../../shared/kit/ranges.ts';

const trail: KnownTrail = {
  objects: [
    { key: 'a', gzip: new Uint8Array(), rows: ['0', '1', '2', '3'].map((id) => ({ eventId: id, content: id })) },
  ],
  messages: [],
  records: 4,
};

describe('Observer', () => {
  it('expects no row twice when every answered upload is recorded', () => {
    const observer = new Observer(trail);
    observer.ledger(0, [claimed('x')]);
    upload(observer, 0, ['0', '1']);
    observer.ledger(0, [{ kind: 'progress', key: 'a', rows: RowRanges.first(2) }]);
    upload(observer, 0, ['2', '3']);
    observer.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(observer.bound(none).rows).toBe(0);
  });

  it('counts an upload whose answer reached nobody, recorded or not', () => {
    const observer = new Observer(trail);
    upload(observer, 0, ['0', '1'], false);
    observer.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(observer.bound(none).byCause.unanswered).toBe(2);
  });

  it('counts what a killed process had not recorded', () => {
    const observer = new Observer(trail);
    observer.ledger(0, [claimed('x')]);
    upload(observer, 0, ['0', '1']);
    observer.ledger(0, [{ kind: 'progress', key: 'a', rows: RowRanges.first(2) }]);
    upload(observer, 0, ['2', '3']);
    observer.killed(0);
    const bound = observer.bound(none);
    expect(bound.byCause.crash).toBe(2);
    expect(bound.byKey.get('a')).toBe(2);
  });

  it('does not blame a crash for what three later progress writes left out', () => {
    const observer = claimedBy(0);
    upload(observer, 0, ['0', '1']);
    observer.ledger(0, [{ kind: 'progress', key: 'a', rows: new RowRanges() }]);
    observer.ledger(0, [{ kind: 'progress', key: 'a', rows: new RowRanges() }]);
    observer.ledger(0, [{ kind: 'progress', key: 'a', rows: new RowRanges() }]);
    observer.killed(0);
    expect(observer.bound(none).rows).toBe(0);
  });

  it('does not blame a crash that came after the object was given up', () => {
    const observer = claimedBy(0);
    upload(observer, 0, ['0', '1']);
    observer.ledger(0, [{ kind: 'given-up', key: 'a' }]);
    observer.killed(0);
    expect(observer.bound(none).rows).toBe(0);
  });

  it('blames a crash for what two later progress writes left out, as both may have begun before the answer was seen', () => {
    const observer = claimedBy(0);
    upload(observer, 0, ['0', '1']);
    observer.ledger(0, [{ kind: 'progress', key: 'a', rows: new RowRanges() }]);
    observer.ledger(0, [{ kind: 'progress', key: 'a', rows: new RowRanges() }]);
    observer.killed(0);
    expect(observer.bound(none).byCause.crash).toBe(2);
  });

  it('counts what was sent under a claim that another process had taken over', () => {
    const observer = claimedBy(0);
    observer.ledger(1, [claimed('y')]);
    upload(observer, 0, ['0']);
    expect(observer.bound(none).byCause['claim-lost']).toBe(1);
  });

  it('counts what was sent before the claim was taken over, once a later write was refused', () => {
    const observer = claimedBy(0);
    upload(observer, 0, ['0']);
    observer.ledger(1, [claimed('y')]);
    expect(observer.bound(none).rows).toBe(0);
    observer.ledger(0, [{ kind: 'refused', key: 'a' }]);
    expect(observer.bound(none).byCause['claim-lost']).toBe(1);
  });

  it('allows nothing for a claim that was taken while it was held', () => {
    const observer = new Observer(trail);
    observer.ledger(0, [claimed('x', 0, 30)]);
    upload(observer, 0, ['0']);
    observer.ledger(1, [claimed('y', 29, 60)]);
    observer.ledger(0, [{ kind: 'refused', key: 'a', token: 'x' }]);
    upload(observer, 0, ['1']);
    expect(observer.bound(none).rows).toBe(0);
  });

  it('allows nothing for a process that took over from itself while it held the object', () => {
    const observer = new Observer(trail);
    observer.ledger(0, [claimed('x', 0, 30)]);
    upload(observer, 0, ['0']);
    observer.ledger(0, [claimed('y', 29, 60)]);
    observer.ledger(0, [{ kind: 'refused', key: 'a', token: 'x' }]);
    expect(observer.bound(none).rows).toBe(0);
  });

  it('counts what a process sent under a claim that it took over from itself', () => {
    const observer = claimedBy(0);
    upload(observer, 0, ['0']);
    observer.ledger(0, [claimed('y')]);
    observer.ledger(0, [{ kind: 'refused', key: 'a', token: 'x' }]);
    upload(observer, 0, ['0']);
    observer.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(observer.bound(none)).toMatchObject({ rows: 1, byCause: { 'claim-lost': 1 } });
  });

  it('lets nobody without a claim send what another holds', () => {
    const observer = claimedBy(0);
    upload(observer, 1, ['0', '1']);
    upload(observer, 0, ['0', '1', '2', '3']);
    observer.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(observer.bound(none).rows).toBe(0);
  });

  it('lets nobody send what another has had accepted', () => {
    const observer = claimedBy(0);
    upload(observer, 0, ['0', '1', '2', '3']);
    observer.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    upload(observer, 1, ['0', '1', '2', '3']);
    expect(observer.bound(none).rows).toBe(0);
  });

  it('allows nothing for who never recorded what it sent, when another claims the object later', () => {
    const observer = claimedBy(0);
    upload(observer, 0, ['0', '1', '2', '3']);
    observer.ledger(0, [{ kind: 'given-up', key: 'a' }]);
    observer.ledger(1, [claimed('y')]);
    upload(observer, 1, ['0', '1', '2', '3']);
    observer.ledger(1, [{ kind: 'accepted', key: 'a' }]);
    expect(observer.bound(none).rows).toBe(0);
  });

  it('does not take the loss of one claim for that of an earlier one', () => {
    const observer = claimedBy(0);
    upload(observer, 0, ['0']);
    observer.ledger(0, [{ kind: 'given-up', key: 'a' }]);
    observer.ledger(0, [claimed('z')]);
    observer.ledger(1, [claimed('y')]);
    observer.ledger(0, [{ kind: 'refused', key: 'a', token: 'z' }]);
    expect(observer.bound(none).rows).toBe(0);
  });

  it('counts what was sent under a claim while the storage failed later, and not what failed before', () => {
    const before = new Observer(trail);
    before.ledgerFailed(0);
    before.ledgerWorks(0);
    before.ledger(0, [claimed('x')]);
    upload(before, 0, ['0']);
    expect(before.bound(none).rows).toBe(0);
    before.ledgerFailed(0);
    expect(before.bound(none).byCause['no-ledger']).toBe(1);
  });

  it('counts what was sent while the storage had been failing since before the claim', () => {
    const observer = new Observer(trail);
    observer.ledgerFailed(0);
    observer.ledger(0, [claimed('x')]);
    upload(observer, 0, ['0']);
    expect(observer.bound(none).byCause['no-ledger']).toBe(1);
  });

  it('allows nothing for an upload by a failure after the claim had ended', () => {
    const observer = claimedBy(0);
    upload(observer, 0, ['0']);
    observer.ledger(0, [claimed('y')]);
    observer.ledgerFailed(0);
    expect(observer.bound(none).rows).toBe(0);
  });

  it('counts without a claim only what was sent after a failure of the storage', () => {
    const observer = new Observer(trail);
    upload(observer, 0, ['0']);
    observer.ledgerFailed(0);
    expect(observer.bound(none).rows).toBe(0);
    upload(observer, 0, ['1']);
    expect(observer.bound(none).byCause['no-ledger']).toBe(1);
  });

  it('tells apart what its process itself gave up, and allows nothing else for that', () => {
    const observer = new Observer(trail);
    upload(observer, 0, ['2', '3']);
    expect(observer.bound(none).rows).toBe(0);
    expect(observer.bound(() => 1).rows).toBe(0);
    expect(observer.bound(() => 2).byCause).toMatchObject({ 'hung-up': 2, unanswered: 0 });
    upload(observer, 0, ['0'], false);
    expect(observer.bound(() => 2).byCause).toMatchObject({ 'hung-up': 0, unanswered: 1 });
  });

  it('allows each object what was given up of one of them, and all together no more', () => {
    const other = { key: 'b', gzip: new Uint8Array(), rows: ['4', '5'].map((id) => ({ eventId: id, content: id })) };
    const observer = new Observer({ ...trail, objects: [...trail.objects, other], records: 6 });
    upload(observer, 0, ['0', '1']);
    upload(observer, 0, ['4', '5']);
    const { byCause, byKey, rows } = observer.bound(() => 2);
    expect([byKey.get('a'), byKey.get('b'), byCause['hung-up'], rows]).toEqual([2, 2, 2, 2]);
  });

  it('does not take the record of a second reading for that of the first', () => {
    const observer = new Observer(trail);
    observer.ledgerFailed(0);
    observer.ledgerWorks(0);
    upload(observer, 0, ['0', '1']);
    observer.ledger(0, [claimed('x')]);
    upload(observer, 0, ['0', '1']);
    observer.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(observer.bound(none).byCause['no-ledger']).toBe(2);
  });

  it('counts what was sent for want of a ledger while the same process reads the object under a claim, too', () => {
    const observer = new Observer(trail);
    observer.ledgerFailed(0);
    observer.ledgerWorks(0);
    observer.ledger(0, [claimed('x')]);
    upload(observer, 0, ['0', '1']);
    upload(observer, 0, ['0', '1']);
    observer.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(observer.bound(none).byCause['no-ledger']).toBe(2);
  });

  it('counts each row of a reading without a ledger beside one under a claim, however they take turns', () => {
    const observer = claimedBy(0);
    observer.ledgerFailed(0);
    observer.ledgerWorks(0);
    upload(observer, 0, ['1', '2', '3']);
    observer.ledger(0, [{ kind: 'progress', key: 'a', rows: RowRanges.parse('1-4') }]);
    upload(observer, 0, ['0']);
    upload(observer, 0, ['0', '1']);
    observer.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    upload(observer, 0, ['2', '3']);
    expect(observer.bound(none)).toMatchObject({ rows: 4, byCause: { 'no-ledger': 4 } });
  });

  it('tells apart two readings of an object in one body', () => {
    const failed = claimedBy(0);
    failed.ledgerFailed(0);
    failed.ledgerWorks(0);
    const fine = claimedBy(0);
    for (const observer of [failed, fine]) {
      upload(observer, 0, ['0', '1', '0', '1']);
      observer.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    }
    expect(failed.bound(none)).toMatchObject({ rows: 2, byCause: { 'no-ledger': 2 } });
    expect(fine.bound(none).rows).toBe(0);
  });

  it('sees the most uploads that one process had under way at once', () => {
    const observer = new Observer(trail);
    const first = observer.upload(0);
    const second = observer.upload(0);
    observer.upload(1);
    first.accepted([Buffer.from('{"AwsEventId":"unheard-of"}\n')]);
    first.ended(true);
    second.ended(true);
    observer.upload(0);
    expect(observer.mostUploadsInFlight).toBe(2);
  });

  it('tells the history of an object in order', () => {
    const observer = new Observer(trail);
    observer.ledger(0, [claimed('x')]);
    upload(observer, 0, ['0']);
    observer.killed(0);
    expect(observer.history('a')).toEqual([
      '1: 0 wrote claimed x',
      '2: 0 uploaded rows 0 to 0 (1), answered',
      '4: 0 was killed',
    ]);
  });
});

const none = () => 0;

/** A claim whose time is over as soon as it is written, unless something else is said. */
function claimed(token: string, writtenAt = 0, until = 0): LedgerFact {
  return { kind: 'claimed', key: 'a', token, writtenAt, until };
}

function claimedBy(instance: number): Observer {
  const observer = new Observer(trail);
  observer.ledger(instance, [claimed('x')]);
  return observer;
}

function upload(observer: Observer, instance: number, ids: readonly string[], isAnswered = true): void {
  const watch = observer.upload(instance);
  watch.accepted(ids.map((id) => Buffer.from(`{"AwsEventId":"${id}"}\n`)));
  watch.ended(isAnswered);
}
