import { describe, expect, it } from 'vitest';
import { markedForGood } from '../../../../shared/pipeline/unit/forGood.ts';
import { ConnectorError, type ErrorCode } from '../../../../shared/words/errors.ts';
import { failureOf } from '../../../../shared/words/failure.ts';

const marked = (code: ErrorCode, failedBefore?: string) =>
  markedForGood(failureOf(new ConnectorError(code, code), 'object'), failedBefore).again === 'never';

describe('markedForGood', () => {
  it('marks a message that nobody can understand', () => {
    expect(['notification-unknown', 'key-not-allowed'].map((code) => marked(code as ErrorCode))).toEqual([true, true]);
    expect(marked('bucket-not-allowed')).toBe(false);
  });

  it('marks damage that was seen before, and no other', () => {
    expect(marked('gzip-truncated')).toBe(false);
    expect(marked('gzip-truncated', 'object-denied')).toBe(false);
    expect(marked('gzip-truncated', 'gzip-truncated')).toBe(true);
  });

  it('never marks what may heal, however often it was seen', () => {
    const healing = ['object-denied', 'object-archived', 'object-not-found', 'object-too-large', 'unforeseen'] as const;
    expect(healing.map((code) => marked(code, code))).toEqual(healing.map(() => false));
  });
});
