import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LocalStorage, startStorage } from '../../../local/azure/storage.ts';
import { generateTrail } from '../../../local/trail/generateTrail.ts';
import { notificationFor, notificationShapes } from '../../../local/trail/notificationFor.ts';
import type { FailedEntry } from '../../../shared/azure/failedEntries/entity.ts';
import type { KeptEntries } from '../../../shared/azure/failedEntries/entries.ts';
import { azureCredential } from '../../../shared/azure/identity.ts';
import { openStorage } from '../../../shared/azure/storage/account.ts';
import { type Connector, compose } from '../../../shared/compose/connector.ts';
import { failedEntriesIn } from '../../../shared/compose/state.ts';
import { systemClock } from '../../../shared/kit/systemClock.ts';
import { readSettings, type Settings } from '../../../shared/settings/settings.ts';
import type { SliceSummary } from '../../../shared/words/events.ts';
import { type EmbeddedClouds, startEmbeddedClouds } from '../../functions/embeddedClouds.ts';

const running = new AbortController().signal;
const nothing = gzipSync('{}');

describe('compose, with storage', () => {
  let clouds: EmbeddedClouds;
  let storage: LocalStorage;
  let settings: Settings;
  let failed: KeptEntries;
  const connectors: Connector[] = [];

  /** One more instance of the app. */
  const instance = ({ connectionString = storage.connectionString, lines = [] as string[], cap = 0 } = {}) => {
    const keep = (line: string) => {
      lines.push(String(JSON.parse(line).event));
    };
    const tuning = cap === 0 ? settings.tuning : { ...settings.tuning, decompressedBytesCap: cap };
    const connector = compose(
      { ...settings, tuning },
      {
        clock: systemClock,
        random: () => 0.5,
        logger: { debug: keep, info: keep, warn: keep, error: keep },
        identity: azureCredential({ kind: 'managed-identity' }),
        ingestionCa: clouds.ingestion.ca,
        storage: { connectionString },
        instance: `instance-${connectors.length}`,
      },
    );
    connectors.push(connector);
    return connector;
  };

  /** Drains until the queue is empty, with every message becoming visible at once. */
  const drainAll = async (...instances: readonly Connector[]): Promise<readonly SliceSummary[]> => {
    const summaries: SliceSummary[] = [];
    for (let round = 0; round < 8 && clouds.aws.peekQueue().length > 0; round++) {
      clouds.aws.expireVisibility();
      summaries.push(...(await Promise.all(instances.map((each) => each.drainAll(running)))).flat());
    }
    return summaries;
  };

  const entryOf = async (name: string): Promise<FailedEntry | undefined> => {
    for await (const entry of failed.listFailed()) if (entry.key?.includes(name)) return entry;
    return undefined;
  };
  const total = (summaries: readonly SliceSummary[], count: 'objectsSuppressed' | 'rowsAccepted' | 'messagesDeleted') =>
    summaries.reduce((sum, summary) => sum + summary[count], 0);
  const arrivals = async (prefix: string) => (await clouds.arrived()).filter((id) => id.startsWith(prefix));

  /** A log file without records was announced, and failed once. */
  const brokenObject = async (name: string, connector: Connector): Promise<FailedEntry> => {
    await clouds.deliverBytes(name, nothing);
    await connector.drainAll(running);
    const entry = await entryOf(name);
    if (entry === undefined) throw new Error(`${name} has no failed entry`);
    return entry;
  };
  const repair = async ({ key = '' }: FailedEntry, eventIds: readonly string[]) => {
    const Records = eventIds.map((eventID) => ({ eventTime: '2026-11-01T00:00:00Z', eventID }));
    await clouds.aws.putLogFile(key, gzipSync(JSON.stringify({ Records })));
  };

  beforeAll(async () => {
    [clouds, storage] = await Promise.all([startEmbeddedClouds(), startStorage()]);
    process.env['IDENTITY_ENDPOINT'] = clouds.environment['IDENTITY_ENDPOINT'];
    process.env['IDENTITY_HEADER'] = clouds.environment['IDENTITY_HEADER'];
    // Slices that end only with their work: a hurried end may leave uploads of unknown outcome.
    const reading = readSettings({
      ...clouds.environment,
      SLICE_SECONDS: '30',
      STOP_RECEIVING_SECONDS: '5',
      LONG_POLL_SECONDS: '1',
    });
    if (!reading.ok) throw new Error(reading.problems.join('; '));
    settings = reading.settings;
    const account = { kind: 'connection-string', connectionString: storage.connectionString } as const;
    failed = failedEntriesIn(openStorage(account, { clock: systemClock }), systemClock);
  });
  afterEach(() => {
    for (const connector of connectors.splice(0)) connector.close();
    clouds.aws.purgeQueue();
  });
  afterAll(() => Promise.all([clouds.stop(), storage.stop()]));

  it('keeps what failed, delivers it once when it is repaired, and suppresses the message that comes again', async () => {
    const connector = instance();
    const first = await brokenObject('Repaired', connector);
    expect(first).toMatchObject({ reason: 'no-records', attempts: 1, receiveCount: 1 });
    expect((await failed.readFailed(first.id))?.body).toBe(clouds.aws.peekQueue()[0]?.body);
    await repair(first, ['repaired-1', 'repaired-2']);

    const outcomes = await connector.replay('default', { ids: [first.id], again: false }, running);

    expect(outcomes).toEqual([{ kind: 'delivered', id: first.id, rows: 2, accepted: 1, suppressed: 0, skipped: 0 }]);
    expect(await failed.readFailed(first.id)).toMatchObject({ state: 'delivered', attempts: 1 });
    expect(clouds.aws.peekQueue()).toHaveLength(1);
    const later = await drainAll(connector);
    expect([total(later, 'objectsSuppressed'), total(later, 'messagesDeleted')]).toEqual([1, 1]);
    expect(await arrivals('repaired-')).toEqual(['repaired-1', 'repaired-2']);
  });

  it('sets aside what is damaged for good, and delivers it from there once it is repaired', async () => {
    const connector = instance();
    const first = await brokenObject('Aside', connector);
    const [message] = clouds.aws.peekQueue();
    const [summary] = await drainAll(connector);
    expect(summary).toMatchObject({ messagesDeleted: 1, messagesQuarantined: 1, objectsFailed: 1 });
    expect(clouds.aws.peekQueue()).toEqual([]);
    const entry = await failed.readFailed(first.id);
    expect(entry).toMatchObject({ state: 'open', attempts: 2, receiveCount: 2, body: message?.body });
    await repair(first, ['aside-1', 'aside-2']);

    const outcomes = await connector.replay('default', { ids: [first.id], again: false }, running);

    expect(outcomes).toEqual([{ kind: 'delivered', id: first.id, rows: 2, accepted: 1, suppressed: 0, skipped: 0 }]);
    expect(await failed.readFailed(first.id)).toMatchObject({ state: 'delivered' });
    expect(await arrivals('aside-')).toEqual(['aside-1', 'aside-2']);
  });

  it('delivers the rows before a break once, however often the broken file is read', async () => {
    const connector = instance();
    const Records = ['break-1', 'break-2', 'break-3'].map((eventID) => ({ eventID, requestID: randomUUID() }));
    const whole = gzipSync(JSON.stringify({ Records }));
    await clouds.deliverBytes('Truncated', whole.subarray(0, -12));
    const summaries = [];
    for (let receives = 0; receives < 3; receives++) {
      clouds.aws.expireVisibility();
      summaries.push(...(await connector.drainAll(running)));
    }
    const entry = await entryOf('Truncated');

    const [outcome] = await connector.replay('default', { ids: [entry?.id ?? ''], again: false }, running);

    expect(summaries.map(({ objectsFailed, rowsAccepted }) => [objectsFailed, rowsAccepted > 0])).toEqual([
      [1, true],
      [1, false],
      // Set aside by then.
      [0, false],
    ]);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'gzip-truncated' } });
    const arrived = await arrivals('break-');
    expect(arrived).toEqual([...new Set(arrived)]);
  });

  it('replays only the rows that an earlier reading of the same file lacks', async () => {
    const eventIds = Array.from({ length: 20 }, (_, index) => `rest-${String(index).padStart(2, '0')}`);
    await clouds.deliver('Rest', eventIds);
    await instance({ cap: 1_000 }).drainAll(running);
    const entry = await entryOf('Rest');
    const early = await arrivals('rest-');

    const outcomes = await instance().replay('default', { ids: [entry?.id ?? ''], again: false }, running);

    expect(entry).toMatchObject({ reason: 'object-too-large' });
    expect([early.length > 0, early.length < 20]).toEqual([true, true]);
    expect(outcomes).toMatchObject([{ kind: 'delivered', accepted: 1 }]);
    expect(await arrivals('rest-')).toEqual(eventIds);
  });

  it('replays what the queue has forgotten, from another instance', async () => {
    const entry = await brokenObject('Forgotten', instance());
    clouds.aws.purgeQueue();
    await repair(entry, ['forgotten-1']);

    const outcomes = await instance().replay('default', { ids: [entry.id], again: false }, running);

    expect(outcomes).toMatchObject([{ kind: 'delivered', rows: 1 }]);
    expect(await arrivals('forgotten-')).toEqual(['forgotten-1']);
  });

  it('counts a replay that fails again, and keeps the entry with its message', async () => {
    const connector = instance();
    const entry = await brokenObject('StillBroken', connector);

    const [outcome] = await connector.replay('default', { ids: [entry.id], again: false }, running);

    expect(outcome).toMatchObject({ kind: 'failed', id: entry.id, failure: { code: 'no-records' } });
    const { messageId, receiveCount } = entry;
    expect(await failed.readFailed(entry.id)).toMatchObject({
      ...{ state: 'open', attempts: 2, messageId, receiveCount },
      body: expect.stringContaining('StillBroken'),
    });
  });

  it('sends an object once more only when that is asked for', async () => {
    const connector = instance();
    const entry = await brokenObject('Again', connector);
    await repair(entry, ['again-1']);
    await connector.replay('default', { ids: [entry.id], again: false }, running);

    const refused = await connector.replay('default', { ids: [entry.id], again: false }, running);
    const sent = await connector.replay('default', { ids: [entry.id], again: true }, running);

    expect(refused).toEqual([{ kind: 'missing', id: entry.id, reason: 'it was delivered since' }]);
    expect(sent).toMatchObject([{ kind: 'delivered', rows: 1, accepted: 1 }]);
    expect(await arrivals('again-')).toEqual(['again-1', 'again-1']);
  });

  it('keeps an unknown notification with a hint until somebody closes it', async () => {
    const connector = instance();
    clouds.aws.announce(['{"hello":"world"}']);
    await connector.drainAll(running);
    const unknown: FailedEntry[] = [];
    for await (const entry of failed.listFailed({ reason: 'notification-unknown' })) unknown.push(entry);
    const id = unknown[0]?.id ?? '';
    expect(unknown).toMatchObject([{ remedy: expect.stringContaining('S3 event notifications'), attempts: 1 }]);

    const outcomes = await connector.replay('default', { ids: [id], again: false }, running);
    await failed.closeFailed(id);

    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'notification-unknown' } }]);
    expect(await failed.readFailed(id)).toMatchObject({ state: 'closed', attempts: 2, body: '{"hello":"world"}' });
  });

  it('delivers an object once, however many messages of whatever shape announce it', async () => {
    const [file] = generateTrail({ seed: 'shapes', files: 1, now: Date.parse('2026-11-01T00:00:00Z') });
    if (file === undefined) throw new Error('no file');
    await clouds.aws.putLogFile(file.key, file.gzip());
    const place = { bucket: clouds.aws.bucket, region: clouds.aws.region, at: Date.now() };
    clouds.aws.announce(notificationShapes.map((shape) => notificationFor(file, shape, place)));

    const summaries = await drainAll(instance(), instance());

    expect(total(summaries, 'rowsAccepted')).toBe(file.records);
    expect(total(summaries, 'objectsSuppressed')).toBe(notificationShapes.length - 1);
    expect(total(summaries, 'messagesDeleted')).toBe(notificationShapes.length);
    expect(clouds.aws.peekQueue()).toEqual([]);
  });

  it('delivers every record once when two instances race over a queue that announces each file twice', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `race-${String(index).padStart(2, '0')}`);
    for (const name of names) await clouds.deliver(name, [name]);
    clouds.aws.announce(clouds.aws.peekQueue().map(({ body }) => body));

    const summaries = await drainAll(instance(), instance());

    expect(await arrivals('race-')).toEqual(names);
    expect([total(summaries, 'messagesDeleted'), total(summaries, 'objectsSuppressed')]).toEqual([60, 30]);
    expect(summaries.every(({ identityHolds }) => identityHolds)).toBe(true);
  });

  it('delivers everything without storage, and says so', async () => {
    const lines: string[] = [];
    const nowhere = storage.connectionString.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');
    await clouds.deliver('without', ['without-1', 'without-2']);

    const [summary] = await instance({ connectionString: nowhere, lines }).drainAll(running);

    expect(summary).toMatchObject({ ended: 'queue-empty', rowsAccepted: 2, messagesDeleted: 1 });
    expect(await arrivals('without-')).toEqual(['without-1', 'without-2']);
    expect(lines.filter((event) => event === 'ledger-unavailable')).toHaveLength(1);
  });

  it('replays nothing while the failed entries cannot be read', async () => {
    const nowhere = storage.connectionString.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');

    const outcomes = await instance({ connectionString: nowhere }).replay(
      'default',
      { ids: ['default/x'], again: false },
      running,
    );

    expect(outcomes).toMatchObject([{ kind: 'left', failure: { code: 'storage-unavailable' } }]);
  });

  it('refuses to replay a source that is not configured, or without storage', async () => {
    const request = { ids: ['other/x'], again: false };

    await expect(instance().replay('other', request, running)).rejects.toMatchObject({ code: 'settings-invalid' });
    await expect(instance({ connectionString: '' }).replay('default', request, running)).rejects.toThrow(
      /AzureWebJobsStorage/,
    );
  });
});
