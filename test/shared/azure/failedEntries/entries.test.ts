import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalStorage, startStorage } from '../../../../local/azure/storage.ts';
import { entryName } from '../../../../shared/pipeline/delivery/entryName.ts';
import { ConnectorError } from '../../../../shared/words/errors.ts';
import { type Failure, failureOf } from '../../../../shared/words/failure.ts';
import { denied, evidence, movedClock, startOfTime, unitNamed } from '../../pipeline/ledger/support.ts';
import { all, instancesOver, opened } from '../ledger/support.ts';

let local: LocalStorage;
beforeAll(async () => {
  local = await startStorage();
});
afterAll(() => local.stop());

const unit = unitNamed('Ab3dE6gH8jK0lMn2');
const unknown = failureOf(new ConnectorError('notification-unknown', 'nobody knows this'), 'message');
const saying = (body: string) => ({ ...evidence, body, entry: entryName(body) });
const hour = 3_600_000;

function world() {
  const clock = movedClock();
  return { clock, ...instancesOver(opened(local, clock), clock) };
}

const layout = (key: string) =>
  failureOf(new ConnectorError('key-not-allowed', 'unknown layout', { at: { bucket: 'trail', key } }), 'message');

describe('failedEntries', () => {
  it('keeps reason, remedy, coordinates and message of an object', async () => {
    const { failed } = world();
    await failed.recordDelivery('production', saying('the body'), denied, [unit]);
    const [entry] = await all(failed.listFailed());
    expect(entry).toEqual({
      id: expect.stringMatching(/^production\/[\w-]{32}$/),
      source: 'production',
      state: 'open',
      reason: 'object-denied',
      message: 'reading was denied',
      remedy: 'Allow it.',
      bucket: unit.scope,
      key: unit.name,
      stubs: [],
      stubCount: 0,
      messageId: 'm-1',
      receiveCount: 2,
      firstAt: startOfTime,
      lastAt: startOfTime,
      attempts: 1,
    });
    expect(await failed.readFailed(entry?.id ?? '')).toEqual({ ...entry, body: 'the body' });
  });

  it('keeps one entry for an object that fails again, with its first time and its latest reason', async () => {
    const { clock, failed } = world();
    await failed.recordDelivery('production', evidence, denied, [unit]);
    clock.time += hour;
    const archived = failureOf(new ConnectorError('object-archived', 'cold'), 'object');
    await failed.recordDelivery('production', evidence, archived, [unit]);
    expect(await all(failed.listFailed())).toMatchObject([
      { reason: 'object-archived', firstAt: startOfTime, lastAt: startOfTime + hour, attempts: 2 },
    ]);
  });

  it('counts every one of failures recorded at the same time', async () => {
    const { failed } = world();
    const record = () => failed.recordDelivery('production', evidence, denied, [unit]);
    await Promise.all([record(), record()]);
    expect(await all(failed.listFailed())).toMatchObject([{ attempts: 2 }]);
  });

  it('keeps long messages whole', async () => {
    const { failed } = world();
    const bodies = ['x'.repeat(32_000), `${'é'.repeat(500_000)}!`];
    for (const body of bodies) await failed.recordDelivery('production', saying(body), unknown, []);
    const entries = await all(failed.listFailed());
    const kept = await Promise.all(entries.map(async ({ id }) => (await failed.readFailed(id))?.body));
    expect(kept.sort()).toEqual(bodies);
  });

  it('keeps one entry for each message, also of files that lie together', async () => {
    const { failed } = world();
    const record = (body: string, failure: Failure) => failed.recordDelivery('production', saying(body), failure, []);
    await record('one', unknown);
    await record('one', unknown);
    await record('two', unknown);
    await record('three', layout('AWSLogs/111122223333/NewService/a'));
    await record('four', layout('AWSLogs/111122223333/NewService/b'));
    await record('five', layout('AWSLogs/111122223333/OtherService/b'));
    await record('six', layout('\ud800AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/01/a.json.gz'));
    const entries = await all(failed.listFailed());
    expect(entries.map(({ attempts, reason }) => `${reason} ${attempts}`).sort()).toEqual([
      'key-not-allowed 1',
      'key-not-allowed 1',
      'key-not-allowed 1',
      'key-not-allowed 1',
      'notification-unknown 1',
      'notification-unknown 2',
    ]);
  });

  it('keeps the offsets of records that were not understood, and counts those beyond 800', async () => {
    const { failed } = world();
    const stubs = Array.from({ length: 900 }, (_, index) => ({
      offset: 4_000_000_000 + index,
      reason: 'record-too-large' as const,
    }));
    await failed.recordStubs('production', unit, stubs);
    await failed.recordDelivery('production', evidence, denied, [unit]);
    const found = await all(failed.listFailed({ reason: 'record-too-large' }));
    expect(found).toMatchObject([{ stubCount: 900, key: unit.name, stubs: stubs.slice(0, 800) }]);
  });

  it('lists by source, reason and age', async () => {
    const { clock, failed } = world();
    await failed.recordDelivery('production', evidence, denied, [unit]);
    clock.time += hour;
    await failed.recordDelivery("o'hara", saying('b'), unknown, []);
    await failed.recordDelivery('production', saying('c'), unknown, []);
    const listed = async (query: Parameters<typeof failed.listFailed>[0]) => {
      const entries = await all(failed.listFailed(query));
      return entries.map(({ reason, source }) => `${source} ${reason}`).sort();
    };
    expect(await listed({ source: "o'hara" })).toEqual(["o'hara notification-unknown"]);
    expect(await listed({ reason: 'object-denied' })).toEqual(['production object-denied']);
    expect(await listed({ olderThanMs: hour })).toEqual(['production object-denied']);
    expect(await listed({ source: 'production', olderThanMs: 0 })).toHaveLength(2);
  });

  it('lists nothing that was delivered or closed, and still tells of it', async () => {
    const { failed } = world();
    await failed.recordDelivery('production', evidence, denied, [unit]);
    await failed.recordDelivery('production', saying('b'), unknown, []);
    const entries = await all(failed.listFailed());
    await failed.delivered(`production/${evidence.entry}`, unit);
    await failed.delivered(`production/${evidence.entry}`, unitNamed('never-failed'));
    await failed.delivered('production/never-failed', unit);
    const [left] = await all(failed.listFailed());
    await failed.closeFailed(left?.id ?? '');
    expect(left?.reason).toBe('notification-unknown');
    expect(await all(failed.listFailed())).toEqual([]);
    const states = await Promise.all(entries.map(async ({ id }) => (await failed.readFailed(id))?.state));
    expect(states.sort()).toEqual(['closed', 'delivered']);
  });

  it('opens an entry again when the object fails again', async () => {
    const { failed } = world();
    const record = () => failed.recordDelivery('production', evidence, denied, [unit]);
    await record();
    await failed.delivered(`production/${evidence.entry}`, unit);
    await record();
    expect(await all(failed.listFailed())).toMatchObject([{ state: 'open', attempts: 2 }]);
  });

  it('knows nothing of an entry that was never made', async () => {
    const { failed } = world();
    expect(await failed.readFailed('production/nothing')).toBeUndefined();
    expect(await failed.readFailed('nonsense')).toBeUndefined();
    await failed.closeFailed('production/nothing');
    expect(await all(failed.listFailed())).toEqual([]);
  });
});
