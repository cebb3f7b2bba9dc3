import { describe, expect, it } from 'vitest';
import { ObjectRows } from '../../../../shared/pipeline/rows/objectRows.ts';
import { failure } from '../fakes.ts';

const never = new AbortController().signal;

describe('ObjectRows', () => {
  it('counts rows in the order of their writing', () => {
    const rows = new ObjectRows();
    expect([rows.write(3), rows.write(2), rows.write(1)]).toEqual([0, 3, 5]);
    expect(rows).toMatchObject({ written: 6, accepted: 0, failure: undefined });
  });

  it('is settled once the outcome of each row is known, in whatever order they come', async () => {
    const rows = new ObjectRows();
    rows.write(6);
    let isSettled = false;
    const settled = rows.settled(never).then(() => {
      isSettled = true;
    });
    rows.settle(4, 2, { kind: 'accepted' });
    rows.settle(0, 3, { kind: 'accepted' });
    await Promise.resolve();
    expect(isSettled).toBe(false);
    rows.settle(3, 1, { kind: 'refused', error: failure('upload-refused') });
    await settled;
    expect(`${rows.acceptedRows}`).toBe('0-3,4-6');
  });

  it('is settled when nothing was written, and not waited for beyond the signal', async () => {
    await new ObjectRows().settled(never);
    const rows = new ObjectRows();
    rows.write(1);
    const over = new AbortController();
    const settled = rows.settled(over.signal);
    over.abort();
    await settled;
    expect(rows.accepted).toBe(0);
  });

  it.each([
    ['refused', { kind: 'refused', error: failure('upload-refused') }, 'object'],
    ['unknown', { kind: 'unknown', failure: { owner: 'pipeline', error: failure('upload-unavailable') } }, 'pipeline'],
    ['failed', { kind: 'failed', failure: { owner: 'pipeline', error: failure('upload-denied') } }, 'pipeline'],
  ] as const)('knows whose it is that rows are %s, by the first of them', (_kind, outcome, owner) => {
    const rows = new ObjectRows();
    rows.write(3);
    rows.settle(0, 1, outcome);
    rows.settle(1, 1, { kind: 'failed', failure: { owner: 'message', error: new Error('later') } });
    rows.settle(2, 1, { kind: 'accepted' });
    expect(rows.failure?.owner).toBe(owner);
  });

  it('tells whoever follows it that more is known', async () => {
    const rows = new ObjectRows();
    rows.write(1);
    const changed = rows.changed(never);
    rows.settle(0, 1, { kind: 'accepted' });
    await changed;
    expect(rows.accepted).toBe(1);
  });
});
