import { describe, expect, it } from 'vitest';
import { carefully } from '../../../../shared/pipeline/ledger/carefully.ts';

describe('carefully', () => {
  it('answers what storage answers, and tells nobody', async () => {
    const told: unknown[] = [];
    expect(await carefully((error) => told.push(error))(async () => 'found', 'otherwise')).toBe('found');
    expect(told).toEqual([]);
  });

  it('answers the other answer each time that storage cannot be asked, and tells why', async () => {
    const told: unknown[] = [];
    const ask = carefully((error) => told.push(error));
    const away = new Error('away');
    expect([await ask(() => Promise.reject(away), 1), await ask(async () => 2, 3)]).toEqual([1, 2]);
    expect(told).toEqual([away]);
  });
});
