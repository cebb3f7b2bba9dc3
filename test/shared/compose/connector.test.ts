import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readRows } from '../../../local/azure/table/table.ts';
import { azureCredential } from '../../../shared/azure/identity.ts';
import { type Connector, compose } from '../../../shared/compose/connector.ts';
import { systemClock } from '../../../shared/kit/systemClock.ts';
import { readSettings, type Settings, type SourceSettings } from '../../../shared/settings/settings.ts';
import type { Logger } from '../../../shared/telemetry.ts';
import { type EmbeddedClouds, startEmbeddedClouds } from '../../functions/embeddedClouds.ts';

const running = new AbortController().signal;

function recorder() {
  const lines: Record<string, unknown>[] = [];
  const keep = (line: string) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  const logger: Logger = { debug: () => undefined, info: keep, warn: keep, error: keep };
  return { lines, logger };
}

describe('compose', () => {
  let clouds: EmbeddedClouds;
  let settings: Settings;
  let connector: Connector | undefined;

  /** A connector for these sources, its uploads trusting the embedded authority. */
  const composed = (
    sources: readonly [SourceSettings, ...SourceSettings[]],
    logger = recorder().logger,
    tuning: Partial<Settings['tuning']> = {},
    selectors: Settings['selectors'] = [],
  ) => {
    connector = compose(
      { ...settings, sources, selectors, tuning: { ...settings.tuning, ...tuning } },
      {
        clock: systemClock,
        random: () => 0.5,
        logger,
        identity: azureCredential({ kind: 'managed-identity' }),
        ingestionCa: clouds.ingestion.ca,
        instance: 'test',
      },
    );
    return connector;
  };

  beforeAll(async () => {
    clouds = await startEmbeddedClouds();
    process.env['IDENTITY_ENDPOINT'] = clouds.environment['IDENTITY_ENDPOINT'];
    process.env['IDENTITY_HEADER'] = clouds.environment['IDENTITY_HEADER'];
    const reading = readSettings(clouds.environment);
    if (!reading.ok) {
      throw new Error(reading.problems.join('; '));
    }
    settings = reading.settings;
  });
  afterEach(() => connector?.close());
  afterAll(() => clouds.stop());

  it('drains a queue into the table by the whole chain of credentials', async () => {
    await clouds.deliver('whole', ['whole-1', 'whole-2']);

    const [summary] = await composed(settings.sources).drainAll(running);

    expect(summary).toMatchObject({ ended: 'queue-empty', records: 2, rowsAccepted: 2, messagesDeleted: 1 });
    // The file's events are five minutes older than its name says it was delivered.
    const { longestDeliveryLagMs = 0, longestLagMs = 0, lagP50Ms } = summary ?? {};
    expect(longestLagMs - longestDeliveryLagMs).toBeGreaterThan(4 * 60_000);
    expect(longestLagMs - longestDeliveryLagMs).toBeLessThan(6 * 60_000);
    expect(lagP50Ms).toBe(longestLagMs);
    expect(await clouds.arrived()).toEqual(expect.arrayContaining(['whole-1', 'whole-2']));
    expect(clouds.aws.peekQueue()).toEqual([]);
  });

  it('leaves out what selectors drop, and accounts for each record by name', async () => {
    const record = (eventID: string, eventName: string) => ({ eventTime: '2026-11-01T00:00:00Z', eventID, eventName });
    const Records = [record('kept', 'PutKeyPolicy'), record('left-out-1', 'Decrypt'), record('left-out-2', 'Decrypt')];
    await clouds.deliverBytes('selected', gzipSync(JSON.stringify({ Records })));
    const FieldSelectors = [{ Field: 'eventName', Equals: ['Decrypt'] }] as const;
    const selectors = [{ Name: 'KMS', Action: 'drop', FieldSelectors }] as const;

    const [summary] = await composed(settings.sources, undefined, {}, selectors).drainAll(running);

    expect(summary).toMatchObject({ records: 3, rowsAccepted: 1, recordsDropped: 2, identityHolds: true });
    expect(summary).toMatchObject({ recordsDroppedBy: { KMS: 2 }, messagesDeleted: 1 });
    const arrived = await clouds.arrived();
    expect([arrived.includes('kept'), arrived.some((id) => id.startsWith('left-out'))]).toEqual([true, false]);
  });

  it('reads an object that EventBridge announced by an encoded key, and tells what is wrong with that object', async () => {
    const folder = 'AWSLogs/222222222222/CloudTrail/eu-central-1/2026/11/01';
    const name = '222222222222_CloudTrail_eu-central-1_20261101T0005Z_a copy.json.gz';
    await clouds.aws.putLogFile(`${folder}/${name}`, gzipSync('{"Records":[{"eventID":"second-reading"}]}'));
    const detail = { bucket: { name: clouds.aws.bucket }, object: { key: `${folder}/${name.replace(' ', '+')}` } };
    clouds.aws.announce([JSON.stringify({ 'detail-type': 'Object Created', source: 'aws.s3', detail })]);
    const message = 'not authorized to perform: kms:Decrypt';
    const denied = clouds.aws.faults.add({
      service: 's3',
      match: 'a copy',
      action: { kind: 'answer', status: 403, code: 'AccessDenied', message },
    });
    const { lines, logger } = recorder();
    const draining = composed(settings.sources, logger);

    await draining.drainAll(running);
    clouds.aws.faults.remove(denied);
    clouds.aws.expireVisibility();
    const [summary] = await draining.drainAll(running);

    expect(lines.filter(({ event }) => event === 'object-failed')).toMatchObject([
      { code: 'object-kms-denied', key: `${folder}/${name}` },
    ]);
    expect(summary).toMatchObject({ objectsAccepted: 1, rowsAccepted: 1, messagesDeleted: 1 });
    const rows = [];
    for await (const { values } of readRows(clouds.ingestion.tableFile)) rows.push(values);
    expect(rows.find(({ AwsEventId }) => AwsEventId === 'second-reading')).toMatchObject({
      SourceObject: name.slice(-31),
    });
  });

  it('drains the healthy source while others fail', async () => {
    const [healthy] = settings.sources;
    await clouds.deliver('beside', ['beside-1']);
    const { lines, logger } = recorder();

    // A source whose circuit is open goes on probing to the end of its slice: it is told to end once the others have.
    const end = new AbortController();
    const draining = composed(
      [
        { ...healthy, name: 'forbidden', roleArn: 'arn:aws:iam::222222222222:role/absent' },
        { ...healthy, name: 'impossible', queueUrl: 'https://example.com/queue' },
        { ...healthy, name: 'healthy' },
      ],
      logger,
    ).drainAll(end.signal);
    await expect.poll(() => lines.filter(({ event }) => event === 'slice-finished')).toHaveLength(1);
    await expect.poll(() => lines.filter(({ event }) => event === 'circuit-opened')).toHaveLength(1);
    end.abort();
    const summaries = await draining;

    expect(summaries.map(({ source, ended, failure }) => [source, ended, failure?.code])).toEqual([
      ['forbidden', 'shutdown', 'assume-role-denied'],
      ['impossible', 'failed', 'settings-invalid'],
      ['healthy', 'queue-empty', undefined],
    ]);
    expect(lines.find(({ event }) => event === 'source-failed')).toMatchObject({
      source: 'impossible',
      remedy: expect.stringContaining('SQS_QUEUE_URL'),
    });
    expect(await clouds.arrived()).toContain('beside-1');
  });

  it('keeps circuits, sessions and connections from one invocation to the next', async () => {
    const [source] = settings.sources;
    const repair = clouds.aws.break('external-id');
    // A source with an open circuit goes on probing for as long as it would receive: here five seconds.
    const kept = composed([source], undefined, { stopReceivingMs: settings.tuning.sliceMs - 5_000 });
    const { lines, logger } = recorder();
    try {
      const [broken] = await kept.drainAll(running, logger);
      expect(broken).toMatchObject({ ended: 'circuit-open', receives: 1 });
      const [still] = await kept.drainAll(running, logger);
      expect(still).toMatchObject({ ended: 'circuit-open', receives: 0 });
    } finally {
      repair();
    }

    const opened = lines.filter(({ event }) => event === 'circuit-opened');
    expect(opened).toHaveLength(1);
    expect(opened[0]).toMatchObject({ code: 'assume-role-denied', remedy: expect.any(String) });
  });

  it('ends every source when the signal aborts', async () => {
    const summaries = await composed(settings.sources).drainAll(AbortSignal.abort());

    expect(summaries.map(({ ended }) => ended)).toEqual(['shutdown']);
  });

  it('signs in to AWS by key or by the tools of a desk, making no request before there is work', async () => {
    const [source] = settings.sources;
    const key = { mode: 'access-key', accessKeyId: 'AKIA', secretAccessKey: 'x' } as const;
    connector = compose(
      {
        ...settings,
        sources: [
          { ...source, credentials: key },
          { ...source, credentials: { mode: 'default' } },
        ],
      },
      { clock: systemClock, random: Math.random, logger: recorder().logger, identity: 'developer', instance: 'test' },
    );

    const summaries = await connector.drainAll(AbortSignal.abort());

    expect(summaries.map(({ ended, receives }) => [ended, receives])).toEqual([
      ['shutdown', 0],
      ['shutdown', 0],
    ]);
  });
});
