import { describe, expect, it } from 'vitest';
import { noLease } from '../../../../shared/pipeline/ledger/noLedger.ts';
import { keepLeases } from '../../../../shared/pipeline/unit/keepLeases.ts';
import { unitOf } from '../../../../shared/pipeline/unit/logFile.ts';
import { bucket, FakeClock, keyOf } from '../fakes.ts';

describe('keepLeases', () => {
  it('extends each lease at every beat, and tells whose was taken over', async () => {
    const clock = new FakeClock();
    const unit = unitOf({ bucket, key: keyOf('a') });
    const lost: string[] = [];
    let beats = 0;
    const kept = { ...noLease(unit), extend: async () => true };
    const taken = { ...noLease(unit), extend: async () => ++beats < 2 };
    const leases = new Map([
      [kept, { lose: () => lost.push('kept') }],
      [taken, { lose: (because: string) => lost.push(because) }],
    ]);
    const ended = new AbortController();
    const keeping = keepLeases(leases, { clock, everyMs: 1_000 }, ended.signal);
    await clock.advance(1_500);
    expect(lost).toEqual([]);
    await clock.advance(1_000);
    expect(lost).toEqual(['ClaimTakenOver']);
    ended.abort();
    await keeping;
  });
});
