import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../shared/words/errors.ts';
import { type Answer, announce, failure, keyOf, rowsOf, World } from '../fakes.ts';

const uploadFaults = [
  'upload-unavailable',
  'upload-throttled',
  'upload-too-large',
  'upload-refused',
  'upload-denied',
  'upload-unauthorized',
] as const satisfies readonly ErrorCode[];
const readFaults = [
  'object-cut',
  'object-denied',
  'object-store-throttled',
  'object-store-unavailable',
  'object-not-found',
  'credentials-expired',
] as const satisfies readonly ErrorCode[];
const queueFaults = ['queue-unavailable', 'queue-denied'] as const satisfies readonly ErrorCode[];

interface Weather {
  readonly messages: readonly (readonly number[])[];
  readonly batchBytes: number;
  /** Drawn from again and again, for every request in turn. */
  readonly upload: readonly ((typeof uploadFaults)[number] | 'lost' | 'fine')[];
  readonly read: readonly ((typeof readFaults)[number] | 'fine')[];
  readonly queue: readonly ((typeof queueFaults)[number] | 'fine')[];
  readonly refused: readonly boolean[];
  readonly shutdownMs: number;
}

const fine = fc.constant('fine' as const);
const weather: fc.Arbitrary<Weather> = fc.record({
  messages: fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 4 }), { maxLength: 15 }),
  batchBytes: fc.integer({ min: 50, max: 500 }),
  upload: fc.array(fc.oneof({ weight: 3, arbitrary: fine }, fc.constantFrom('lost', ...uploadFaults)), {
    minLength: 1,
  }),
  read: fc.array(fc.oneof({ weight: 6, arbitrary: fine }, fc.constantFrom(...readFaults)), { minLength: 1 }),
  queue: fc.array(fc.oneof({ weight: 9, arbitrary: fine }, fc.constantFrom(...queueFaults)), { minLength: 1 }),
  refused: fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.boolean()), { minLength: 1 }),
  shutdownMs: fc.integer({ min: 0, max: 400_000 }),
});

describe('drain in any weather', () => {
  it('deletes no message before every row of every object was accepted, and its counts add up', async () => {
    await fc.assert(
      fc.asyncProperty(weather, async (given) => {
        const world = worldIn(given);
        const shutdown = new AbortController();
        void world.clock.sleep(given.shutdownMs).then(() => shutdown.abort());
        const summary = await world.drain(shutdown.signal);
        const accepted = new Set(world.rule.accepted);
        const deleted = given.messages.flatMap((sizes, m) => (world.queue.messages.has(`m${m}`) ? [] : [{ sizes, m }]));
        for (const { sizes, m } of deleted) {
          for (const [o, rows] of sizes.entries()) {
            for (const row of rowsOf(`${m}-${o}`, rows)) expect(accepted.has(row)).toBe(true);
          }
        }
        expect(summary.identityHolds).toBe(true);
        // A deletion that the shutdown overtook may have happened without being counted, never the other way round.
        expect(summary.messagesDeleted).toBeLessThanOrEqual(deleted.length);
        expect(summary.durationMs).toBeLessThanOrEqual(300_000);
        expect(world.queue.deadLetters).toEqual([]);
        const duplicates = world.rule.accepted.length - accepted.size;
        if (summary.messagesReceived === given.messages.length)
          expect(duplicates).toBeLessThanOrEqual(summary.rowsOfUnknownOutcome);
      }),
      { numRuns: 150 },
    );
  });

  it('delivers everything once the weather clears', async () => {
    await fc.assert(
      fc.asyncProperty(weather, async (given) => {
        const world = worldIn(given);
        await world.drain();
        world.store.fault = () => undefined;
        world.queue.fault = () => undefined;
        world.queue.refuse = () => undefined;
        world.rule.answer = () => undefined;
        await world.clock.advance(7 * 3_600_000);
        const summary = await world.drain();
        expect(summary).toMatchObject({ ended: 'queue-empty', identityHolds: true });
        expect(world.queue.messages.size).toBe(0);
        const wanted = given.messages.flatMap((sizes, m) => sizes.flatMap((rows, o) => rowsOf(`${m}-${o}`, rows)));
        expect(new Set(world.rule.accepted)).toEqual(new Set(wanted));
      }),
      { numRuns: 50 },
    );
  });
});

function worldIn(given: Weather): World {
  const world = new World({ settings: { batchBytes: given.batchBytes } });
  for (const [m, sizes] of given.messages.entries()) {
    for (const [o, rows] of sizes.entries()) world.put(`${m}-${o}`, rows);
    world.queue.send(`m${m}`, announce(...sizes.map((_, o) => keyOf(`${m}-${o}`))));
  }
  const upload = turns(given.upload);
  const read = turns(given.read);
  const queue = turns(given.queue);
  const refused = turns(given.refused);
  world.rule.answer = (): Answer => {
    const next = upload();
    return next === 'fine' ? undefined : next === 'lost' ? next : failure(next);
  };
  world.store.fault = () => {
    const next = read();
    return next === 'fine' ? undefined : failure(next);
  };
  world.queue.fault = () => {
    const next = queue();
    return next === 'fine' ? undefined : failure(next);
  };
  world.queue.refuse = () => (refused() ? 'InternalError' : undefined);
  return world;
}

function turns<Value>(values: readonly Value[]): () => Value {
  let turn = 0;
  return () => values[turn++ % values.length] as Value;
}
