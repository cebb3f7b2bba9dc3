import { describe, expect, it } from 'vitest';
import { readTokenClaims } from '../../../../shared/aws/credentials/tokenClaims.ts';

const tokenOf = (payload: unknown) => `h.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.s`;

describe('readTokenClaims', () => {
  it('shows aud, iss and sub, and nothing else', () => {
    expect(readTokenClaims(tokenOf({ aud: 'a', iss: 'i', sub: 's', oid: 'o' }))).toEqual({
      aud: 'a',
      iss: 'i',
      sub: 's',
    });
  });

  it('joins several audiences, names missing claims and cuts long ones', () => {
    expect(readTokenClaims(tokenOf({ aud: ['a', 'b'], sub: 'x'.repeat(500) }))).toEqual({
      aud: 'a b',
      iss: '(none)',
      sub: 'x'.repeat(200),
    });
  });

  it.each(['', 'opaque', 'a.!!.c', tokenOf(null), tokenOf(7)])('is undefined for "%s"', (token) => {
    expect(readTokenClaims(token)).toBeUndefined();
  });
});
