import { describe, expect, it } from 'vitest';
import { isPrivateAddress } from '../../../../shared/compose/check/privateAddress.ts';

describe('isPrivateAddress', () => {
  it.each(['10.0.0.4', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd00::4', '::ffff:10.0.0.4'])(
    'knows %s as private',
    (address) => expect(isPrivateAddress(address)).toBe(true),
  );

  it.each([
    '20.60.1.2',
    '172.32.0.1',
    '100.128.0.1',
    '2603:1030::1',
    '127.0.0.1',
    'account.table.core.windows.net',
    '',
  ])('does not take %j for private', (address) => expect(isPrivateAddress(address)).toBe(false));
});
