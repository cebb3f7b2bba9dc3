import { describe, expect, it } from 'vitest';
import { HeldDeliveries } from '../../../../shared/pipeline/delivery/held.ts';
import type { Delivery } from '../../../../shared/pipeline/ports/source.ts';

const delivery = (body: string) => ({ evidence: { id: 'm', body, receiveCount: 1 } }) as unknown as Delivery;

describe('HeldDeliveries', () => {
  it('counts and weighs what is held, and what of it is being read', () => {
    const held = new HeldDeliveries();
    const first = held.hold(delivery('12345'));
    const second = held.hold(delivery('123'));
    expect([held.size, held.reading, held.bytes]).toEqual([2, 2, 8]);
    held.read(first);
    held.read(first);
    expect([held.size, held.reading, held.bytes]).toEqual([2, 1, 8]);
    held.drop(first);
    held.drop(first);
    expect([held.size, held.reading, held.bytes]).toEqual([1, 1, 3]);
    held.drop(second);
    expect([held.size, held.reading, held.bytes]).toEqual([0, 0, 0]);
  });
});
