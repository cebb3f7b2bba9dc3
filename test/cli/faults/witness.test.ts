import { describe, expect, it } from 'vitest';
import type { KnownTrail } from '../../../cli/faults/knownTrail.ts';
import { Witness } from '../../../cli/faults/witness.ts';
import { RowRanges } from '../../../shared/pipeline/rowRanges.ts';

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
    witness.ledger(0, [{ kind: 'claimed', key: 'a', token: 'x' }]);
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
    witness.ledger(0, [{ kind: 'claimed', key: 'a', token: 'x' }]);
    upload(witness, 0, ['0', '1']);
    witness.ledger(0, [{ kind: 'progress', key: 'a', rows: RowRanges.first(2) }]);
    upload(witness, 0, ['2', '3']);
    witness.killed(0);
    const bound = witness.bound(none);
    expect(bound.byExcuse.crash).toBe(2);
    expect(bound.byKey.get('a')).toBe(2);
  });

  it('counts what was sent under a claim that another process had taken over', () => {
    const witness = new Witness(trail);
    witness.ledger(0, [{ kind: 'claimed', key: 'a', token: 'x' }]);
    witness.ledger(1, [{ kind: 'claimed', key: 'a', token: 'y' }]);
    upload(witness, 0, ['0']);
    expect(witness.bound(none).byExcuse['claim-lost']).toBe(1);
  });

  it('counts what its process itself gave up, but nothing else', () => {
    const witness = new Witness(trail);
    upload(witness, 0, ['2', '3']);
    expect(witness.bound(none).rows).toBe(0);
    expect(witness.bound(() => 2).byExcuse.unanswered).toBe(2);
  });

  it('does not take the record of a second reading for that of the first', () => {
    const witness = new Witness(trail);
    witness.ledgerFailed(0);
    upload(witness, 0, ['0', '1']);
    witness.ledger(0, [{ kind: 'claimed', key: 'a', token: 'x' }]);
    upload(witness, 0, ['0', '1']);
    witness.ledger(0, [{ kind: 'accepted', key: 'a' }]);
    expect(witness.bound(none).byExcuse['no-ledger']).toBe(2);
  });

  it('sees the most uploads that one process had under way at once, and rows of no record', () => {
    const witness = new Witness(trail);
    const first = witness.upload(0);
    const second = witness.upload(0);
    witness.upload(1);
    first.accepted([Buffer.from('{"AwsEventId":"unheard-of"}\n')]);
    first.ended(true);
    second.ended(true);
    witness.upload(0);
    expect(witness.mostUploadsInFlight).toBe(2);
    expect(witness.strangers).toHaveLength(1);
  });

  it('tells the history of an object in order', () => {
    const witness = new Witness(trail);
    witness.ledger(0, [{ kind: 'claimed', key: 'a', token: 'x' }]);
    upload(witness, 0, ['0']);
    witness.killed(0);
    expect(witness.history('a')).toEqual([
      '1: 0 wrote claimed x',
      '2: 0 uploaded rows 0 to 0 (1), answered',
      '3: 0 was killed',
    ]);
  });
});

const none = () => 0;

function upload(witness: Witness, instance: number, ids: readonly string[], isAnswered = true): void {
  const watch = witness.upload(instance);
  watch.accepted(ids.map((id) => Buffer.from(`{"AwsEventId":"${id}"}\n`)));
  watch.ended(isAnswered);
}
