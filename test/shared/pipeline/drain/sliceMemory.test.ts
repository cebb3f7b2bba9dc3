import { describe, expect, it } from 'vitest';
import { heldBytes } from '../../../../local/process/heldBytes.ts';
import { World } from '../fakes.ts';

const batchBytes = 1_000_000;

async function drainOnce(signal: AbortSignal): Promise<void> {
  const world = new World({ settings: { batchBytes } });
  world.sendFile('a', 3);
  await world.drain(signal);
}

describe('drain', () => {
  it('leaves nothing in memory when a slice is over, however long the host lives', async () => {
    const host = new AbortController();
    await drainOnce(host.signal);
    const before = await heldInAll();
    for (let slice = 0; slice < 20; slice++) await drainOnce(host.signal);
    // A slice that is kept holds at least one body.
    expect((await heldInAll()) - before).toBeLessThan(5 * batchBytes);
  });
});

async function heldInAll(): Promise<number> {
  const { heap, buffers } = await heldBytes();
  return heap + buffers;
}
