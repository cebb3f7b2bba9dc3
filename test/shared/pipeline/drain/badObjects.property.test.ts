import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryCircuits } from '../../../../shared/pipeline/circuits/memoryCircuits.ts';
import type { ErrorCode } from '../../../../shared/words/errors.ts';
import { announce, bucket, failure, logFile, rowsOf, World } from '../fakes.ts';

const codes = [
  'object-denied',
  'object-archived',
  'object-kms-denied',
  'object-refused',
  'object-store-unavailable',
  'object-store-throttled',
] as const satisfies ErrorCode[];

/** A world of log files of which some can never be read, under a few days' prefixes, in the order given. */
function worldOf(files: readonly { readonly isBad: boolean; readonly day: number }[], code: ErrorCode) {
  const world = new World({
    settings: { objectsInFlight: 8, sliceMs: 60_000, stopReceivingMs: 5_000 },
    ports: { circuits: memoryCircuits() },
  });
  const bad = new Set<string>();
  for (const [index, { day, isBad }] of files.entries()) {
    const key = world.put(`f${index}`, 2).replace('/11/01/', `/11/0${1 + day}/`);
    world.store.objects.set(`${bucket}/${key}`, logFile(rowsOf(`f${index}`, 2)));
    if (isBad) bad.add(key);
    world.queue.send(`${isBad ? 'bad' : 'good'}-${index}`, announce(key));
  }
  world.store.fault = ({ key }) => (bad.has(key) ? failure(code) : undefined);
  return world;
}

const isGood = (id: string) => id.startsWith('good');

describe('drain with objects that can never be read', () => {
  it('delivers one in twenty bad files’ nineteen neighbours at once, and sends none of them away', async () => {
    for (const code of codes) {
      const files = Array.from({ length: 200 }, (_, n) => ({ isBad: n % 20 === 7, day: 0 }));
      const world = worldOf(files, code);
      const summary = await world.drain();
      expect([code, summary.messagesDeleted]).toEqual([code, 190]);
      expect(world.told('message-returned').filter(({ messageId }) => isGood(messageId))).toEqual([]);
    }
  });

  it('is not blinded by three bad files that were there first, however often they come again', async () => {
    for (const code of codes) {
      const world = worldOf(
        [0, 1, 2].map((day) => ({ isBad: true, day })),
        code,
      );
      for (let n = 0; n < 6; n++) {
        await world.drain();
        const key = world.put(`late${n}`, 2);
        world.queue.send(`good-late${n}`, announce(key));
        await world.clock.advance(60_000);
      }
      for (let n = 0; n < 10; n++) {
        await world.drain();
        await world.clock.advance(60_000);
      }
      const left = [...world.queue.messages.keys()].filter(isGood);
      expect([code, left]).toEqual([code, []]);
    }
  });

  it('delivers every good file within hours and few receives, in any order and number of bad ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ isBad: fc.boolean(), day: fc.nat(3) }), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(...codes),
        async (files, code) => {
          const world = worldOf(files, code);
          const good = files.filter(({ isBad }) => !isBad).length;
          for (let slices = 0; slices < 200 && [...world.queue.messages.keys()].some(isGood); slices++) {
            await world.drain();
            await world.clock.advance(120_000);
          }
          expect(world.queue.deadLetters.filter(isGood)).toEqual([]);
          expect([...world.queue.messages.keys()].filter(isGood)).toEqual([]);
          expect(new Set(world.rule.accepted).size).toBe(2 * good);
        },
      ),
      { numRuns: 30 },
    );
  });
});
