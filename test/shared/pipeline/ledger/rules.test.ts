import { describe, expect, it } from 'vitest';
import { extendedLeaseEnd, leaseEnd, mayWrite, ruleOnClaim } from '../../../../shared/pipeline/ledger/rules.ts';
import type { LedgerEntry } from '../../../../shared/pipeline/ports/ledgerStore.ts';

const entry: LedgerEntry = {
  state: 'claimed',
  owner: 'other',
  writtenAt: 0,
  until: 1_000,
  failedFor: '',
  identity: {},
  rows: 0,
  failedIn: [],
  strikes: 0,
  progress: undefined,
};

describe('ruleOnClaim', () => {
  it.each([
    ['a lease that runs', {}, 999, { kind: 'held', until: 1_000 }],
    ['a lease that has ended', {}, 1_000, { kind: 'free' }],
    ['a failure', { state: 'failed', until: 5_000 }, 999, { kind: 'free' }],
    ['an outcome', { state: 'accepted' }, 5_000, { kind: 'accepted' }],
    ["an outcome of one's own", { state: 'accepted', owner: 'me' }, 999, { kind: 'accepted' }],
    ["a lease of one's own", { owner: 'me' }, 999, { kind: 'mine' }],
  ] as const)('knows %s', (_, properties, now, ruling) => {
    expect(ruleOnClaim({ ...entry, ...properties }, 'me', now, 180_000)).toEqual(ruling);
  });
});

describe('a lease that says it lasts for hours', () => {
  it('is believed for as long as a lease can last', () => {
    const long: LedgerEntry = { ...entry, writtenAt: 1_000, until: 4 * 3_600_000 };
    expect(ruleOnClaim(long, 'me', 180_999, 180_000)).toEqual({ kind: 'held', until: 181_000 });
    expect(ruleOnClaim(long, 'me', 181_000, 180_000)).toEqual({ kind: 'free' });
  });
});

describe('mayWrite', () => {
  const accepted: LedgerEntry = { ...entry, state: 'accepted' };

  it('lets the owner write, and nobody else', () => {
    expect(mayWrite(entry, 'other', undefined)).toBe(true);
    expect(mayWrite(entry, 'me', undefined)).toBe(false);
    expect(mayWrite(entry, 'me', { ...entry, state: 'failed' })).toBe(false);
  });

  it('lets every reader of an outcome write as long as the outcome is the same', () => {
    expect(mayWrite(accepted, 'me', accepted)).toBe(true);
    expect(mayWrite({ ...accepted, owner: 'third' }, 'me', accepted)).toBe(false);
  });
});

describe('leaseEnd', () => {
  it('comes a moment before the message is visible again', () => {
    expect(leaseEnd(0, 2_000, 180_000)).toBe(179_000);
    expect(leaseEnd(0, 100, 4_000)).toBe(3_800);
  });

  it('counts from now for a message that must have been extended', () => {
    expect(leaseEnd(0, 100_000, 180_000)).toBe(279_000);
  });
});

describe('leaseEnd, for a message that was received in the future', () => {
  it('counts from now: the clock was set back', () => {
    expect(leaseEnd(4 * 3_600_000, 0, 180_000)).toBe(179_000);
  });
});

describe('extendedLeaseEnd', () => {
  it('counts from now', () => {
    expect(extendedLeaseEnd(60_000, 180_000)).toBe(239_000);
  });
});
