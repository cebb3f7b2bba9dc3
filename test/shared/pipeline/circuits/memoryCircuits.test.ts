import { describe, expect, it } from 'vitest';
import { memoryCircuits } from '../../../../shared/pipeline/circuits/memoryCircuits.ts';
import type { CircuitName, OpenCircuit } from '../../../../shared/pipeline/ports/circuits.ts';

function circuit(name: CircuitName, probes = 0): OpenCircuit {
  return { name, openedAt: 1, because: { code: 'upload-denied', message: 'denied' }, nextProbeAt: 2, probes };
}

const one = circuit({ kind: 'rule', rule: 'dcr-1' });
const other = circuit({ kind: 'bucket', bucket: 'trail', code: 'object-denied' });

describe('memoryCircuits', () => {
  it('remembers what was saved last of each circuit', async () => {
    const store = memoryCircuits();
    for (const each of [one, other, { ...one, probes: 3 }]) await store.save(each);
    expect((await store.load()).open).toEqual([{ ...one, probes: 3 }, other]);
  });

  it('forgets the circuit that is removed, and no other', async () => {
    const store = memoryCircuits();
    for (const each of [one, other]) await store.save(each);
    await store.remove({ kind: 'rule', rule: 'dcr-1' });
    await store.remove({ kind: 'source' });
    expect((await store.load()).open).toEqual([other]);
  });

  it('remembers of what a bucket is suspected until it is open, or removed', async () => {
    const store = memoryCircuits();
    const name = { kind: 'bucket', bucket: 'trail', code: 'object-denied' } as const;
    const suspected = { name, objects: ['a'], at: 1 };
    await store.suspect(suspected);
    expect(await store.load()).toEqual({ open: [], suspected: [suspected] });
    await store.save(other);
    expect(await store.load()).toEqual({ open: [other], suspected: [] });
    await store.suspect(suspected);
    await store.remove(name);
    expect(await store.load()).toEqual({ open: [], suspected: [] });
  });

  it('shares nothing with another one', async () => {
    await memoryCircuits().save(one);
    expect((await memoryCircuits().load()).open).toEqual([]);
  });
});
