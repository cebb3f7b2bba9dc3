import { describe, expect, it } from 'vitest';
import { announce, bucket, keyOf, logFile, World } from '../fakes.ts';

/** CloudTrail's own notification: it announces no sizes. */
function trailNotification(...keys: readonly string[]): string {
  return JSON.stringify({ s3Bucket: bucket, s3ObjectKey: keys });
}

describe('a message that announces very many objects', () => {
  it('works them off in portions, and is deleted once all are accepted', async () => {
    const world = new World({ settings: { batchBytes: 100_000, uploadsInFlight: 8, objectsInFlight: 64 } });
    world.store.latencyMs = 5;
    const names = Array.from({ length: 1_500 }, (_, index) => `n${index}`);
    const keys = names.map((name) => world.put(name, 1));
    world.queue.send('large', trailNotification(...keys));
    world.sendFile('other', 2);
    expect(await world.drain()).toMatchObject({ messagesDeleted: 2, objectsAccepted: 1_501, identityHolds: true });
    expect(world.store.mostOpen).toBeLessThanOrEqual(64);
  });

  it('is given back when the slice ends, and costs no more requests than there was time for', async () => {
    const world = new World({ settings: { sliceMs: 40_000, stopReceivingMs: 20_000, objectsInFlight: 4 } });
    world.store.latencyMs = 3_000;
    const keys = Array.from({ length: 5_000 }, (_, index) => keyOf(`n${index}`));
    for (const key of keys.slice(0, 40)) world.store.objects.set(`${bucket}/${key}`, logFile(['1']));
    world.queue.send('large', trailNotification(...keys));
    expect(await world.drain()).toMatchObject({ messagesDeleted: 0, messagesReturned: 1, identityHolds: true });
    expect(world.store.opened.length).toBeLessThan(60);
  });

  it('leaves others in the queue while as much is held as memory allows', async () => {
    const world = new World({ settings: { receivers: 1, messagesHeld: 1_000 } });
    const padding = ' '.repeat(1_000_000);
    world.rule.latencyMs = 5_000;
    let most = 0;
    const receive = world.queue.receive.bind(world.queue);
    world.queue.receive = async (...request) => {
      const messages = await receive(...request);
      const held = [...world.queue.messages.values()].filter(({ visibleAt }) => visibleAt > world.clock.now()).length;
      most = Math.max(most, held);
      return messages;
    };
    for (let n = 0; n < 120; n++) world.queue.send(`m${n}`, announce(world.put(`n${n}`, 1)) + padding);
    expect(await world.drain()).toMatchObject({ messagesDeleted: 120 });
    // Each takes a million of 32 MiB; one answer of ten may be under way.
    expect(most).toBeLessThanOrEqual(44);
  });
});

describe('objects larger than was announced', () => {
  it('count as what they are, and are finished in the order they came', async () => {
    const world = new World({ settings: { bytesInFlight: 3_000, objectsInFlight: 16, batchBytes: 20_000 } });
    world.store.chunkBytes = 200;
    const keys = Array.from({ length: 6 }, (_, n) => {
      const key = keyOf(`big${n}`);
      world.store.objects.set(`${bucket}/${key}`, logFile(random(n, 60)));
      return key;
    });
    for (const [n, key] of keys.entries()) world.queue.send(`m${n}`, trailNotification(key));
    const summary = await world.drain();
    expect(summary).toMatchObject({ messagesDeleted: 6, objectsAccepted: 6, identityHolds: true });
    // Sizes are known only when they are open; then the first ones go on, and the others wait.
    expect(world.store.mostOpen).toBeLessThanOrEqual(4);
    expect(world.told('object-accepted').map(({ at }) => at.key)).toEqual(keys);
  });

  it('finishes something in a slice that cannot finish everything', async () => {
    const world = new World({
      settings: { bytesInFlight: 1_000, objectsInFlight: 16, sliceMs: 55_000, batchBytes: 20_000 },
    });
    world.store.chunkBytes = 20;
    for (let n = 0; n < 20; n++) {
      const key = keyOf(`slow${n}`);
      world.store.objects.set(`${bucket}/${key}`, logFile(random(n, 200)));
      world.queue.send(`m${n}`, trailNotification(key));
    }
    const open = world.store.open.bind(world.store);
    world.store.open = async (...asked) => {
      const body = await open(...asked);
      const { chunks } = body;
      return { ...body, chunks: slowly(chunks, world) };
    };
    const summary = await world.drain();
    expect(summary.messagesDeleted).toBeGreaterThan(2);
    expect(summary.messagesReturned).toBeGreaterThan(0);
  });
});

/** Rows that compress badly. */
function random(seed: number, rows: number): string[] {
  return Array.from({ length: rows }, (_, index) => `"${(index + seed * 1_000) ** 7}"`);
}

async function* slowly(chunks: AsyncIterable<Uint8Array>, { clock }: World): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    await clock.sleep(50);
    yield chunk;
  }
}
