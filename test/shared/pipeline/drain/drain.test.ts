import { describe, expect, it } from 'vitest';
import { noLease, noLedger } from '../../../../shared/pipeline/ledger/noLedger.ts';
import { announce, FakeDestination, failure, ledgerWith, rowsOf, World } from '../fakes.ts';

describe('drain', () => {
  it('ends after one short poll when the queue is empty', async () => {
    const world = new World();
    const summary = await world.drain();
    expect(summary).toMatchObject({ ended: 'queue-empty', receives: 1, messagesReceived: 0, identityHolds: true });
    expect(summary.ledger).toBe('none');
    expect(world.queue.receives).toMatchObject([{ waitSeconds: 1 }]);
  });

  it('brings every row of every announced object to the rule and deletes the messages', async () => {
    const world = new World();
    world.sendFile('a', 3);
    world.queue.send('two', announce(world.put('b', 2), world.put('c', 0)));
    const summary = await world.drain();
    expect([...world.rule.accepted].sort()).toEqual([...rowsOf('a', 3), ...rowsOf('b', 2)].sort());
    expect(world.queue.messages.size).toBe(0);
    expect(summary).toMatchObject({
      ended: 'queue-empty',
      messagesReceived: 2,
      messagesDeleted: 2,
      messagesReturned: 0,
      objectsAccepted: 3,
      records: 5,
      rowsAccepted: 5,
      recordsLeft: 0,
      uploads: 1,
      rowsOfUnknownOutcome: 0,
      identityHolds: true,
    });
  });

  it('deletes nothing before the last row of its objects is accepted', async () => {
    const world = new World({ settings: { batchBytes: 200 } });
    world.queue.send('big', announce(world.put('a', 30), world.put('b', 20)));
    await world.drain();
    expect(world.journal.at(-1)).toBe('delete big');
    expect(world.journal.filter((entry) => entry.startsWith('accept')).length).toBeGreaterThan(3);
    expect(world.rule.accepted).toHaveLength(50);
  });

  it('lets the rows of many objects share bodies', async () => {
    const world = new World({ settings: { batchBytes: 100_000 } });
    for (let n = 0; n < 50; n++) world.sendFile(`f${n}`, 5);
    const summary = await world.drain();
    expect(summary.rowsAccepted).toBe(250);
    expect(summary.uploads).toBeLessThan(4);
  });

  it('ends soon after the work, without a long poll that outlasts it', async () => {
    const world = new World();
    world.sendFile('a');
    const summary = await world.drain();
    expect(summary.durationMs).toBeLessThan(4_000);
  });

  it('never asks for more messages than can be begun soon', async () => {
    const world = new World({ settings: { objectsInFlight: 4 } });
    for (let n = 0; n < 60; n++) world.sendFile(`f${n}`, 1);
    world.store.latencyMs = 5_000;
    let mostWaiting = 0;
    let received = 0;
    const receive = world.queue.receive.bind(world.queue);
    world.queue.receive = async (...request) => {
      const messages = await receive(...request);
      received += messages.length;
      mostWaiting = Math.max(mostWaiting, received - world.store.opened.length);
      return messages;
    };
    await world.drain();
    expect(world.queue.messages.size).toBe(0);
    expect(world.store.mostOpen).toBeLessThanOrEqual(4);
    expect(mostWaiting).toBeLessThanOrEqual(10);
  });

  it('extends every held message, waiting ones too, so that none is received twice', async () => {
    const world = new World({ settings: { objectsInFlight: 1, visibilitySeconds: 30, heartbeatMs: 10_000 } });
    world.store.latencyMs = 20_000;
    for (let n = 0; n < 8; n++) world.sendFile(`f${n}`, 1);
    const summary = await world.drain();
    expect(summary).toMatchObject({ messagesReceived: 8, messagesDeleted: 8, rowsAccepted: 8 });
    expect(summary.durationMs).toBeGreaterThan(150_000);
  });

  it('goes on extending messages while the storage hangs that is asked about their claims', async () => {
    const extend = () => world.clock.sleep(200_000).then(() => true);
    const world = new World({
      settings: { visibilitySeconds: 30, heartbeatMs: 10_000 },
      ports: { ledger: ledgerWith(() => ({ extend })) },
    });
    world.rule.latencyMs = 100_000;
    world.sendFile('a');
    expect(await world.drain()).toMatchObject({ messagesReceived: 1, messagesDeleted: 1 });
  });

  it('gives back what it cannot finish before the slice ends, at once and untried', async () => {
    const world = new World({ settings: { sliceMs: 60_000, objectsInFlight: 1 } });
    world.store.latencyMs = 40_000;
    for (let n = 0; n < 3; n++) world.sendFile(`f${n}`, 1);
    const summary = await world.drain();
    expect(summary).toMatchObject({ ended: 'deadline', messagesDeleted: 1, messagesReturned: 2, identityHolds: true });
    expect(summary.durationMs).toBeLessThanOrEqual(60_000);
    expect([...world.queue.messages.values()].map(({ changedTo }) => changedTo).sort()).toEqual([0, 5]);
    expect(world.told('message-returned').map(({ failure }) => failure.code)).toEqual(['slice-ended', 'slice-ended']);
  });

  it('stops receiving before the end of the slice', async () => {
    const world = new World({ settings: { sliceMs: 60_000 } });
    const receive = world.queue.receive.bind(world.queue);
    let sent = 0;
    world.queue.receive = async (...request) => {
      await world.clock.sleep(500);
      world.sendFile(`f${sent++}`, 1);
      return await receive(...request);
    };
    const started = world.clock.now();
    const summary = await world.drain();
    expect(summary).toMatchObject({ ended: 'deadline', messagesReturned: 0 });
    expect(Math.max(...world.queue.receives.map(({ at }) => at)) - started).toBeLessThanOrEqual(35_000);
  });

  it('gives everything back at once when the host shuts down', async () => {
    const world = new World();
    world.store.latencyMs = 30_000;
    for (let n = 0; n < 3; n++) world.sendFile(`f${n}`, 1);
    const shutdown = new AbortController();
    void world.clock.sleep(5_000).then(() => shutdown.abort());
    const summary = await world.drain(shutdown.signal);
    expect(summary).toMatchObject({ ended: 'shutdown', messagesDeleted: 0, messagesReturned: 3 });
    expect(summary.durationMs).toBeLessThan(6_000);
    expect([...world.queue.messages.values()].map(({ changedTo }) => changedTo)).toEqual([0, 0, 0]);
  });

  it('waits at a shutdown for the answer of an upload in flight, and deletes what it completes', async () => {
    const world = new World();
    world.rule.latencyMs = 2_000;
    world.sendFile('a');
    const shutdown = new AbortController();
    void world.clock.sleep(2_000).then(() => shutdown.abort());
    const summary = await world.drain(shutdown.signal);
    expect(summary).toMatchObject({ ended: 'shutdown', messagesDeleted: 1, rowsOfUnknownOutcome: 0 });
  });

  it('counts the rows of uploads that nobody answered before the slice ended', async () => {
    const world = new World({ settings: { sliceMs: 60_000 } });
    world.rule.latencyMs = 600_000;
    world.sendFile('a', 4);
    const summary = await world.drain();
    expect(summary).toMatchObject({
      ended: 'deadline',
      messagesDeleted: 0,
      messagesReturned: 1,
      rowsOfUnknownOutcome: 4,
      recordsLeft: 4,
      identityHolds: true,
    });
  });

  it('does not begin anything when it is shut down before it starts', async () => {
    const world = new World();
    world.sendFile('a');
    const summary = await world.drain(AbortSignal.abort());
    expect(summary).toMatchObject({ ended: 'shutdown', receives: 0 });
  });

  it('processes a message once that the queue delivers twice while it is held, and deletes it by the newer handle', async () => {
    const world = new World();
    world.store.latencyMs = 5_000;
    world.sendFile('a');
    void world.clock.sleep(1_500).then(() => world.queue.expireVisibility('m-a'));
    const summary = await world.drain();
    expect(summary).toMatchObject({ messagesReceived: 1, messagesDeleted: 1, rowsAccepted: 3 });
    expect(world.queue.messages.size).toBe(0);
  });

  it('extends both deliveries of a message that the queue delivered twice, so that neither spends another receive', async () => {
    const world = new World({ settings: { visibilitySeconds: 30, heartbeatMs: 10_000 } });
    world.rule.latencyMs = 200_000;
    world.sendFile('a');
    void world.clock.sleep(5_000).then(() => world.queue.sendCopy('m-a'));
    const summary = await world.drain();
    expect(summary).toMatchObject({ messagesReceived: 1, messagesDeleted: 1, rowsAccepted: 3 });
  });

  it('keeps the claim on a message received again while the receipt handle of before is refused', async () => {
    const world = new World({ settings: { heartbeatMs: 4_000 } });
    world.rule.latencyMs = 10_000;
    world.sendFile('a');
    void world.clock.sleep(1_500).then(() => world.queue.expireVisibility('m-a'));
    expect(await world.drain()).toMatchObject({ messagesReceived: 1, messagesDeleted: 1, rowsAccepted: 3 });
    expect(world.told('claim-lost')).toEqual([]);
  });

  it('keeps an object claimed while its rows are under way, even when its message is lost and received again', async () => {
    let claimedUntil = 0;
    const extended = () => world.clock.now() + 30_000;
    const world = new World({
      settings: { visibilitySeconds: 30, heartbeatMs: 10_000 },
      ports: {
        ledger: {
          ...noLedger,
          async claim(unit) {
            if (claimedUntil > world.clock.now()) return { kind: 'held', until: claimedUntil };
            claimedUntil = extended();
            const extend = async () => {
              claimedUntil = extended();
              return true;
            };
            return { kind: 'granted', lease: { ...noLease(unit), extend } };
          },
        },
      },
    });
    world.rule.latencyMs = 120_000;
    world.sendFile('a');
    void world.clock.sleep(9_000).then(() => {
      // Visible too early; the next beat finds its receipt handle of no use, and somebody receives it again.
      world.queue.expireVisibility('m-a', 2_000);
      world.queue.refuse = (call) => {
        world.queue.refuse = () => undefined;
        return call === 'changeVisibility' ? 'ReceiptHandleIsInvalid' : undefined;
      };
    });
    let isStillClaimed = false;
    void world.clock.sleep(100_000).then(() => {
      isStillClaimed = claimedUntil > world.clock.now();
    });
    await world.drain();
    expect(world.told('claim-lost')).toHaveLength(1);
    expect(world.queue.messages.get('m-a')?.receiveCount).toBeGreaterThan(1);
    expect(isStillClaimed).toBe(true);
  });

  it('stops work on a message whose claim is lost, and neither returns nor deletes it', async () => {
    const world = new World({ settings: { heartbeatMs: 1_000 } });
    world.store.latencyMs = 30_000;
    world.sendFile('a');
    world.queue.refuse = (call) => (call === 'changeVisibility' ? 'MessageNotInflight' : undefined);
    const summary = await world.drain();
    expect(summary).toMatchObject({ messagesDeleted: 0, messagesReturned: 0, identityHolds: true });
    expect(world.told('claim-lost')).toMatchObject([{ messageId: 'm-a', refused: 'MessageNotInflight' }]);
    expect(world.rule.accepted).toEqual([]);
  });

  it('counts rows as possible duplicates that were written under a claim lost since', async () => {
    const world = new World({ settings: { heartbeatMs: 1_000 } });
    world.rule.latencyMs = 10_000;
    world.sendFile('a', 3);
    world.queue.refuse = (call) => (call === 'changeVisibility' ? 'MessageNotInflight' : undefined);
    const summary = await world.drain();
    expect(summary).toMatchObject({ messagesDeleted: 0, rowsAccepted: 3, rowsOfUnknownOutcome: 3 });
  });

  it('keeps the claim when an extension fails for the service’s own reasons', async () => {
    const world = new World({ settings: { heartbeatMs: 1_000 } });
    world.store.latencyMs = 10_000;
    world.sendFile('a');
    let refusals = 2;
    world.queue.refuse = (call) => (call === 'changeVisibility' && refusals-- > 0 ? 'InternalError' : undefined);
    expect(await world.drain()).toMatchObject({ messagesDeleted: 1 });
  });

  it('tries a refused deletion once more, and then keeps the message', async () => {
    const world = new World();
    world.sendFile('a');
    world.sendFile('b');
    let refusals = 0;
    world.queue.refuse = (call, id) => {
      if (call !== 'delete') return undefined;
      if (id === 'm-a') return 'InternalError';
      return refusals++ === 0 ? 'InternalError' : undefined;
    };
    const summary = await world.drain();
    expect(summary).toMatchObject({ messagesDeleted: 1, messagesReturned: 0 });
    expect([...world.queue.messages.keys()]).toEqual(['m-a']);
    expect(world.told('message-kept')).toMatchObject([{ messageId: 'm-a', refused: 'InternalError' }]);
  });

  it('repeats a deletion that the queue did not answer', async () => {
    const world = new World();
    world.sendFile('a');
    let failures = 5;
    world.queue.fault = (call) => (call === 'delete' && failures-- > 0 ? failure('queue-unavailable') : undefined);
    expect(await world.drain()).toMatchObject({ messagesDeleted: 1, ended: 'queue-empty' });
  });

  it('goes on without a ledger that cannot be reached, and says so once', async () => {
    const down = async () => {
      throw failure('storage-unavailable');
    };
    const world = new World({
      ports: {
        ledger: { claim: down, purgeExpired: down },
        failedEntries: { recordDelivery: down },
        circuits: { load: down, save: down, suspect: down, remove: down },
      },
    });
    world.sendFile('a');
    world.sendFile('b');
    expect(await world.drain()).toMatchObject({ messagesDeleted: 2, ledger: 'unavailable' });
    expect(world.told('ledger-unavailable')).toMatchObject([{ failure: { code: 'storage-unavailable' } }]);
  });

  it('acknowledges messages that announce nothing, and objects of no interest, and counts them', async () => {
    const world = new World();
    world.queue.send('validation', 'CloudTrail validation message.');
    world.queue.send(
      'digest',
      announce(
        'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/01/111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20261101T000000Z.json.gz',
      ),
    );
    const summary = await world.drain();
    expect(summary).toMatchObject({ messagesDeleted: 2, objectsSkipped: 1, objectsAccepted: 0 });
    expect(world.told('message-empty')).toHaveLength(1);
    expect(world.told('object-skipped')).toHaveLength(1);
  });

  it('spreads bodies over several rules', async () => {
    const world = new World({ settings: { batchBytes: 100, uploadsInFlight: 1 } });
    const second = new FakeDestination('dcr-2', world.clock, world.journal);
    Object.assign(world.ports, { destinations: [world.rule, second] });
    world.sendFile('a', 60);
    expect(await world.drain()).toMatchObject({ rowsAccepted: 60, messagesDeleted: 1 });
    expect(world.rule.accepted.length).toBeGreaterThan(10);
    expect(second.accepted.length).toBeGreaterThan(10);
  });
});
