import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../local/trail/random.ts';

describe('createRandom', () => {
  it('draws numbers evenly from 0 to below 1', () => {
    const random = createRandom('even');
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 20_000; i += 1) {
      const slot = Math.floor(random.next() * 10);
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(1800);
    expect(Math.max(...counts)).toBeLessThan(2200);
  });

  it('forks by label, whatever was drawn before', () => {
    const one = createRandom('seed');
    const other = createRandom('seed');
    other.next();
    expect(one.fork('a').hex(20)).toBe(other.fork('a').hex(20));
    expect(one.fork('a').hex(20)).not.toBe(one.fork('b').hex(20));
  });

  it('makes version 4 UUIDs that differ', () => {
    const random = createRandom('ids');
    const ids = new Set(Array.from({ length: 5000 }, () => random.uuid()));
    expect(ids.size).toBe(5000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('refuses to choose from nothing', () => {
    expect(() => createRandom('x').pick([])).toThrow(RangeError);
  });
});
