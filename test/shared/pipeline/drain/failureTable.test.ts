import { describe, expect, it } from 'vitest';
import { noLedger } from '../../../../shared/pipeline/ledger/noLedger.ts';
import type { Evidence } from '../../../../shared/pipeline/ports/failedEntries.ts';
import type { Ledger } from '../../../../shared/pipeline/ports/lease.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import type { Failure } from '../../../../shared/words/failure.ts';
import { announce, announceIn, bucket, failure, keyOf, ledgerWith, rowsOf, World } from '../fakes.ts';

interface Row {
  readonly cause: string;
  readonly code: string;
  readonly body: (world: World) => string;
  /** Seconds until the message is visible again, by receive count 1 and 4. */
  readonly seconds: readonly [number, number];
  readonly event: 'object-failed' | undefined;
  readonly entry: 'object' | 'message' | undefined;
}

/** Failures of one object or message: it is kept and backs off, and the queue's redrive does the rest. */
const table: readonly Row[] = [
  {
    cause: 'a shape nobody knows',
    code: 'notification-unknown',
    body: () => '{"files":[]}',
    seconds: [30, 240],
    event: undefined,
    entry: 'message',
  },
  {
    cause: 'a bucket that is not allowed',
    code: 'bucket-not-allowed',
    body: () => announceIn('somebody-elses', keyOf('a')),
    seconds: [30, 240],
    event: 'object-failed',
    entry: 'message',
  },
  {
    cause: 'a key outside of AWSLogs',
    code: 'key-not-allowed',
    body: () => announce('etc/passwd'),
    seconds: [30, 240],
    event: 'object-failed',
    entry: 'message',
  },
  {
    cause: 'a layout nobody knows',
    code: 'key-not-allowed',
    body: () => announce('AWSLogs/111122223333/Surprise/file.bin'),
    seconds: [30, 240],
    event: 'object-failed',
    entry: 'message',
  },
  {
    cause: 'an object that is gone',
    code: 'object-not-found',
    body: () => announce(keyOf('gone')),
    seconds: [30, 240],
    event: 'object-failed',
    entry: 'object',
  },
  {
    cause: 'an object that may not be read',
    code: 'object-denied',
    body: (world) => {
      world.store.fault = () => failure('object-denied');
      return announce(world.put('a', 1));
    },
    seconds: [30, 240],
    event: 'object-failed',
    entry: 'object',
  },
  {
    cause: 'a connection that breaks every time',
    code: 'object-cut',
    body: (world) => {
      world.store.cutAfter = () => 0;
      return announce(world.put('a', 1));
    },
    seconds: [30, 240],
    event: 'object-failed',
    entry: 'object',
  },
  {
    cause: 'a file that breaks in the middle',
    code: 'json-invalid',
    body: (world) => announce(world.put('a', 2, { end: '!\n{"n":"after"}\n.\n' })),
    seconds: [30, 240],
    event: 'object-failed',
    entry: 'object',
  },
  {
    cause: 'a file without an end',
    code: 'json-invalid',
    body: (world) => announce(world.put('a', 2, { end: '' })),
    seconds: [30, 240],
    event: 'object-failed',
    entry: 'object',
  },
  {
    cause: 'a bug',
    code: 'unforeseen',
    body: (world) => {
      world.store.fault = () => new TypeError('x is not a function');
      return announce(world.put('a', 1));
    },
    seconds: [30, 240],
    event: 'object-failed',
    entry: 'object',
  },
];

describe.each(table)('drain: $cause', ({ code, body, seconds, event, entry }) => {
  it(`keeps the message and backs off, telling ${code}`, async () => {
    const { entries, ports } = recordingEntries();
    for (const [index, receiveCount] of [1, 4].entries()) {
      const world = new World({ ports });
      world.queue.send('m', body(world));
      const stored = world.queue.messages.get('m');
      if (stored !== undefined) stored.receiveCount = receiveCount - 1;
      const summary = await world.drain();
      expect(summary).toMatchObject({
        ended: 'queue-empty',
        messagesDeleted: 0,
        messagesReturned: 1,
        identityHolds: true,
      });
      expect(stored?.changedTo).toBe(seconds[index]);
      expect(world.told('message-returned')).toMatchObject([{ messageId: 'm', failure: { code } }]);
      expect(world.told('object-failed').map((told) => told.failure.code)).toEqual(event === undefined ? [] : [code]);
      expect(world.told('circuit-opened')).toEqual([]);
    }
    expect(entries).toEqual(entry === undefined ? [] : [`${entry} ${code}`, `${entry} ${code}`]);
  });
});

describe('drain: siblings of a failed object', () => {
  it('are delivered, whatever place the failed one has, and the message is kept', async () => {
    const world = new World();
    const broken = world.put('b', 2, { end: '!\n' });
    world.queue.send('m', announce(world.put('a', 2), broken, keyOf('gone'), world.put('c', 2)));
    const summary = await world.drain();
    expect([...world.rule.accepted].sort()).toEqual([...rowsOf('a', 2), ...rowsOf('b', 2), ...rowsOf('c', 2)].sort());
    expect(summary).toMatchObject({
      objectsAccepted: 2,
      objectsFailed: 2,
      messagesDeleted: 0,
      messagesReturned: 1,
      rowsAccepted: 6,
      recordsLeft: 0,
      identityHolds: true,
    });
  });
});

describe('drain: a message of which a part is not understood', () => {
  it('delivers the rest, keeps the message and one entry with what the part is', async () => {
    const { entries, ports } = recordingEntries();
    const world = new World({ ports });
    const { Records: records } = JSON.parse(announce(world.put('a', 2)));
    world.queue.send('m', JSON.stringify({ Records: [{ foo: 1 }, ...records, { bar: 1 }] }));
    expect(await world.drain()).toMatchObject({
      objectsAccepted: 1,
      rowsAccepted: 2,
      messagesDeleted: 0,
      messagesReturned: 1,
      identityHolds: true,
    });
    expect(world.rule.accepted).toEqual(rowsOf('a', 2));
    expect(entries).toEqual(['message notification-unknown']);
    expect(world.told('message-returned')).toMatchObject([{ failure: { code: 'notification-unknown' } }]);
  });
});

describe('drain: objects where CloudTrail puts none', () => {
  const day = 'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/01';

  it('are delivered when they hold a log, and otherwise fail alone', async () => {
    const { entries, ports } = recordingEntries();
    const world = new World({ ports });
    const log = Buffer.from('{"Records":[{"eventSource":"a"}]}\n"row-1"\n"row-2"\n.\n');
    world.store.objects.set(`${bucket}/${day}/07/log.json.gz`, log);
    world.store.objects.set(`${bucket}/${day}/notes.txt`, Buffer.from('remember the milk\n.\n'));
    world.queue.send('log', announce(`${day}/07/log.json.gz`));
    world.queue.send('note', announce(`${day}/notes.txt`));
    world.queue.send('access', announce('access-logs/2026-11-01-00-05-00-0123456789ABCDEF'));
    const summary = await world.drain();
    expect(summary).toMatchObject({ objectsAccepted: 1, objectsSkipped: 1, objectsFailed: 1, messagesDeleted: 2 });
    expect(world.told('object-failed')).toMatchObject([
      { failure: { code: 'json-invalid', message: expect.stringContaining(`"${day}/notes.txt" is not where`) } },
    ]);
    expect(entries).toEqual(['object json-invalid']);
  });
});

describe('drain: a poison message, without storage', () => {
  it('reaches the dead-letter queue by the queue’s own redrive, and nothing of its neighbours does', async () => {
    const world = new World();
    world.queue.send('poison', 'not json at all');
    for (let run = 0; run < 14; run++) {
      world.sendFile(`f${run}`);
      await world.drain();
      await world.clock.advance(6 * 3_600_000);
    }
    expect(world.queue.deadLetters).toEqual(['poison']);
    expect(world.rule.accepted).toHaveLength(14 * 3);
    expect(world.queue.messages.size).toBe(0);
  });
});

describe('drain: a broken download', () => {
  it('is repeated, and goes on after the rows that are written already', async () => {
    const world = new World();
    world.store.cutAfter = (_object, attempt) => (attempt < 3 ? 0 : undefined);
    world.sendFile('a', 5);
    expect(await world.drain()).toMatchObject({ messagesDeleted: 1, rowsAccepted: 5, identityHolds: true });
    expect(world.rule.accepted).toEqual(rowsOf('a', 5));
  });
});

describe('drain: the ledger', () => {
  it('suppresses an object accepted before, without reading it when the message tells its ETag', async () => {
    const world = new World({ ports: { ledger: acceptedBefore(`etag-${keyOf('a')}`) } });
    const body = announce(world.put('a', 3)).replace('"size":500', `"size":500,"eTag":"etag-${keyOf('a')}"`);
    world.queue.send('m', body);
    expect(await world.drain()).toMatchObject({ messagesDeleted: 1, objectsSuppressed: 1, rowsAccepted: 0 });
    expect(world.store.opened).toEqual([]);
  });

  it('suppresses an object accepted before by the ETag of the answer, and reads none of it', async () => {
    const world = new World({ ports: { ledger: acceptedBefore(`etag-${keyOf('a')}`) } });
    world.sendFile('a');
    expect(await world.drain()).toMatchObject({ messagesDeleted: 1, objectsSuppressed: 1, bytesRead: 0 });
  });

  it('lets an object with other content through again, and tells it', async () => {
    const world = new World({ ports: { ledger: acceptedBefore('another') } });
    world.sendFile('a');
    expect(await world.drain()).toMatchObject({ messagesDeleted: 1, objectsAccepted: 1, rowsAccepted: 3 });
    expect(world.told('object-reingested')).toHaveLength(1);
  });

  it('gives a message back until the claim of the other instance expires', async () => {
    const world = new World();
    const until = world.clock.now() + 90_000;
    Object.assign(world.ports, { ledger: { ...noLedger, claim: async () => ({ kind: 'held', until }) } });
    world.sendFile('a');
    expect(await world.drain()).toMatchObject({ messagesDeleted: 0, messagesReturned: 1, objectsFailed: 0 });
    expect(world.queue.messages.get('m-a')?.changedTo).toBe(90);
    expect(world.told('message-returned')).toMatchObject([{ failure: { code: 'claim-held' } }]);
  });

  it('records what was accepted before the message is deleted, with the content’s identity', async () => {
    const world = new World();
    Object.assign(world.ports, {
      ledger: ledgerWith(() => ({
        accept: async ({ identity, rows }) => {
          world.journal.push(`record ${rows} ${identity.etag} ${typeof identity.crc32} ${identity.length}`);
        },
      })),
    });
    world.sendFile('a', 3);
    await world.drain();
    expect(world.journal).toEqual(['accept 3 dcr-1', `record 3 etag-${keyOf('a')} number 38`, 'delete m-a']);
  });
});

function recordingEntries() {
  const entries: string[] = [];
  return {
    entries,
    ports: {
      failedEntries: {
        recordDelivery: async (_source: string, _evidence: Evidence, { error, owner }: Failure) => {
          entries.push(`${owner} ${error instanceof ConnectorError ? error.code : error.name}`);
          // Told, and not kept: everything goes back to the queue.
          return undefined;
        },
      },
    },
  };
}

function acceptedBefore(etag: string): Ledger {
  return ledgerWith(() => ({ accepted: { identity: { etag }, rows: 3 } }));
}
