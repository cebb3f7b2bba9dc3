import { describe, expect, it } from 'vitest';
import { RowRanges } from '../../../../shared/kit/ranges.ts';
import { noLedger } from '../../../../shared/pipeline/ledger/noLedger.ts';
import { content, denied, evidence, granted, identity, unitNamed } from './support.ts';

describe('noLedger', () => {
  it('grants one unit as often as it is claimed, and remembers no outcome', async () => {
    const unit = unitNamed('a');
    const first = granted(await noLedger.claim(unit, 0));
    await first.accept(content(), []);
    await first.fail(denied, evidence);
    await first.strike();
    await first.release();
    const again = granted(await noLedger.claim(unit, 1));
    expect([again.accepted, again.progress, again.failedBefore, again.strikes]).toEqual(Array(4).fill(undefined));
    expect(again.unit).toBe(unit);
  });

  it('is never lost, and keeps no progress', async () => {
    const lease = granted(await noLedger.claim(unitNamed('a'), 0));
    expect([await lease.extend(), lease.isLost]).toEqual([true, false]);
    expect(await lease.keepProgress({ accepted: RowRanges.first(1), identity, selectors: '' })).toBe(false);
    expect(await noLedger.purgeExpired(0, new AbortController().signal)).toBe(0);
  });
});
