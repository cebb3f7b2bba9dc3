import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Clouds, startClouds } from '../../../../local/clouds.ts';
import { azureCredential } from '../../../../shared/azure/identity.ts';
import { insightsValues } from '../../../../shared/azure/insights/target.ts';
import { type ComposeExtras, type Connector, compose } from '../../../../shared/compose/connector.ts';
import { systemClock } from '../../../../shared/kit/systemClock.ts';
import { healthColumns } from '../../../../shared/pipeline/status/healthColumns.ts';
import { readSettings } from '../../../../shared/settings/settings.ts';

let clouds: Clouds;
let folder: string;
let connector: Connector | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'health-'));
  clouds = await startClouds({ folder, clock: systemClock, mode: 'keep' });
  process.env['IDENTITY_ENDPOINT'] = clouds.identity.endpoint;
  process.env['IDENTITY_HEADER'] = clouds.identity.header;
});
afterEach(() => connector?.close());
afterAll(async () => {
  await clouds.stop();
  await rm(folder, { recursive: true, force: true });
});

function composed(
  changed: Readonly<Record<string, string>> = {},
  connectionString = clouds.storage.connectionString,
  identity: ComposeExtras['identity'] = azureCredential({ kind: 'managed-identity' }),
) {
  const reading = readSettings({ ...clouds.appSettings, LONG_POLL_SECONDS: '1', ...changed });
  if (!reading.ok) throw new Error(reading.problems.join('; '));
  const lines: Record<string, unknown>[] = [];
  const keep = (line: string) => void lines.push(JSON.parse(line));
  connector = compose(reading.settings, {
    ...{ clock: systemClock, random: () => 0.5, instance: 'test', version: '1.2.3', app: 'my-app' },
    logger: { debug: () => undefined, info: keep, warn: keep, error: keep },
    identity,
    ingestionCa: clouds.ingestion.ca,
    storage: { connectionString },
    insights: insightsValues({ ...clouds.appSettings, ...changed }),
  });
  const drain = (made: Connector) => made.drainAll(new AbortController().signal);
  return { connector, lines, drain: () => drain(connector as Connector) };
}

const healthRows = async () =>
  (await readFile(clouds.ingestion.healthFile, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe('what is told of a slice once it has ended', () => {
  it('goes to the health table, whose rule takes every column of it, and counts for no row of the trail', async () => {
    const { drain } = composed({ HEALTH_STREAM: clouds.healthStream });
    await drain();
    const [row] = await healthRows();
    const known: readonly string[] = healthColumns.map(({ name }) => name);
    expect(Object.keys(row).filter((name) => !known.includes(name))).toEqual([]);
    expect(row).toMatchObject({
      ...{ OperationName: 'Data fetch status change', SentinelResourceId: 'my-app/default', Status: 'Success' },
      ...{ ConnectorVersion: '1.2.3', RowsAccepted: 0, OpenCircuits: 0, FailedEntries: 0 },
    });
    expect(clouds.ingestion.stats()).toMatchObject({ rows: 0 });
  });

  it('is not sent when nobody asked for it, and read by every instance', async () => {
    const before = (await healthRows()).length;
    await composed().drain();
    connector?.close();
    expect(await healthRows()).toHaveLength(before);
    expect(await composed().connector.health()).toMatchObject({ colour: 'green', sources: [{ source: 'default' }] });
  });

  it('is told once when the rule does not take it, and stops nothing', async () => {
    const { drain, lines } = composed({ HEALTH_STREAM: 'Custom-Nowhere' });
    const [first] = await drain();
    await drain();
    expect(first?.ended).toBe('queue-empty');
    expect(lines.filter(({ event }) => event === 'health-unsent')).toMatchObject([{ code: 'upload-not-found' }]);
  });

  it('is told once when storage does not take it, and stops nothing', async () => {
    const nowhere = clouds.storage.connectionString.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1');
    const { drain, lines } = composed({ HEALTH_STREAM: clouds.healthStream }, nowhere);
    const before = (await healthRows()).length;
    const [first] = await drain();
    await drain();
    expect(first).toMatchObject({ ended: 'queue-empty', ledger: 'unavailable' });
    expect(lines.filter(({ event }) => event === 'status-unkept')).toHaveLength(1);
    expect(await healthRows()).toHaveLength(before);
  });

  it('goes to Application Insights as metrics, as whom the template lets', async () => {
    const before = clouds.insights.metrics.length;
    const { drain, lines } = composed();
    await drain();
    const sent = clouds.insights.metrics.slice(before);
    expect(sent.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['CloudTrail.State', 'CloudTrail.RowsAccepted', 'CloudTrail.OpenCircuits']),
    );
    expect(sent[0]).toMatchObject({ role: 'my-app', properties: { source: 'default' } });
    expect(lines.filter(({ event }) => event === 'metrics-unsent')).toEqual([]);
  });

  it('is told once when Application Insights does not take the metrics, and stops nothing', async () => {
    const [publisher = ''] = clouds.insights.publishers;
    clouds.insights.publishers.clear();
    const { drain, lines } = composed({ HEALTH_STREAM: clouds.healthStream });
    const before = (await healthRows()).length;
    const [first] = await drain();
    await drain();
    clouds.insights.publishers.add(publisher);
    expect(first?.ended).toBe('queue-empty');
    expect(lines.filter(({ event }) => event === 'metrics-unsent')).toMatchObject([{ code: 'insights-refused' }]);
    expect(await healthRows()).toHaveLength(before + 2);
  });

  it.each([
    ['of its own', () => clouds.identity.clientId, []],
    ['that nobody assigned', () => '00000000-0000-0000-0000-000000000009', [{ code: 'insights-unavailable' }]],
  ])('goes there as the identity that the authentication string names, here one %s', async (_, clientId, told) => {
    const authentication = `ClientId=${clientId()};Authorization=AAD`;
    const changed = { APPLICATIONINSIGHTS_AUTHENTICATION_STRING: authentication };
    const { drain, lines } = composed(changed, clouds.storage.connectionString, 'managed-identity');
    await drain();
    expect(lines.filter(({ event }) => event === 'metrics-unsent')).toMatchObject(told);
  });
});
