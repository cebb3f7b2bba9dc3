import { describe, expect, it } from 'vitest';
import { queueSource } from '../../../../../shared/pipeline/delivery/queue/source.ts';
import { keptDelivery } from '../../../../../shared/pipeline/ports/failedEntries.ts';
import { acknowledgement, type Fate, type Settlement } from '../../../../../shared/pipeline/ports/settlement.ts';
import type { Delivery } from '../../../../../shared/pipeline/ports/source.ts';
import { failureOf } from '../../../../../shared/words/failure.ts';
import { announce, bucket, FakeClock, FakeQueue, failure, keyOf } from '../../fakes.ts';
import { neverOpened } from '../../unit/support.ts';
import { never } from './messages.ts';

const why = failureOf(failure('upload-denied'), 'pipeline');
const acknowledged: Settlement = { kind: 'acknowledged', proof: acknowledgement([], []) };
const returned = (fate: Fate): Settlement => ({ kind: 'returned', failure: why, fate });

/** A queue with one message, `m`, and a slice that draws from it. */
function rig() {
  const clock = new FakeClock();
  const journal: string[] = [];
  const events: unknown[] = [];
  const failed: unknown[] = [];
  const queue = new FakeQueue(clock, journal);
  queue.send('m', announce(keyOf('a')));
  const source = queueSource({
    ...{ name: 'test', queue, objects: neverOpened, allowedBuckets: [bucket] },
    ...{ visibilitySeconds: 30, heartbeatMs: 10_000, clock, random: () => 0.5 },
  }).open({
    over: never,
    isShutdown: () => false,
    mostBackOffSeconds: () => Number.POSITIVE_INFINITY,
    failed: (error) => failed.push(error),
    report: (event) => events.push(event),
  });
  const receive = () => clock.run(source.receive({ most: 10, waitSeconds: 1 }, never));
  const receiveOne = async (): Promise<Delivery> => {
    const [delivery] = await receive();
    if (delivery === undefined) throw new Error('nothing came');
    return delivery;
  };
  const settle = async (settlement: Settlement) => clock.run((await receiveOne()).settle(settlement));
  return { clock, events, failed, journal, queue, receive, receiveOne, settle, source };
}

describe('a source of SQS messages', () => {
  it('gives a message as a delivery that announces its objects, and deletes nothing by that', async () => {
    const { journal, queue, receiveOne } = rig();
    const delivery = await receiveOne();
    expect(delivery).toMatchObject({ id: 'm', evidence: { id: 'm', body: announce(keyOf('a')), receiveCount: 1 } });
    expect(delivery.announcement()).toMatchObject({ units: [{ fate: 'ingest', unit: { name: keyOf('a') } }] });
    expect(journal).toEqual([]);
    expect([...queue.messages.keys()]).toEqual(['m']);
  });

  it.each<Settlement>([acknowledged, { kind: 'quarantined', failure: why, proof: keptDelivery('test/entry') }])(
    'deletes what is $kind',
    async (settlement) => {
      const { journal, queue, settle } = rig();
      expect(await settle(settlement)).toEqual({ kind: 'done' });
      expect(journal).toEqual(['delete m']);
      expect(queue.messages.size).toBe(0);
    },
  );

  it('answers that a message is kept whose deletion is refused', async () => {
    const { queue, settle } = rig();
    queue.refuse = () => 'InternalError';
    expect(await settle(acknowledged)).toEqual({ kind: 'kept', refused: 'InternalError' });
    expect([...queue.messages.keys()]).toEqual(['m']);
  });

  it('extends a message until its deletion has returned, and gives it once however often it comes', async () => {
    const { clock, queue, receive, receiveOne, source } = rig();
    const delivery = await receiveOne();
    const end = new AbortController();
    const beating = source.keepHeld(end.signal);
    queue.expireVisibility('m');
    expect(await receive()).toEqual([]);
    queue.fault = (call) => (call === 'delete' ? failure('queue-unavailable') : undefined);
    const settling = delivery.settle(acknowledged);
    await clock.advance(10_000);
    expect(queue.messages.get('m')).toMatchObject({ changedTo: 30, receiveCount: 2 });
    queue.fault = () => undefined;
    expect(await clock.run(settling)).toEqual({ kind: 'done' });
    // The newest receipt handle alone deletes.
    expect(queue.messages.size).toBe(0);
    end.abort();
    await beating;
  });

  it('gives back what is returned, for as long as its fate says, and keeps it', async () => {
    const { clock, queue, receive, settle } = rig();
    expect(await settle(returned({ kind: 'back-off' }))).toEqual({ kind: 'returned', comesAgainInSeconds: 30 });
    expect(await receive()).toEqual([]);
    await clock.advance(30_000);
    expect(await receive()).toMatchObject([{ id: 'm', evidence: { receiveCount: 2 } }]);
    expect(queue.messages.get('m')).toMatchObject({ changedTo: 30 });
  });

  it('answers the code when a message cannot be given back', async () => {
    const { queue, settle } = rig();
    queue.refuse = () => 'MessageNotInflight';
    expect(await settle(returned({ kind: 'soon', wasTried: false }))).toEqual({
      kind: 'refused',
      refused: 'MessageNotInflight',
    });
  });

  it('touches no message that somebody else may have, tells so once, and gives it anew when it comes again', async () => {
    const { clock, events, journal, queue, receiveOne } = rig();
    const delivery = await receiveOne();
    delivery.lose('another instance is at it');
    delivery.lose('another instance is at it');
    expect(events).toEqual([
      { type: 'claim-lost', source: 'test', messageId: 'm', refused: 'another instance is at it' },
    ]);
    queue.expireVisibility('m');
    const again = await receiveOne();
    expect(await clock.run(delivery.settle(returned({ kind: 'back-off' })))).toMatchObject({
      kind: 'lost',
      refused: expect.stringContaining('another instance is at it'),
    });
    expect(queue.messages.get('m')?.changedTo).toBeUndefined();
    expect(journal).toEqual([]);
    expect(again.lost.aborted).toBe(false);
  });

  it('knows the last receive that the redrive policy allows, and none when the queue does not tell', async () => {
    const { queue, receiveOne } = rig();
    queue.maxReceiveCount = 2;
    const first = await receiveOne();
    expect(await first.isLast()).toBe(false);
    queue.expireVisibility('m');
    first.lose('it has lapsed');
    expect(await (await receiveOne()).isLast()).toBe(true);
    const silent = rig();
    silent.queue.maxReceiveCount = 1;
    silent.queue.measureBacklog = () => Promise.reject(failure('queue-denied'));
    expect(await (await silent.receiveOne()).isLast()).toBe(false);
    expect(silent.failed).toEqual([]);
  });
});
