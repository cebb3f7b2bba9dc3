import { describe, expect, it } from 'vitest';
import { bucketIsOut, endedBefore, endsProcesses, isClaimed } from '../../../../shared/pipeline/unit/failures.ts';
import type { Failure } from '../../../../shared/words/failure.ts';
import { unitWith } from './support.ts';

const unit = unitWith();

/** What is decided by a failure: who answers for it, what it is called, where it happened, when it is tried again. */
function judged({ again, error, owner }: Failure) {
  return { again, owner, ...('code' in error ? { code: error.code } : {}), ...('at' in error ? { at: error.at } : {}) };
}

describe('failures of units', () => {
  it('blames nobody for what another instance reads, and knows until when', () => {
    expect(judged(isClaimed(unit, 7))).toEqual({ owner: 'nobody', code: 'claim-held', again: { at: 7 }, at: unit.at });
  });

  it('blames nobody for a bucket that is not read at present, and tells why and what to do about it', () => {
    const failure = bucketIsOut(unit, {
      because: { code: 'object-denied', message: 'access denied', remedy: 'Allow it.' },
      openedAt: 3,
    });
    expect(judged(failure)).toEqual({
      owner: 'nobody',
      code: 'circuit-open',
      again: { bucketOutSince: 3 },
      at: unit.at,
    });
    expect(failure.error).toMatchObject({ message: expect.stringMatching(/access denied/), remedy: 'Allow it.' });
  });

  it('blames a unit that ended processes, for good', () => {
    expect(judged(endsProcesses(unit))).toMatchObject({ owner: 'object', code: 'process-ended', again: 'never' });
  });

  it('blames nobody for the end of a slice', () => {
    expect(judged(endedBefore(unit))).toEqual({ owner: 'nobody', code: 'slice-ended', again: undefined, at: unit.at });
  });
});
