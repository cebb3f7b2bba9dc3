import { describe, expect, it } from 'vitest';
import type { FailedEntries } from '../../../../shared/pipeline/ports/failedEntries.ts';
import type { ObjectRef } from '../../../../shared/words/announcement.ts';
import { announce, failure, keyOf, rowsOf, World } from '../fakes.ts';
import { FakeEntries, instanceOver, memoryStore } from '../ledger/support.ts';

/** A drain with a ledger and failed entries that remember. */
class Kept extends World {
  readonly entries: FakeEntries;

  constructor(recordDelivery?: FailedEntries['recordDelivery']) {
    super();
    const entries = new FakeEntries();
    const kept = entries.recordDelivery.bind(entries);
    Object.assign(entries, {
      recordDelivery: async (...entry: Parameters<FailedEntries['recordDelivery']>) => {
        this.journal.push(`keep ${entry[1].id}`);
        return await (recordDelivery ?? kept)(...entry);
      },
    });
    this.entries = entries;
    const clock = { time: 0, now: () => this.clock.now() };
    const ledger = instanceOver(memoryStore(clock), clock, { failedEntries: entries, source: 'test' });
    Object.assign(this.ports, { ledger, failedEntries: entries });
  }

  /** A slice, and time for what was given back. */
  async slice() {
    const summary = await this.drain();
    await this.clock.advance(600_000);
    return summary;
  }
}

const damaged = { end: '!\n' };

describe('drain: what waiting can never change', () => {
  it.each([
    ['a body of no known shape', 'not json at all', 'notification-unknown'],
    ['a key that cannot be CloudTrail’s', announce('AWSLogs/../x'), 'key-not-allowed'],
  ])('is kept whole at first sight, and only then deleted: %s', async (_, body, code) => {
    const world = new Kept();
    world.queue.send('odd', body);
    world.sendFile('a', 2);
    const summary = await world.slice();
    expect(summary).toMatchObject({ messagesDeleted: 2, messagesQuarantined: 1, messagesReturned: 0, rowsAccepted: 2 });
    expect(world.entries.recorded).toEqual([expect.stringMatching(new RegExp(`^test/[\\w-]{32} ${code}$`))]);
    const [told] = world.told('message-quarantined');
    expect(told).toMatchObject({ messageId: 'odd', failure: { code } });
    expect(world.entries.recorded).toEqual([`${told?.entry} ${code}`]);
    expect(world.journal.indexOf('keep odd')).toBeLessThan(world.journal.indexOf('delete odd'));
    expect(world.queue.messages.size).toBe(0);
  });

  it('is an object that was found damaged twice, and not at first', async () => {
    const world = new Kept();
    world.queue.send('m', announce(world.put('good', 2), world.put('bad', 3, damaged)));
    expect(await world.slice()).toMatchObject({ messagesDeleted: 0, messagesReturned: 1, messagesQuarantined: 0 });
    expect(await world.slice()).toMatchObject({ messagesDeleted: 1, messagesReturned: 0, messagesQuarantined: 1 });
    expect(world.queue.messages.size + world.queue.deadLetters.length).toBe(0);
    expect(world.rule.accepted.toSorted()).toEqual([...rowsOf('bad', 3), ...rowsOf('good', 2)]);
    expect(new Set(world.entries.recorded).size).toBe(1);
  });

  it('is tried again for as long as something of the same message may heal', async () => {
    const world = new Kept();
    world.store.fault = ({ key }: ObjectRef) => (key === keyOf('denied') ? failure('object-denied') : undefined);
    world.queue.send('m', announce(world.put('bad', 1, damaged), world.put('denied', 1)));
    for (let slice = 0; slice < 4; slice++) await world.slice();
    expect(world.told('message-quarantined')).toEqual([]);
    world.store.fault = () => undefined;
    await world.clock.advance(6 * 3_600_000);
    await world.slice();
    expect(world.told('message-quarantined')).toHaveLength(1);
    expect(world.rule.accepted).toEqual(expect.arrayContaining(rowsOf('denied', 1)));
  });

  it.each(['object-denied', 'object-archived', 'object-kms-denied', 'object-not-found', 'object-cut'] as const)(
    'is not %s, which may heal',
    async (code) => {
      const world = new Kept();
      world.store.fault = () => failure(code);
      world.sendFile('a');
      for (let slice = 0; slice < 4; slice++) await world.slice();
      expect(world.queue.messages.size).toBe(1);
      expect(world.told('message-quarantined')).toEqual([]);
      expect(new Set(world.entries.recorded).size).toBe(1);
    },
  );

  it.each([
    ['could not be kept', async () => undefined],
    [
      'cannot be asked for',
      async () => {
        throw failure('storage-unavailable');
      },
    ],
  ])('stays in the queue when storage %s', async (_, recordDelivery) => {
    const world = new Kept(recordDelivery);
    world.queue.send('odd', 'not json at all');
    world.queue.send('m', announce(world.put('bad', 1, damaged)));
    for (let slice = 0; slice < 4; slice++) await world.slice();
    expect([...world.queue.messages.keys()]).toEqual(['odd', 'm']);
    expect(world.journal.filter((line) => line.startsWith('delete'))).toEqual([]);
  });

  it('comes again when the queue refuses its deletion, and is kept in the same entry', async () => {
    const world = new Kept();
    world.queue.refuse = (call) => (call === 'delete' ? 'InternalError' : undefined);
    world.queue.send('odd', 'not json at all');
    await world.slice();
    expect(world.told('message-kept')).toMatchObject([{ messageId: 'odd' }]);
    world.queue.refuse = () => undefined;
    await world.slice();
    expect(world.queue.messages.size).toBe(0);
    expect(new Set(world.entries.recorded).size).toBe(1);
  });

  it('does not count as waiting in back-off, however much of it there is', async () => {
    const world = new Kept();
    for (let n = 0; n < 1_500; n++) world.queue.send(`odd-${n}`, `nonsense ${n}`);
    world.sendFile('a', 2);
    expect(await world.drain()).toMatchObject({ ended: 'queue-empty', messagesQuarantined: 1_500, rowsAccepted: 2 });
    expect(world.told('circuit-opened')).toEqual([]);
  });
});

describe('drain: a message at its last receive', () => {
  /** Another instance holds what it announces, at every receive. */
  const held = (): Kept => {
    const world = new Kept();
    const claim = async () => ({ kind: 'held', until: world.clock.now() + 60_000 }) as const;
    Object.assign(world.ports, { ledger: { ...world.ports.ledger, claim } });
    world.sendFile('a');
    return world;
  };

  it('is kept whole whoever is to blame, and not before', async () => {
    const world = held();
    world.queue.maxReceiveCount = 3;
    const kept: number[] = [];
    for (let receive = 1; receive <= 3; receive++) {
      expect(await world.slice()).toMatchObject({ messagesReturned: 1, messagesQuarantined: 0 });
      kept.push(world.entries.recorded.length);
    }
    expect(kept).toEqual([0, 0, 1]);
    expect(world.entries.recorded).toEqual([expect.stringMatching(/ claim-held$/)]);
  });

  it('is nothing to wait for when the queue does not say how often it gives one', async () => {
    const world = held();
    world.queue.measureBacklog = async () => {
      throw failure('queue-unavailable');
    };
    expect(await world.slice()).toMatchObject({ messagesReturned: 1 });
    expect(world.entries.recorded).toEqual([]);
  });
});
