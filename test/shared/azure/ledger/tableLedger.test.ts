import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalStorage, startStorage } from '../../../../local/azure/storage.ts';
import type { StorageOptions } from '../../../../shared/azure/storage/account.ts';
import type { Table } from '../../../../shared/azure/storage/table.ts';
import { RowRanges } from '../../../../shared/kit/ranges.ts';
import type { ClaimedObject, Ledger } from '../../../../shared/pipeline/ports/ports.ts';
import type { ObjectRef } from '../../../../shared/words/announcement.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import {
  all,
  claimed,
  content,
  instancesOver,
  memoryTable,
  messageAt,
  movedClock,
  objectNamed,
  opened,
  startOfTime,
} from './support.ts';

let local: LocalStorage;
beforeAll(async () => {
  local = await startStorage();
});
afterAll(() => local.stop());

const object = objectNamed('Ab3dE6gH8jK0lMn2');
const denied = new ConnectorError('object-denied', 'reading was denied', { remedy: 'Allow it.' });

function world() {
  const clock = movedClock();
  return { clock, ...instancesOver(opened(local, clock), clock) };
}

describe('tableLedger', () => {
  it('grants a claim once, to whichever instance comes first', async () => {
    const { clock, instance } = world();
    const ledgers = Array.from({ length: 6 }, () => instance());
    const claims = await Promise.all(ledgers.map((ledger) => ledger.claim(object, messageAt(clock.now()))));
    const held = { kind: 'held', until: startOfTime + 179_000 };
    expect(claims.map(({ kind }) => kind).sort()).toEqual(['claimed', 'held', 'held', 'held', 'held', 'held']);
    expect(claims).toContainEqual(held);
  });

  it('does not let one instance claim the same object twice, by two messages that announce it', async () => {
    const { clock, instance } = world();
    const ledger = instance();
    const claims = await Promise.all([1, 2].map(() => ledger.claim(object, messageAt(clock.now()))));
    expect(claims.map(({ kind }) => kind).sort()).toEqual(['claimed', 'held']);
  });

  it('remembers what was accepted, for every instance', async () => {
    const { clock, instance } = world();
    const ledger = instance();
    await ledger.recordAccepted(await claimed(ledger, object, clock.now()), content, 17, []);
    clock.time += 13 * 86_400_000;
    expect(await instance().claim(object, messageAt(clock.now()))).toMatchObject({
      kind: 'accepted',
      identity: content,
      rows: 17,
    });
  });

  it('keeps what the operator needs to know of an object', async () => {
    const { clock, instance, table } = world();
    const ledger = instance({ selectors: 'hash-of-selectors' });
    await ledger.recordAccepted(await claimed(ledger, object, clock.now()), content, 17, []);
    const entities = [];
    for await (const page of table.pages({ filter: "PartitionKey ge '20261101'" })) entities.push(...page.entities);
    expect(entities).toHaveLength(1);
    expect(entities[0]).toMatchObject({
      partitionKey: expect.stringMatching(/^20261101-[0-3]$/),
      bucket: object.bucket,
      objectKey: object.key,
      source: 'production',
      state: 'accepted',
      selectors: 'hash-of-selectors',
      recordedAt: new Date(startOfTime),
    });
  });

  it('starts anew for another destination or partition, and not for the same rules in another order', async () => {
    const { clock, instance } = world();
    const scope = { ruleIds: ['dcr-1', 'dcr-2'], stream: 'Custom-AWSCloudTrail', awsPartition: 'aws' };
    const ledger = instance({ scope });
    await ledger.recordAccepted(await claimed(ledger, object, clock.now()), content, 1, []);
    const kinds = [];
    for (const other of [
      { ...scope, ruleIds: ['dcr-2', 'dcr-1'] },
      { ...scope, ruleIds: ['dcr-1'] },
      { ...scope, stream: 'Custom-Other' },
      { ...scope, awsPartition: 'aws-cn' },
    ]) {
      kinds.push((await instance({ scope: other }).claim(object, messageAt(clock.now()))).kind);
    }
    expect(kinds).toEqual(['accepted', 'claimed', 'claimed', 'claimed']);
  });

  it('takes a claim over when its message must be visible again, and lets the former owner write nothing', async () => {
    const { clock, failed, instance } = world();
    const [first, second] = [instance(), instance()];
    const lost = await claimed(first, object, clock.now());
    clock.time += 180_000;
    const taken = await claimed(second, object, clock.now());
    await first.recordAccepted(lost, { etag: 'stale' }, 1, []);
    expect([first.isLost(lost), second.isLost(taken)]).toEqual([true, false]);
    await first.release(lost);
    await first.recordFailed(lost, messageAt(clock.now()), denied);
    await second.recordAccepted(taken, content, 17, []);
    expect(await first.claim(object, messageAt(clock.now()))).toMatchObject({ kind: 'accepted', identity: content });
    expect(await all(failed.listFailed())).toEqual([]);
  });

  it('accepts the outcome of a claim that has ended and that nobody took over', async () => {
    const { clock, instance } = world();
    const ledger = instance();
    const late = await claimed(ledger, object, clock.now());
    clock.time += 3_600_000;
    await ledger.recordAccepted(late, content, 17, []);
    expect(ledger.isLost(late)).toBe(false);
    expect(await instance().claim(object, messageAt(clock.now()))).toMatchObject({ kind: 'accepted' });
  });

  it('lets only one of several instances take a claim over', async () => {
    const { clock, instance } = world();
    await claimed(instance(), object, clock.now());
    clock.time += 200_000;
    const claims = await Promise.all(Array.from({ length: 5 }, () => instance().claim(object, messageAt(clock.now()))));
    expect(claims.map(({ kind }) => kind).sort()).toEqual(['claimed', 'held', 'held', 'held', 'held']);
  });

  it('keeps a claim for as long as it is extended', async () => {
    const { clock, instance } = world();
    const [owner, other] = [instance(), instance()];
    const mine = await claimed(owner, object, clock.now());
    for (let beats = 0; beats < 5; beats++) {
      clock.time += 60_000;
      expect(await owner.extend([mine])).toEqual([]);
    }
    expect(await other.claim(object, messageAt(clock.now()))).toEqual({ kind: 'held', until: clock.now() + 179_000 });
    clock.time += 180_000;
    await claimed(other, object, clock.now());
    expect(await owner.extend([mine])).toEqual([mine]);
    expect(owner.isLost(mine)).toBe(true);
  });

  it('extends nothing that has its outcome, was given up, or was never granted', async () => {
    const { clock, instance } = world();
    const ledger = instance();
    const settled = await claimed(ledger, object, clock.now());
    await ledger.recordAccepted(settled, content, 1, []);
    const accepted = await ledger.claim(object, messageAt(clock.now()));
    if (accepted.kind !== 'accepted') throw new Error(accepted.kind);
    expect(await ledger.extend([settled, accepted.claim, { object, token: '' }])).toEqual([]);
    await ledger.recordProgress(accepted.claim, { accepted: RowRanges.first(5), identity: content });
    await ledger.release(accepted.claim);
    expect((await ledger.claim(object, messageAt(clock.now()))).kind).toBe('accepted');
  });

  it('frees at once what is released, and what has failed', async () => {
    const { clock, instance } = world();
    const ledger = instance();
    await ledger.release(await claimed(ledger, object, clock.now()));
    const again = await claimed(instance(), object, clock.now());
    expect(ledger.isLost(again)).toBe(false);
    const other = objectNamed('other');
    await ledger.recordFailed(await claimed(ledger, other, clock.now()), messageAt(clock.now()), denied);
    expect((await instance().claim(other, messageAt(clock.now()))).kind).toBe('claimed');
  });

  it('hands the progress of a former owner on', async () => {
    const { clock, instance } = world();
    const ledger = instance();
    const first = await claimed(ledger, object, clock.now());
    await ledger.recordProgress(first, { accepted: RowRanges.first(1_000), identity: { etag: 'e1' } });
    await Promise.all([
      ledger.recordProgress(first, { accepted: RowRanges.first(2_000), identity: { etag: 'e1' } }),
      ledger.extend([first]),
      ledger.recordProgress(first, { accepted: RowRanges.first(3_000), identity: { etag: 'e1' } }),
    ]);
    await ledger.release(first);
    const claim = await instance().claim(object, messageAt(clock.now()));
    expect(claim).toMatchObject({
      kind: 'claimed',
      progress: { accepted: RowRanges.first(3_000), identity: { etag: 'e1' } },
    });
  });

  it('replaces an outcome by that of other content, if nobody else did', async () => {
    const { clock, failed, instance } = world();
    const ledger = instance();
    await ledger.recordAccepted(await claimed(ledger, object, clock.now()), content, 17, []);
    const [one, two] = await Promise.all([1, 2].map(() => ledger.claim(object, messageAt(clock.now()))));
    if (one?.kind !== 'accepted' || two?.kind !== 'accepted') throw new Error('nothing was accepted');
    await ledger.recordFailed(one.claim, messageAt(clock.now()), denied);
    expect((await ledger.claim(object, messageAt(clock.now()))).kind).toBe('accepted');
    expect(await all(failed.listFailed())).toMatchObject([{ reason: 'object-denied' }]);
    await ledger.recordAccepted(one.claim, { etag: 'e2' }, 18, []);
    await ledger.recordAccepted(two.claim, { etag: 'e3' }, 19, []);
    expect([ledger.isLost(one.claim), ledger.isLost(two.claim)]).toEqual([false, true]);
    expect(await instance().claim(object, messageAt(clock.now()))).toMatchObject({
      identity: { etag: 'e2' },
      rows: 18,
    });
  });

  it('records the outcome of a claim that could not be asked for', async () => {
    const { clock, instance } = world();
    const ledger = instance();
    await ledger.recordAccepted({ object, token: '' }, content, 17, []);
    expect((await ledger.claim(object, messageAt(clock.now()))).kind).toBe('accepted');
    await ledger.recordAccepted({ object, token: '' }, { etag: 'other' }, 18, []);
    await ledger.recordFailed({ object, token: '' }, messageAt(clock.now()), denied);
    await ledger.release({ object, token: '' });
    await ledger.recordProgress({ object, token: '' }, { accepted: RowRanges.first(1), identity: {} });
    expect(ledger.isLost({ object, token: '' })).toBe(false);
    expect(await ledger.claim(object, messageAt(clock.now()))).toMatchObject({ kind: 'accepted', identity: content });
  });

  it('writes an entry anew that was deleted under its holder', async () => {
    const { clock, instance, table } = world();
    const ledger = instance();
    const mine = await claimed(ledger, object, clock.now());
    for await (const { entities } of table.pages({ filter: "PartitionKey ge '2'" })) {
      for (const entity of entities) await table.remove(entity);
    }
    await ledger.recordAccepted(mine, content, 17, []);
    expect(await instance().claim(object, messageAt(clock.now()))).toMatchObject({ kind: 'accepted', rows: 17 });
  });

  it('keeps a failure until the object is accepted after all', async () => {
    const { clock, failed, instance } = world();
    const ledger = instance();
    const message = messageAt(clock.now());
    await ledger.recordFailed(await claimed(ledger, object, clock.now()), message, denied);
    expect(await all(failed.listFailed())).toMatchObject([{ reason: 'object-denied', key: object.key }]);
    // The failure is remembered through a claim that came to nothing.
    await ledger.release(await claimed(ledger, object, clock.now()));
    await ledger.recordAccepted(await claimed(ledger, object, clock.now()), content, 17, []);
    expect(await all(failed.listFailed())).toEqual([]);
  });

  it('closes the failed entry of a replaced object once its new content is accepted', async () => {
    const { clock, failed, instance } = world();
    const ledger = instance();
    await ledger.recordAccepted(await claimed(ledger, object, clock.now()), content, 17, []);
    const broken = await acceptedBefore(ledger, object, clock.now());
    await ledger.recordFailed(broken, messageAt(clock.now()), denied);
    expect(await ledger.claim(object, messageAt(clock.now()))).toMatchObject({ kind: 'accepted', identity: content });
    expect(await all(failed.listFailed())).toMatchObject([{ reason: 'object-denied' }]);

    await ledger.recordAccepted(await acceptedBefore(ledger, object, clock.now()), { etag: 'e2' }, 18, []);

    expect(await all(failed.listFailed())).toEqual([]);
    expect(await ledger.claim(object, messageAt(clock.now()))).toMatchObject({ identity: { etag: 'e2' }, rows: 18 });
  });

  it('takes the outcome of new content from one reader although another one failed meanwhile', async () => {
    const { clock, failed, instance } = world();
    const [one, two] = [instance(), instance()];
    await one.recordAccepted(await claimed(one, object, clock.now()), content, 17, []);
    const [failing, accepting] = [
      await acceptedBefore(one, object, clock.now()),
      await acceptedBefore(two, object, clock.now()),
    ];
    await one.recordFailed(failing, messageAt(clock.now()), denied);

    await two.recordAccepted(accepting, { etag: 'e2' }, 18, []);

    expect(two.isLost(accepting)).toBe(false);
    expect(await one.claim(object, messageAt(clock.now()))).toMatchObject({ identity: { etag: 'e2' }, rows: 18 });
    expect(await all(failed.listFailed())).toEqual([]);
  });

  it('records no failure over an outcome that another reader was quicker to record', async () => {
    const { clock, failed, instance } = world();
    const [one, two] = [instance(), instance()];
    await one.recordAccepted(await claimed(one, object, clock.now()), content, 17, []);
    const failing = await acceptedBefore(one, object, clock.now());
    await two.recordAccepted(await acceptedBefore(two, object, clock.now()), { etag: 'e2' }, 18, []);

    await one.recordFailed(failing, messageAt(clock.now()), denied);

    expect(await all(failed.listFailed())).toEqual([]);
  });

  it('closes the failed entries of every source once the object is accepted through one of them', async () => {
    const { clock, failed, instance } = world();
    const [one, two, three] = ['one', 'two', 'three'].map((source) => instance({ source }));
    if (!one || !two || !three) throw new Error('three sources');
    await one.recordFailed(await claimed(one, object, clock.now()), messageAt(clock.now()), denied);
    await two.recordFailed(await claimed(two, object, clock.now()), messageAt(clock.now()), denied);
    expect((await all(failed.listFailed())).map(({ source }) => source).sort()).toEqual(['one', 'two']);

    await three.recordAccepted(await claimed(three, object, clock.now()), content, 17, []);

    expect(await all(failed.listFailed())).toEqual([]);
  });

  it('keeps messages that announce nothing, and the offsets of records that were not understood', async () => {
    const { clock, failed, instance } = world();
    const ledger = instance();
    await ledger.recordFailedMessage(messageAt(clock.now()), new ConnectorError('notification-unknown', 'unknown'));
    const stubs = [{ offset: 4711, reason: 'record-too-deep' as const }];
    await ledger.recordAccepted(await claimed(ledger, object, clock.now()), content, 17, stubs);
    const found = await all(failed.listFailed());
    expect(found.map(({ reason, stubs: offsets }) => [reason, offsets]).sort()).toEqual([
      ['notification-unknown', []],
      ['record-too-deep', stubs],
    ]);
  });

  it('spends a fraction of two requests on an object when objects come together', async () => {
    const clock = movedClock();
    const requests = { made: 0 };
    const { instance } = instancesOver(opened(local, clock, { policies: [counting(requests)] }), clock);
    const ledger = instance();
    await ledger.release(await claimed(ledger, objectNamed('first'), clock.now()));
    const objects = Array.from({ length: 200 }, (_, index) => objectNamed(`n${index}`));

    requests.made = 0;
    const claims = await Promise.all(objects.map((each) => claimed(ledger, each, clock.now())));
    expect(requests.made).toBe(4);
    await Promise.all(claims.map((claim) => ledger.recordAccepted(claim, content, 1, [])));
    expect(requests.made).toBe(8);

    requests.made = 0;
    await ledger.release(await claimed(ledger, objectNamed('alone'), clock.now()));
    expect(requests.made).toBe(2);
  });

  it('knows its own writes again when their answers were lost', async () => {
    const clock = movedClock();
    const table = memoryTable();
    // Every other write is done, not answered, and made once more.
    let isLost = false;
    const twice: Table = {
      ...table,
      write: async (write) => {
        isLost = !isLost;
        if (isLost) await table.write(write);
        return await table.write(write);
      },
    };
    const { failed, instance } = instancesOver(opened(local, clock), clock);
    const ledger = instance({ table: twice });
    await ledger.recordFailed(await claimed(ledger, object, clock.now()), messageAt(clock.now()), denied);
    const first = await claimed(ledger, object, clock.now());
    expect(await ledger.extend([first])).toEqual([]);
    await ledger.release(first);
    const again = await claimed(ledger, object, clock.now());
    await ledger.recordAccepted(again, content, 17, []);
    expect(ledger.isLost(again)).toBe(false);
    expect(await all(failed.listFailed())).toEqual([]);
    expect((await instance({ table }).claim(object, messageAt(clock.now()))).kind).toBe('accepted');
  });

  it('fails at once while the storage is away', async () => {
    const clock = movedClock();
    const away = await startStorage();
    const requests = { made: 0 };
    const { instance } = instancesOver(opened(away, clock, { policies: [counting(requests)] }), clock);
    const ledger = instance();
    const mine = await claimed(ledger, object, clock.now());
    await away.stop();
    requests.made = 0;
    const unavailable = { code: 'storage-unavailable', belongsTo: 'pipeline' };
    await expect(ledger.claim(objectNamed('other'), messageAt(clock.now()))).rejects.toMatchObject(unavailable);
    await expect(ledger.recordAccepted(mine, content, 1, [])).rejects.toMatchObject(unavailable);
    await expect(ledger.recordFailedMessage(messageAt(clock.now()), denied)).rejects.toMatchObject(unavailable);
    // The client may find the closed connection first, and try a new one.
    expect(requests.made).toBeLessThanOrEqual(2);
  });
});

/** The claim on an object that was accepted before. */
async function acceptedBefore(ledger: Ledger, known: ObjectRef, now: number): Promise<ClaimedObject> {
  const claim = await ledger.claim(known, messageAt(now));
  if (claim.kind !== 'accepted') throw new Error(`nothing was accepted: ${claim.kind}`);
  return claim.claim;
}

function counting(requests: { made: number }): NonNullable<StorageOptions['policies']>[number] {
  const policy: PipelinePolicy = {
    name: 'count',
    sendRequest: (request, next) => {
      requests.made += 1;
      return next(request);
    },
  };
  return { policy, position: 'perRetry' };
}
