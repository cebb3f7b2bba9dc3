import { describe, expect, it } from 'vitest';
import { claimEnd, extendedClaimEnd, type LedgerEntry, ruleOnClaim } from '../../../../shared/pipeline/ledger/rules.ts';

const entry: LedgerEntry = {
  state: 'claimed',
  owner: 'other',
  until: 1_000,
  identity: {},
  rows: 0,
  failedIn: [],
  progress: undefined,
};

describe('ruleOnClaim', () => {
  it.each([
    ['a claim that runs', {}, 999, { kind: 'held', until: 1_000 }],
    ['a claim that has ended', {}, 1_000, { kind: 'free' }],
    ['a failure', { state: 'failed', until: 5_000 }, 999, { kind: 'free' }],
    ['an outcome', { state: 'accepted' }, 5_000, { kind: 'accepted' }],
    ["an outcome of one's own", { state: 'accepted', owner: 'me' }, 999, { kind: 'accepted' }],
    ["a claim of one's own", { owner: 'me' }, 999, { kind: 'mine' }],
  ] as const)('knows %s', (_, properties, now, ruling) => {
    expect(ruleOnClaim({ ...entry, ...properties }, 'me', now)).toEqual(ruling);
  });
});

describe('claimEnd', () => {
  it('comes a moment before the message is visible again', () => {
    expect(claimEnd(0, 2_000, 180_000)).toBe(179_000);
    expect(claimEnd(0, 100, 4_000)).toBe(3_800);
  });

  it('counts from now for a message that must have been extended', () => {
    expect(claimEnd(0, 100_000, 180_000)).toBe(279_000);
  });
});

describe('extendedClaimEnd', () => {
  it('counts from now', () => {
    expect(extendedClaimEnd(60_000, 180_000)).toBe(239_000);
  });
});
