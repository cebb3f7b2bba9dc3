import { describe, expect, it } from 'vitest';
import { failureOfRows } from '../../../../shared/pipeline/upload/outcome.ts';
import { failureOf } from '../../../../shared/words/failure.ts';
import { failure } from '../fakes.ts';

describe('failureOfRows', () => {
  it('finds none for accepted rows', () => {
    expect(failureOfRows({ kind: 'accepted' })).toBeUndefined();
  });

  it('makes the object answer for rows that a rule refuses while it accepts others', () => {
    const error = failure('upload-refused');
    expect(failureOfRows({ kind: 'refused', error })).toEqual({ owner: 'object', error });
  });

  it.each(['unknown', 'failed'] as const)('keeps the owner of the failure of %s rows', (kind) => {
    const pipelines = failureOf(failure('upload-denied'), 'pipeline');
    expect(failureOfRows({ kind, failure: pipelines })).toBe(pipelines);
  });
});
