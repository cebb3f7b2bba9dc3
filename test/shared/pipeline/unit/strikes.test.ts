import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../../../shared/pipeline/ports/lease.ts';
import { unitOf } from '../../../../shared/pipeline/unit/logFile.ts';
import { bucket, keyOf, World } from '../fakes.ts';
import { granted, instanceOver, memoryStore } from '../ledger/support.ts';

/** A world in which earlier processes were killed while they held these files. */
function afterCrashes(names: readonly string[]) {
  const world = new World();
  const clock = { time: 0, now: () => world.clock.now() };
  const store = memoryStore(clock);
  const ledgerOf = (): Ledger => instanceOver(store, clock, { source: 'test' });
  const kept: string[] = [];
  Object.assign(world.ports, {
    ledger: ledgerOf(),
    failedEntries: {
      recordDelivery: async (_source: string, { id }: { id: string }, { error }: { error: { code: string } }) => {
        kept.push(`${id} ${error.code}`);
        return { id };
      },
    },
  });
  for (const name of names) world.sendFile(name, 2);
  /** One process more: it claims the files, tries one of them alone if told so, and is killed. */
  const crash = async (struck?: string): Promise<void> => {
    const dead = ledgerOf();
    for (const name of names) {
      const claim = await dead.claim(unitOf({ bucket, key: keyOf(name) }), clock.now());
      if (claim.kind === 'granted' && name === struck) await granted(claim).strike();
    }
    await world.clock.advance(200_000);
  };
  const strikes = (name: string) => store.entries.get(keyOf(name))?.entry.strikes;
  return { world, crash, strikes, kept };
}

describe('files that were held by a process that was killed', () => {
  it('are read one at a time, and then are like all others', async () => {
    const { world, crash, strikes } = afterCrashes(['a', 'b', 'c']);
    await crash();
    world.sendFile('other', 2);
    const open = world.store.open.bind(world.store);
    const acceptedBefore: number[] = [];
    world.store.open = (...asked) => {
      acceptedBefore.push(world.rule.accepted.length);
      return open(...asked);
    };
    expect(await world.drain()).toMatchObject({ objectsAccepted: 4, messagesDeleted: 4, identityHolds: true });
    expect(world.store.mostOpen).toBe(1);
    // After the one that is no suspect, each is answered before the next is opened.
    expect(acceptedBefore).toEqual([0, 0, 4, 6]);
    expect(['a', 'b', 'c'].map(strikes)).toEqual([0, 0, 0]);
  });

  it('are known to be tried before they are', async () => {
    const { world, crash, strikes } = afterCrashes(['a']);
    await crash();
    const seen: (number | undefined)[] = [];
    const open = world.store.open.bind(world.store);
    world.store.open = (...asked) => {
      seen.push(strikes('a'));
      return open(...asked);
    };
    await world.drain();
    expect(seen).toEqual([1]);
  });

  it('are alone until their outcome is written, since the next may kill the process while their rows are under way', async () => {
    const { world, crash, strikes } = afterCrashes(['a', 'b']);
    await crash();
    const open = world.store.open.bind(world.store);
    const begun: (readonly (number | undefined)[])[] = [];
    world.store.open = (...asked) => {
      begun.push(['a', 'b'].map(strikes));
      return open(...asked);
    };
    await world.drain();
    expect(begun[1]?.filter((each) => each === 1)).toHaveLength(1);
  });

  it('are set aside when the process ended each time they were alone, and nothing beside them is', async () => {
    const { world, crash, kept } = afterCrashes(['culprit', 'honest']);
    await crash();
    await crash('culprit');
    await crash('culprit');
    expect(await world.drain()).toMatchObject({ objectsAccepted: 1, objectsFailed: 1, messagesDeleted: 2 });
    expect(world.store.opened).toEqual([keyOf('honest')]);
    expect(kept).toEqual(['m-culprit process-ended']);
  });

  it('are no suspects when the process gave them up', async () => {
    const { world, strikes } = afterCrashes(['a', 'b']);
    world.store.latencyMs = 40_000;
    const shutdown = new AbortController();
    void world.clock.sleep(5_000).then(() => shutdown.abort());
    expect(await world.drain(shutdown.signal)).toMatchObject({ ended: 'shutdown', messagesReturned: 2 });
    world.store.latencyMs = 20;
    await world.clock.advance(200_000);
    expect(await world.drain()).toMatchObject({ objectsAccepted: 2 });
    expect(world.store.mostOpen).toBe(2);
    expect(strikes('a')).toBe(0);
  });
});
