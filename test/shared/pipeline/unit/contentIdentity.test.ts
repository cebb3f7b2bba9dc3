import { createHash, randomBytes } from 'node:crypto';
import { crc32, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Lease } from '../../../../shared/pipeline/ports/lease.ts';
import type { ContentIdentity } from '../../../../shared/pipeline/ports/unit.ts';
import { announce, bucket, keyOf, ledgerWith, rowsOf, World } from '../fakes.ts';

const contentOf = (name: string, rows = 3) => Buffer.from([...rowsOf(name, rows), '.', ''].join('\n'));
const content = contentOf('a');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url');
const trailer = { crc32: crc32(content), length: content.length };
const known = { etag: 'before', sha256: sha256(gzipSync(content)), ...trailer };

/** A drain of one object, of which content with this identity was accepted before. */
async function drained(bytes: Uint8Array, identity: ContentIdentity = known) {
  const world = new World({ ports: { ledger: ledgerWith(() => ({ accepted: { identity, rows: 3 } })) } });
  world.store.objects.set(`${bucket}/${keyOf('a')}`, bytes);
  world.queue.send('m', announce(keyOf('a')));
  return { world, summary: await world.drain() };
}

/** The identity that is recorded of an object. */
async function recorded(bytes: Uint8Array): Promise<ContentIdentity | undefined> {
  let identity: ContentIdentity | undefined;
  const accept: Lease['accept'] = async (accepted) => {
    identity = accepted.identity;
  };
  const world = new World({ ports: { ledger: ledgerWith(() => ({ accept })) } });
  world.store.objects.set(`${bucket}/${keyOf('a')}`, bytes);
  world.queue.send('m', announce(keyOf('a')));
  await world.drain();
  return identity;
}

function withTrailerOf(bytes: Buffer, other: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, -8), other.subarray(-8)]);
}

describe('an object accepted before, with another ETag now', () => {
  it('is suppressed, and told of, when its bytes are as they were: copied over itself or encrypted anew', async () => {
    const bytes = gzipSync(content);
    const { world, summary } = await drained(bytes);

    expect(summary).toMatchObject({ messagesDeleted: 1, objectsSuppressed: 1, records: 0, identityHolds: true });
    expect(summary).toMatchObject({ bytesRead: bytes.length, bytesInflated: content.length });
    expect(world.rule.accepted).toEqual([]);
    expect(world.told('object-reingested')).toEqual([]);
    expect(world.told('object-rewritten')).toMatchObject([{ at: { key: keyOf('a') } }]);
  });

  it.each([
    ['is other content of the same length', gzipSync(contentOf('b'))],
    ['is compressed in another way', gzipSync(content, { level: 0 })],
    ['ends with a member that is the content known', Buffer.concat([gzipSync('{"n":"c"}\n'), gzipSync(content)])],
    ['begins with a member that is the content known', Buffer.concat([gzipSync(content), gzipSync('{"n":"c"}\n')])],
  ])('is read again, and told of, when it %s', async (_what, bytes) => {
    const { world, summary } = await drained(bytes);

    expect(summary).toMatchObject({ messagesDeleted: 1, objectsAccepted: 1, objectsSuppressed: 0 });
    expect(world.rule.accepted.length).toBeGreaterThan(0);
    expect(world.told('object-reingested')).toHaveLength(1);
  });

  it.each([
    ['by nothing else', { etag: 'before' }],
    ['by CRC-32 and length, which anybody can make fit', { etag: 'before', ...trailer }],
  ])('is read again when it was known %s', async (_what, identity) => {
    const { world } = await drained(gzipSync(content), identity);

    expect(world.rule.accepted).toEqual(rowsOf('a', 3));
    expect(world.told('object-reingested')).toHaveLength(1);
  });

  it('is not believed a trailer that belongs to other content', async () => {
    const { world, summary } = await drained(withTrailerOf(gzipSync(contentOf('b')), gzipSync(content)));

    expect(summary).toMatchObject({ messagesDeleted: 0, messagesReturned: 1, objectsSuppressed: 0, objectsFailed: 1 });
    expect(world.told('object-failed')).toMatchObject([{ failure: { code: 'gzip-invalid' } }]);
  });

  it('is read again when it is too large to be looked at whole', async () => {
    const large = Buffer.from(`{"n":"${randomBytes(1_100_000).toString('base64')}"}\n.\n`);
    const { world } = await drained(gzipSync(large), { etag: 'before', sha256: sha256(gzipSync(large)) });

    expect(world.told('object-suppressed')).toEqual([]);
  });
});

describe('the identity recorded', () => {
  it('has a hash of the stored bytes, and CRC-32 and length of a gzip file of one member', async () => {
    expect(await recorded(gzipSync(content))).toEqual({ ...known, etag: `etag-${keyOf('a')}` });
  });

  it.each([
    ['of several members', Buffer.concat([gzipSync(content.subarray(0, 9)), gzipSync(content.subarray(9))])],
    ['with zero bytes behind it', Buffer.concat([gzipSync(content), Buffer.alloc(512)])],
    ['that is not compressed', content],
  ])('has neither of a file %s, whose last bytes do not tell them', async (_what, bytes) => {
    expect(await recorded(bytes)).toEqual({ etag: `etag-${keyOf('a')}`, sha256: sha256(bytes) });
  });
});

describe('an object that was replaced after it was announced', () => {
  it.each([
    ['for the first time', undefined],
    ['and was accepted before as it is now', { identity: { etag: `etag-${keyOf('a')}` }, rows: 3 }],
    ['and was accepted before as it was then', { identity: { etag: 'announced, before' }, rows: 3 }],
  ])('is an alarm, when it comes %s', async (_, accepted) => {
    const world = new World({ ports: { ledger: ledgerWith(() => ({ accepted })) } });
    const body = announce(world.put('a', 3)).replace('"size":500', '"size":500,"eTag":"announced"');
    world.queue.send('m', body);
    expect(await world.drain()).toMatchObject({ messagesDeleted: 1 });
    expect(world.told('object-not-as-announced')).toMatchObject([
      { announced: 'announced', found: `"etag-${keyOf('a')}"` },
    ]);
  });

  it('is none when both are the same, with quotes or without', async () => {
    const world = new World();
    world.queue.send('m', announce(world.put('a', 3)).replace('"size":500', `"size":500,"eTag":"etag-${keyOf('a')}"`));
    await world.drain();
    expect(world.told('object-not-as-announced')).toEqual([]);
  });
});
