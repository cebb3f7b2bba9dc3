import { describe, expect, it } from 'vitest';
import { isNeverSent } from '../../../shared/kit/neverSent.ts';

describe('isNeverSent', () => {
  it('tells connections that never came to be from those that broke', () => {
    expect(['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT'].every(isNeverSent)).toBe(true);
    expect(['ECONNRESET', 'EPIPE', 'UND_ERR_BODY_TIMEOUT', ''].some(isNeverSent)).toBe(false);
  });
});
