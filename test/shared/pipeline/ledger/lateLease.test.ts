import { describe, expect, it } from 'vitest';
import { lateLease } from '../../../../shared/pipeline/ledger/lateLease.ts';
import { noLease } from '../../../../shared/pipeline/ledger/noLedger.ts';
import type { Claim } from '../../../../shared/pipeline/ports/lease.ts';
import { failure } from '../fakes.ts';
import { content, denied, evidence, unitNamed } from './support.ts';

const unit = unitNamed('Ab3dE6gH8jK0lMn2');

function rig(answer: () => Claim | Error) {
  const journal: string[] = [];
  const lease = lateLease(unit, async () => {
    journal.push('claim');
    const claim = answer();
    if (claim instanceof Error) throw claim;
    return claim;
  });
  const granted = (): Claim => ({
    kind: 'granted',
    lease: {
      ...noLease(unit),
      accept: async ({ rows }) => void journal.push(`accept ${rows}`),
      fail: async ({ error }) => void journal.push(`fail ${error.message}`),
    },
  });
  return { granted, journal, lease };
}

describe('lateLease', () => {
  it('asks for nothing before there is an outcome', async () => {
    const { journal, lease } = rig(() => failure('storage-unavailable'));
    expect([await lease.extend(), lease.isLost, lease.accepted]).toEqual([true, false, undefined]);
    await lease.release();
    expect(journal).toEqual([]);
  });

  it('has the outcome recorded by the lease that it is granted then', async () => {
    const accepting = rig(() => accepting.granted());
    await accepting.lease.accept(content(), []);
    expect(accepting.journal).toEqual(['claim', 'accept 17']);
    const failing = rig(() => failing.granted());
    await failing.lease.fail(denied, evidence);
    expect(failing.journal).toEqual(['claim', 'fail reading was denied']);
    expect([accepting.lease.isLost, failing.lease.isLost]).toEqual([false, false]);
  });

  it('is lost, and records nothing, when another instance holds the unit', async () => {
    const { journal, lease } = rig(() => ({ kind: 'held', until: 1 }));
    await lease.accept(content(), []);
    expect([journal, lease.isLost]).toEqual([['claim'], true]);
  });

  it('throws what the claim throws while storage is away', async () => {
    const away = failure('storage-unavailable');
    const { lease } = rig(() => away);
    await expect(lease.accept(content(), [])).rejects.toBe(away);
    expect(lease.isLost).toBe(false);
  });
});
