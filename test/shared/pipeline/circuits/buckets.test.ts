import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailuresAlike } from '../../../../shared/pipeline/circuits/alike.ts';
import { type Admission, Buckets, type Turn } from '../../../../shared/pipeline/circuits/buckets.ts';
import { memoryCircuits } from '../../../../shared/pipeline/circuits/memoryCircuits.ts';
import { Register } from '../../../../shared/pipeline/circuits/register.ts';
import { circuitText } from '../../../../shared/pipeline/ports/circuits.ts';
import type { ConnectorEvent } from '../../../../shared/words/events.ts';
import { FakeClock, failure } from '../fakes.ts';

const never = new AbortController().signal;
const unit = (name: string, scope = 'trail') => ({ scope, name });

function rig({ clock = new FakeClock(), store = memoryCircuits(), needed = 3 } = {}) {
  const events: ConnectorEvent[] = [];
  const suspected: unknown[] = [];
  const storageFailed = (error: unknown) => {
    throw error;
  };
  const register = new Register({ source: 'test', clock, store, report: (event) => events.push(event), storageFailed });
  const buckets = new Buckets({
    register,
    clock,
    alike: new FailuresAlike(clock, needed),
    onSuspicion: (error) => suspected.push(error),
    onOpened: () => undefined,
  });
  const open = () => [...register.all()].map(({ circuit }) => circuitText(circuit.name));
  const admit = async (name: string, scope?: string): Promise<Turn> => {
    const admission = await clock.run(buckets.admit(unit(name, scope), 1, never));
    if (admission.kind === 'barred') throw new Error(`${name} is barred`);
    return admission.turn;
  };
  const fail = async (name: string, scope?: string) => {
    const turn = await admit(name, scope);
    turn.failed(failure('object-denied'));
    turn.end();
  };
  const succeed = async (name: string, scope?: string) => {
    const turn = await admit(name, scope);
    turn.opened();
    turn.end();
  };
  /** An object that asks and does not wait to be asked for. */
  const ask = (name: string, scope?: string, receiveCount = 1) => {
    const asked: { admission: Admission | undefined } = { admission: undefined };
    void buckets.admit(unit(name, scope), receiveCount, never).then((admission) => {
      asked.admission = admission;
    });
    return asked;
  };
  return { admit, ask, buckets, clock, events, fail, open, register, store, succeed, suspected };
}

async function opened() {
  const world = rig();
  for (const name of ['p/1', 'p/2', 'p/3']) await world.fail(name);
  return world;
}

describe('Buckets', () => {
  it('lets everything through while nothing fails alike', async () => {
    const { ask, clock } = rig();
    const asked = ['1', '2', '3'].map((name) => ask(name));
    await clock.quiet();
    expect(asked.map(({ admission }) => admission?.kind)).toEqual(['admitted', 'admitted', 'admitted']);
  });

  it('opens the circuit of a bucket whose objects fail alike, and of no other', async () => {
    const { ask, clock, open, succeed } = await opened();
    expect(open()).toEqual(['bucket/trail/object-denied']);
    await succeed('1', 'other');
    const asked = ask('2', 'other');
    await clock.quiet();
    expect(asked.admission?.kind).toBe('admitted');
    expect(open()).toEqual(['bucket/trail/object-denied']);
  });

  it('never opens for what is an object’s own for good, however often', async () => {
    const { admit, open } = rig();
    for (let n = 0; n < 10; n++) {
      const turn = await admit(`${n}`);
      turn.failed(failure('gzip-invalid'));
      turn.end();
    }
    expect(open()).toEqual([]);
  });

  it('tries one object at a time, and the first that can be opened opens the way', async () => {
    const { ask, clock, open } = await opened();
    const asked = ['a/1', 'b/2', 'c/3'].map((name) => ask(name));
    await clock.quiet();
    expect(asked.filter(({ admission }) => admission !== undefined)).toHaveLength(1);
    const [first] = asked;
    if (first?.admission?.kind !== 'admitted') throw new Error('the first is not on trial');
    first.admission.turn.opened();
    first.admission.turn.end();
    await clock.quiet();
    expect(asked.map(({ admission }) => admission?.kind)).toEqual(['admitted', 'admitted', 'admitted']);
    expect(open()).toEqual([]);
  });

  it('waits longer after each trial that fails, and never longer than a quarter of a minute', async () => {
    const { clock, fail } = await opened();
    const times = [clock.now()];
    for (let n = 0; n < 10; n++) {
      await fail(`p/t${n}`);
      times.push(clock.now());
    }
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(waits).toEqual([0, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it('tries what comes for the first time before what came often, also when it finds the line full', async () => {
    const { admit, ask, clock } = await opened();
    const held = await admit('p/held');
    const [often, again, fresh] = [4, 2, 1].map((receiveCount) => ask(`p/${receiveCount}`, 'trail', receiveCount));
    held.failed(failure('object-denied'));
    held.end();
    await clock.advance(250);
    expect([often, again, fresh].map((asked) => asked?.admission?.kind)).toEqual(['barred', undefined, 'admitted']);
  });

  it('tries a prefix that was tried least recently before the others, whoever waits longer', async () => {
    const { admit, ask, clock } = await opened();
    const held = await admit('p/held');
    const [samePrefix, otherPrefix] = ['p/4', 'q/1'].map((name) => ask(name));
    held.failed(failure('object-denied'));
    held.end();
    await clock.advance(250);
    expect([samePrefix?.admission, otherPrefix?.admission?.kind]).toEqual([undefined, 'admitted']);
  });

  it('lets few of a prefix wait, few in all, and sends the others away once a trial has failed', async () => {
    const { admit, ask, buckets, clock } = await opened();
    const held = await admit('p/held');
    const asked = ['p/1', 'p/2', 'p/3', 'q/1', 'q/2', 'r/1'].map((name) => ask(name));
    await clock.quiet();
    expect(asked.every(({ admission }) => admission === undefined)).toBe(true);
    held.failed(failure('object-denied'));
    held.end();
    await clock.quiet();
    expect(asked.map(({ admission }) => admission?.kind)).toEqual([
      undefined,
      undefined,
      'barred',
      undefined,
      undefined,
      'barred',
    ]);
    expect(buckets.heldBack('trail')).toBe(6);
  });

  it('lets whoever finds no place wait for the trial under way, since it may open the way', async () => {
    const { admit, ask, clock } = await opened();
    const held = await admit('p/held');
    const asked = Array.from({ length: 30 }, (_, n) => ask(`p/${n}`));
    held.opened();
    held.end();
    await clock.quiet();
    expect(asked.every(({ admission }) => admission?.kind === 'admitted')).toBe(true);
  });

  it('tries the next one while the first repeats its request, and hears of that one still', async () => {
    const { admit, clock, open } = await opened();
    const repeating = await admit('p/held');
    repeating.failed(failure('object-denied'));
    const next = await admit('p/next');
    repeating.failed(failure('object-denied'));
    repeating.end();
    await clock.advance(60_000);
    next.failed(failure('object-denied'));
    next.end();
    const third = await admit('p/third');
    repeating.opened();
    expect(open()).toEqual([]);
    third.end();
  });

  it('goes on at once when a trial came to nothing', async () => {
    const { admit, clock } = await opened();
    (await admit('p/held')).end();
    const before = clock.now();
    await admit('p/next');
    expect(clock.now()).toBe(before);
  });

  it('asks those that were let through before the circuit opened to come again, unless they are its trial', async () => {
    const { admit, fail } = rig();
    const early = await admit('p/0');
    for (const name of ['p/1', 'p/2', 'p/3']) await fail(name);
    expect(early.isValid).toBe(false);
    expect((await admit('p/4')).isValid).toBe(true);
  });

  it('is closed by any object that can be opened, one let through before as well', async () => {
    const { admit, fail, open } = rig();
    const early = await admit('p/0');
    for (const name of ['p/1', 'p/2', 'p/3']) await fail(name);
    early.opened();
    expect(open()).toEqual([]);
  });

  it('gives up waiting for the reason of the signal, and leaves its place to another', async () => {
    const { admit, buckets, clock } = await opened();
    const held = await admit('p/held');
    const stop = new AbortController();
    const waiting = buckets.admit(unit('q/1'), 1, stop.signal);
    await clock.quiet();
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(buckets.heldBack('trail')).toBe(0);
    held.end();
  });

  describe('a bucket with one file in many slices', () => {
    /** A file of it fails in a slice of its own. */
    async function failedInSlices(names: readonly string[], minutesBetween: number) {
      const clock = new FakeClock();
      const store = memoryCircuits();
      let last = rig({ clock, store });
      for (const name of names) {
        last = rig({ clock, store });
        last.buckets.restore(await last.register.load());
        await last.fail(name);
        await last.register.stored();
        await clock.advance(minutesBetween * 60_000);
      }
      return { ...last, clock, store };
    }

    it('opens its circuit as well', async () => {
      expect((await failedInSlices(['p/1', 'p/2'], 10)).open()).toEqual([]);
      expect((await failedInSlices(['p/1', 'p/2', 'q/3'], 10)).open()).toEqual(['bucket/trail/object-denied']);
    });

    it('counts an object once, in however many slices it fails', async () => {
      expect((await failedInSlices(['p/1', 'p/2', 'p/1', 'p/2', 'p/1'], 10)).open()).toEqual([]);
    });

    it('forgets them as soon as one can be opened, or after a day', async () => {
      const { clock, store } = await failedInSlices(['p/1', 'p/2'], 10);
      const next = rig({ clock, store });
      next.buckets.restore(await next.register.load());
      await next.succeed('p/3');
      await next.register.stored();
      expect(await store.load()).toEqual({ open: [], suspected: [] });
      expect((await failedInSlices(['p/1', 'p/2', 'p/3'], 24 * 60)).open()).toEqual([]);
    });

    it('does not take the place of its open circuit when a trial fails', async () => {
      const { clock, fail, register, store } = await opened();
      await clock.advance(60_000);
      await fail('p/4');
      await register.stored();
      expect(await store.load()).toMatchObject({ open: [{ probes: 1 }], suspected: [] });
    });
  });

  it('survives a restart with nothing but its name: the next object at hand is the next trial', async () => {
    const { clock, fail, register, store } = await opened();
    await fail('p/4');
    await register.stored();
    const next = rig({ clock, store });
    await next.register.load();
    expect(next.open()).toEqual(['bucket/trail/object-denied']);
    await next.succeed('p/5');
    await next.register.stored();
    expect((await store.load()).open).toEqual([]);
  });

  it('delivers every good object soon, wherever the bad ones stand and however many they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ isBad: fc.boolean(), prefix: fc.constantFrom('p', 'q', 'r') }), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.integer({ min: 1, max: 8 }),
        async (objects, atOnce) => {
          const { buckets, clock } = rig();
          const startedAt = clock.now();
          const queue = [...objects.entries()];
          const delivered = new Set<number>();
          /** Those sent away come again, as they would from a queue. */
          const worker = async () => {
            for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
              const [index, { isBad, prefix }] = next;
              const admission = await buckets.admit(unit(`${prefix}/${index}`), 1, never);
              if (admission.kind === 'barred') {
                queue.push(next);
                await clock.sleep(1_000);
                continue;
              }
              await clock.sleep(20);
              if (isBad) admission.turn.failed(failure('object-archived'));
              else {
                admission.turn.opened();
                delivered.add(index);
              }
              admission.turn.end();
            }
          };
          await clock.run(Promise.all(Array.from({ length: atOnce }, worker)));
          expect(delivered.size).toBe(objects.filter(({ isBad }) => !isBad).length);
          expect(clock.now() - startedAt).toBeLessThan(15_000 * (2 + objects.length));
        },
      ),
      { numRuns: 100 },
    );
  });
});
