import { describe, expect, it } from 'vitest';
import type { KnownTrail } from '../../../../proof/faults/judge/knownTrail.ts';
import type { LedgerFact } from '../../../../proof/faults/judge/ledgerWatch.ts';
import { Witness } from '../../../../proof/faults/judge/witness.ts';
import { RowRanges } from '../../../../shared/kit/ranges.ts';

const trail: KnownTrail = {
  objects: [
    { key: 'a', gzip: new Uint8Array(), rows: ['0', '1', '2', '3'].map((id) => ({ eventId: id, content: id })) },
  ],
  messages: [],
  records: 4,
};

describe('Witness', () => {
  it('expects no row twice when every answered upload is recorded', () => {
    const witness = new Witness(trail);
    witness.ledger(0, [claimed('x')]);
    upload(witness, 0, ['0', '1']);
    witness.ledger(0, [{ kind: 'progress', key: 'a', rows: RowRanges.first(2) }]);
    upload(witness, 0, ['2', '3']);
    witness.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(witness.bound(none).rows).toBe(0);
  });

  it('counts an upload whose answer reached nobody, recorded or not', () => {
    const witness = new Witness(trail);
    upload(witness, 0, ['0', '1'], false);
    witness.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(witness.bound(none).byExcuse.unanswered).toBe(2);
  });

  it('counts what a killed process had not recorded', () => {
    const witness = new Witness(trail);
    witness.ledger(0, [claimed('x')]);
    upload(witness, 0, ['0', '1']);
    witness.ledger(0, [{ kind: 'progress', key: 'a', rows: RowRanges.first(2) }]);
    upload(witness, 0, ['2', '3']);
    witness.killed(0);
    const bound = witness.bound(none);
    expect(bound.byExcuse.crash).toBe(2);
    expect(bound.byKey.get('a')).toBe(2);
  });

  it('does not blame a crash for what three later progress writes left out', () => {
    const witness = claimedBy(0);
    upload(witness, 0, ['0', '1']);
    witness.ledger(0, [{ kind: 'progress', key: 'a', rows: new RowRanges() }]);
    witness.ledger(0, [{ kind: 'progress', key: 'a', rows: new RowRanges() }]);
    witness.ledger(0, [{ kind: 'progress', key: 'a', rows: new RowRanges() }]);
    witness.killed(0);
    expect(witness.bound(none).rows).toBe(0);
  });

  it('does not blame a crash that came after the object was given up', () => {
    const witness = claimedBy(0);
    upload(witness, 0, ['0', '1']);
    witness.ledger(0, [{ kind: 'given-up', key: 'a' }]);
    witness.killed(0);
    expect(witness.bound(none).rows).toBe(0);
  });

  it('blames a crash for what two later progress writes left out, as both may have begun before the answer was seen', () => {
    const witness = claimedBy(0);
    upload(witness, 0, ['0', '1']);
    witness.ledger(0, [{ kind: 'progress', key: 'a', rows: new RowRanges() }]);
    witness.ledger(0, [{ kind: 'progress', key: 'a', rows: new RowRanges() }]);
    witness.killed(0);
    expect(witness.bound(none).byExcuse.crash).toBe(2);
  });

  it('counts what was sent under a claim that another process had taken over', () => {
    const witness = claimedBy(0);
    witness.ledger(1, [claimed('y')]);
    upload(witness, 0, ['0']);
    expect(witness.bound(none).byExcuse['claim-lost']).toBe(1);
  });

  it('counts what was sent before the claim was taken over, once a later write was refused', () => {
    const witness = claimedBy(0);
    upload(witness, 0, ['0']);
    witness.ledger(1, [claimed('y')]);
    expect(witness.bound(none).rows).toBe(0);
    witness.ledger(0, [{ kind: 'refused', key: 'a' }]);
    expect(witness.bound(none).byExcuse['claim-lost']).toBe(1);
  });

  it('does not excuse a claim that was taken while it was held', () => {
    const witness = new Witness(trail);
    witness.ledger(0, [claimed('x', 0, 30)]);
    upload(witness, 0, ['0']);
    witness.ledger(1, [claimed('y', 29, 60)]);
    witness.ledger(0, [{ kind: 'refused', key: 'a', token: 'x' }]);
    upload(witness, 0, ['1']);
    expect(witness.bound(none).rows).toBe(0);
  });

  it('does not excuse a process that took over from itself while it held the object', () => {
    const witness = new Witness(trail);
    witness.ledger(0, [claimed('x', 0, 30)]);
    upload(witness, 0, ['0']);
    witness.ledger(0, [claimed('y', 29, 60)]);
    witness.ledger(0, [{ kind: 'refused', key: 'a', token: 'x' }]);
    expect(witness.bound(none).rows).toBe(0);
  });

  it('counts what a process sent under a claim that it took over from itself', () => {
    const witness = claimedBy(0);
    upload(witness, 0, ['0']);
    witness.ledger(0, [claimed('y')]);
    witness.ledger(0, [{ kind: 'refused', key: 'a', token: 'x' }]);
    upload(witness, 0, ['0']);
    witness.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(witness.bound(none)).toMatchObject({ rows: 1, byExcuse: { 'claim-lost': 1 } });
  });

  it('lets nobody without a claim send what another holds', () => {
    const witness = claimedBy(0);
    upload(witness, 1, ['0', '1']);
    upload(witness, 0, ['0', '1', '2', '3']);
    witness.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(witness.bound(none).rows).toBe(0);
  });

  it('lets nobody send what another has had accepted', () => {
    const witness = claimedBy(0);
    upload(witness, 0, ['0', '1', '2', '3']);
    witness.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    upload(witness, 1, ['0', '1', '2', '3']);
    expect(witness.bound(none).rows).toBe(0);
  });

  it('does not excuse who never recorded what it sent, when another claims the object later', () => {
    const witness = claimedBy(0);
    upload(witness, 0, ['0', '1', '2', '3']);
    witness.ledger(0, [{ kind: 'given-up', key: 'a' }]);
    witness.ledger(1, [claimed('y')]);
    upload(witness, 1, ['0', '1', '2', '3']);
    witness.ledger(1, [{ kind: 'accepted', key: 'a' }]);
    expect(witness.bound(none).rows).toBe(0);
  });

  it('does not take the loss of one claim for that of an earlier one', () => {
    const witness = claimedBy(0);
    upload(witness, 0, ['0']);
    witness.ledger(0, [{ kind: 'given-up', key: 'a' }]);
    witness.ledger(0, [claimed('z')]);
    witness.ledger(1, [claimed('y')]);
    witness.ledger(0, [{ kind: 'refused', key: 'a', token: 'z' }]);
    expect(witness.bound(none).rows).toBe(0);
  });

  it('counts what was sent under a claim while the storage failed later, and not what failed before', () => {
    const before = new Witness(trail);
    before.ledgerFailed(0);
    before.ledgerWorks(0);
    before.ledger(0, [claimed('x')]);
    upload(before, 0, ['0']);
    expect(before.bound(none).rows).toBe(0);
    before.ledgerFailed(0);
    expect(before.bound(none).byExcuse['no-ledger']).toBe(1);
  });

  it('counts what was sent while the storage had been failing since before the claim', () => {
    const witness = new Witness(trail);
    witness.ledgerFailed(0);
    witness.ledger(0, [claimed('x')]);
    upload(witness, 0, ['0']);
    expect(witness.bound(none).byExcuse['no-ledger']).toBe(1);
  });

  it('does not excuse an upload by a failure after the claim had ended', () => {
    const witness = claimedBy(0);
    upload(witness, 0, ['0']);
    witness.ledger(0, [claimed('y')]);
    witness.ledgerFailed(0);
    expect(witness.bound(none).rows).toBe(0);
  });

  it('counts without a claim only what was sent after a failure of the storage', () => {
    const witness = new Witness(trail);
    upload(witness, 0, ['0']);
    witness.ledgerFailed(0);
    expect(witness.bound(none).rows).toBe(0);
    upload(witness, 0, ['1']);
    expect(witness.bound(none).byExcuse['no-ledger']).toBe(1);
  });

  it('tells apart what its process itself gave up, and excuses nothing else by that', () => {
    const witness = new Witness(trail);
    upload(witness, 0, ['2', '3']);
    expect(witness.bound(none).rows).toBe(0);
    expect(witness.bound(() => 1).rows).toBe(0);
    expect(witness.bound(() => 2).byExcuse).toMatchObject({ 'hung-up': 2, unanswered: 0 });
    upload(witness, 0, ['0'], false);
    expect(witness.bound(() => 2).byExcuse).toMatchObject({ 'hung-up': 0, unanswered: 1 });
  });

  it('does not take the record of a second reading for that of the first', () => {
    const witness = new Witness(trail);
    witness.ledgerFailed(0);
    witness.ledgerWorks(0);
    upload(witness, 0, ['0', '1']);
    witness.ledger(0, [claimed('x')]);
    upload(witness, 0, ['0', '1']);
    witness.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(witness.bound(none).byExcuse['no-ledger']).toBe(2);
  });

  it('counts what was sent for want of a ledger while the same process reads the object under a claim, too', () => {
    const witness = new Witness(trail);
    witness.ledgerFailed(0);
    witness.ledgerWorks(0);
    witness.ledger(0, [claimed('x')]);
    upload(witness, 0, ['0', '1']);
    upload(witness, 0, ['0', '1']);
    witness.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(witness.bound(none).byExcuse['no-ledger']).toBe(2);
  });

  it('counts each row of a reading without a ledger beside one under a claim, however they take turns', () => {
    const witness = claimedBy(0);
    witness.ledgerFailed(0);
    witness.ledgerWorks(0);
    upload(witness, 0, ['1', '2', '3']);
    witness.ledger(0, [{ kind: 'progress', key: 'a', rows: RowRanges.parse('1-4') }]);
    upload(witness, 0, ['0']);
    upload(witness, 0, ['0', '1']);
    witness.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    upload(witness, 0, ['2', '3']);
    expect(witness.bound(none)).toMatchObject({ rows: 4, byExcuse: { 'no-ledger': 4 } });
  });

  it('tells apart two readings of an object in one body', () => {
    const failed = claimedBy(0);
    failed.ledgerFailed(0);
    failed.ledgerWorks(0);
    const fine = claimedBy(0);
    for (const witness of [failed, fine]) {
      upload(witness, 0, ['0', '1', '0', '1']);
      witness.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    }
    expect(failed.bound(none)).toMatchObject({ rows: 2, byExcuse: { 'no-ledger': 2 } });
    expect(fine.bound(none).rows).toBe(0);
  });

  it('sees the most uploads that one process had under way at once', () => {
    const witness = new Witness(trail);
    const first = witness.upload(0);
    const second = witness.upload(0);
    witness.upload(1);
    first.accepted([Buffer.from('{"AwsEventId":"unheard-of"}\n')]);
    first.ended(true);
    second.ended(true);
    witness.upload(0);
    expect(witness.mostUploadsInFlight).toBe(2);
  });

  it('tells the history of an object in order', () => {
    const witness = new Witness(trail);
    witness.ledger(0, [claimed('x')]);
    upload(witness, 0, ['0']);
    witness.killed(0);
    expect(witness.history('a')).toEqual([
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

function claimedBy(instance: number): Witness {
  const witness = new Witness(trail);
  witness.ledger(instance, [claimed('x')]);
  return witness;
}

function upload(witness: Witness, instance: number, ids: readonly string[], isAnswered = true): void {
  const watch = witness.upload(instance);
  watch.accepted(ids.map((id) => Buffer.from(`{"AwsEventId":"${id}"}\n`)));
  watch.ended(isAnswered);
}
