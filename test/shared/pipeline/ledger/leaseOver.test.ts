import { describe, expect, it } from 'vitest';
import { leaseOver } from '../../../../shared/pipeline/ledger/leaseOver.ts';
import { noLease } from '../../../../shared/pipeline/ledger/noLedger.ts';
import type { Lease } from '../../../../shared/pipeline/ports/lease.ts';
import { content, denied, evidence, unitNamed } from './support.ts';

/** A lease that notes its acts, and can be lost. */
function notedLease() {
  const acts: string[] = [];
  const note = (act: string) => async () => void acts.push(act);
  let isLost = false;
  const lease: Lease = {
    ...noLease(unitNamed('a')),
    strikes: 1,
    failedBefore: 'object-denied',
    ...{ accept: note('accept'), fail: note('fail'), strike: note('strike'), release: note('release') },
    extend: async () => {
      acts.push('extend');
      return !isLost;
    },
    get isLost() {
      return isLost;
    },
  };
  return {
    ...{ acts, lease },
    lose: () => {
      isLost = true;
    },
  };
}

describe('leaseOver', () => {
  it('acts through the lease below, and tells what that one knows', async () => {
    const { acts, lease } = notedLease();
    const over = leaseOver(lease, {});
    await over.strike();
    await over.accept(content(), []);
    await over.fail(denied, evidence);
    await over.release();
    expect(acts).toEqual(['strike', 'accept', 'fail', 'release']);
    expect([over.unit, over.strikes, over.failedBefore]).toEqual([lease.unit, 1, 'object-denied']);
  });

  it('knows when the lease below is lost later', async () => {
    const { lease, lose } = notedLease();
    const over = leaseOver(lease, {});
    expect([over.isLost, await over.extend()]).toEqual([false, true]);
    lose();
    expect([over.isLost, await over.extend()]).toEqual([true, false]);
  });

  it('puts the acts it is given in the place of those below', async () => {
    const { acts, lease } = notedLease();
    await leaseOver(lease, { release: async () => void acts.push('kept') }).release();
    expect(acts).toEqual(['kept']);
  });
});
