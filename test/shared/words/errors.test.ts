import { describe, expect, it } from 'vitest';
import { ConnectorError } from '../../../shared/words/errors.ts';
import { reportOf } from '../../../shared/words/failure.ts';

const token = `eyJhbGciOiJub25lIn0.${'Ab1'.repeat(30)}.c2lnbmF0dXJl`;

describe('ConnectorError', () => {
  it('holds no secret that others wrote into its message', () => {
    const error = new ConnectorError('sts-refused', `AWS answered: Authorization: Bearer ${token} is malformed`);
    expect(error.message).toBe('AWS answered: Authorization: Bearer *** is malformed');
    expect(reportOf(error).message).toBe(error.message);
  });

  it('has its secrets blotted out when it is a bug', () => {
    expect(reportOf(new TypeError(`cannot read ${token}`)).message).toBe('TypeError: cannot read ***');
  });
});
