import { describe, expect, it } from 'vitest';
import { renewing } from '../../../shared/kit/renewing.ts';

const minute = 60_000;

function setUp(random = 0) {
  const world = { now: 0, assumed: 0, failing: false };
  const sessions = renewing({
    renewBeforeMs: 5 * minute,
    jitterMs: minute,
    endOf: ({ expiresAt }) => expiresAt,
    make: async () => {
      if (world.failing) {
        throw new Error('denied');
      }
      world.assumed += 1;
      return { n: world.assumed, expiresAt: world.now + 60 * minute };
    },
    clock: { now: () => world.now },
    random: () => random,
  });
  return { world, sessions };
}

/** Lets a background renewal finish. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('renewing', () => {
  it('assumes once for concurrent callers and keeps the session', async () => {
    const { world, sessions } = setUp();
    const both = await Promise.all([sessions.get(), sessions.get()]);
    world.now = 54 * minute;
    expect([...both, await sessions.get()].map(({ n }) => n)).toEqual([1, 1, 1]);
  });

  it('renews 5 minutes before the end in the background, once, while the old session serves', async () => {
    const { world, sessions } = setUp();
    await sessions.get();
    world.now = 55 * minute;
    const during = await Promise.all([sessions.get(), sessions.get()]);
    await settled();
    expect(during.map(({ n }) => n)).toEqual([1, 1]);
    expect((await sessions.get()).n).toBe(2);
    expect(world.assumed).toBe(2);
  });

  it('renews earlier by the jitter', async () => {
    const { world, sessions } = setUp(0.5);
    await sessions.get();
    world.now = 54.5 * minute;
    await sessions.get();
    await settled();
    expect((await sessions.get()).n).toBe(2);
  });

  it('serves the old session while renewals fail, and tries again after a pause', async () => {
    const { world, sessions } = setUp();
    await sessions.get();
    world.now = 55 * minute;
    world.failing = true;
    await sessions.get();
    await settled();
    world.failing = false;
    expect((await sessions.get()).n).toBe(1);
    await settled();
    expect((await sessions.get()).n).toBe(1);
    world.now += 30_000;
    await sessions.get();
    await settled();
    expect((await sessions.get()).n).toBe(2);
  });

  it('throws the failure once the old session is at its end', async () => {
    const { world, sessions } = setUp();
    await sessions.get();
    world.now = 59.5 * minute;
    world.failing = true;
    await expect(sessions.get()).rejects.toThrow('denied');
    world.failing = false;
    expect((await sessions.get()).n).toBe(2);
  });

  it('renews what brings no later end no more often than every 30 s', async () => {
    const { world, sessions } = setUp();
    await sessions.get();
    world.now = 56 * minute;
    await sessions.get();
    await settled();
    const renewed = world.assumed;
    await sessions.get();
    await settled();
    expect(world.assumed).toBe(renewed);
  });

  it("ends a caller's wait with its signal, while the renewal goes on for others", async () => {
    const answer = Promise.withResolvers<number>();
    const numbers = renewing({
      make: () => answer.promise,
      endOf: () => 60 * minute,
      renewBeforeMs: minute,
      clock: { now: () => 0 },
    });
    const slice = new AbortController();
    const impatient = numbers.get(slice.signal);
    const patient = numbers.get();
    slice.abort(new Error('over'));
    await expect(impatient).rejects.toThrow('over');
    answer.resolve(7);
    expect(await patient).toBe(7);
    await expect(numbers.get(slice.signal)).rejects.toThrow('over');
  });

  it('forgets the refused session, but not the one that replaced it', async () => {
    const { sessions } = setUp();
    const first = await sessions.get();
    expect(sessions.invalidate((held) => held === first)).toBe(true);
    const second = await sessions.get();
    expect(second.n).toBe(2);
    expect(sessions.invalidate((held) => held === first)).toBe(false);
    expect(await sessions.get()).toBe(second);
    expect(sessions.invalidate()).toBe(true);
    expect(sessions.invalidate()).toBe(false);
  });
});
