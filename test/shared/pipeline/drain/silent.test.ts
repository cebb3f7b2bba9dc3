import { describe, expect, it } from 'vitest';
import { announce, announceIn, failure, keyOf, World } from '../fakes.ts';

/** Everything that can become of a message, in one slice. */
function busyWorld(isTold: boolean): World {
  const world = new World(isTold ? {} : { ports: { report: () => undefined } });
  for (const name of ['a', 'b', 'c']) world.sendFile(name, 12);
  world.queue.send('broken', announce(world.put('broken', 4, { end: '!\n' })));
  world.queue.send('missing', announce(keyOf('missing')));
  world.queue.send('unknown', 'hello');
  world.queue.send('foreign', announceIn('somebody-elses', keyOf('x')));
  world.queue.send('test', '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"trail-logs"}');
  world.queue.send('both', announce(world.put('d', 3), keyOf('gone')));
  world.rule.answer = (rows, request) => {
    if (request === 2) return failure('upload-throttled', 1_000);
    return rows.some((row) => row.includes('c-7"')) ? failure('upload-refused') : undefined;
  };
  world.queue.refuse = (call, id) => (call === 'delete' && id === 'm-b' ? 'ReceiptHandleIsInvalid' : undefined);
  return world;
}

describe('drain without anybody to be told', () => {
  it('comes to the same summary, and leaves the same behind', async () => {
    const told = busyWorld(true);
    const silent = busyWorld(false);
    const summary = await told.drain();
    expect(await silent.drain()).toEqual(summary);
    expect(summary).toMatchObject({ identityHolds: true, objectsAccepted: 3, ended: 'queue-empty' });
    expect([...silent.queue.messages.keys()]).toEqual([...told.queue.messages.keys()]);
    expect(silent.rule.accepted).toEqual(told.rule.accepted);
    expect(silent.events).toEqual([]);
  });

  it('tells what was settled as values', async () => {
    const world = busyWorld(false);
    const settled = new Map<string, string>();
    Object.assign(world.ports, {
      onSettled: ({
        id,
        settlement,
        settled: by,
      }: {
        id: string;
        settlement: { kind: string };
        settled: { kind: string };
      }) => settled.set(id, `${settlement.kind} ${by.kind}`),
    });
    await world.drain();
    expect(Object.fromEntries(settled)).toEqual({
      'm-a': 'acknowledged done',
      'm-b': 'acknowledged kept',
      'm-c': 'returned returned',
      test: 'acknowledged done',
      broken: 'returned returned',
      missing: 'returned returned',
      unknown: 'returned returned',
      foreign: 'returned returned',
      both: 'returned returned',
    });
  });
});
