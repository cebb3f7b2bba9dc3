import { readFile } from 'node:fs/promises';
import { ManagedIdentityCredential } from '@azure/identity';
import { LogsIngestionClient } from '@azure/monitor-ingestion';
import { Agent, fetch } from 'undici';
import { beforeEach, describe, expect, it } from 'vitest';
import { readRows } from '../../../../local/azure/table/table.ts';
import { movableClock, principal, rule, startAzure, stream } from '../support.ts';

const clock = movableClock(Date.now());
const { identity, ingestion, post } = await startAzure(clock);
process.env['IDENTITY_ENDPOINT'] = identity.endpoint;
process.env['IDENTITY_HEADER'] = identity.header;

const time = () => `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
const row = (values: object = {}) => ({ TimeGenerated: time(), EventName: 'GetObject', ...values });
const local = (path: string, body?: unknown) =>
  fetch(`${ingestion.endpoint}/_local/${path}`, {
    dispatcher: new Agent({ connect: { ca: ingestion.ca } }),
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
const kept = async (id: string) => {
  for await (const found of readRows(ingestion.tableFile, { awsEventId: id })) return found;
  return undefined;
};

beforeEach(() => ingestion.faults.plan([]));

describe('startIngestion', () => {
  it('keeps what the real client uploads with the real managed identity', async () => {
    const client = new LogsIngestionClient(ingestion.endpoint, new ManagedIdentityCredential(), {
      tlsOptions: { ca: ingestion.ca },
    });
    await client.upload(rule, stream, [row({ AwsEventId: 'client-1' }), row({ AwsEventId: 'client-2' })]);
    expect((await kept('client-2'))?.values).toEqual(row({ AwsEventId: 'client-2' }));
  });

  it('answers 204 with a request id, gzip or not, hyphen encoded or not', async () => {
    const path = `/dataCollectionRules/${rule}/streams/${stream}?api-version=2023-01-01`;
    const plain = await post(JSON.stringify([row()]), { path });
    const zipped = await post(JSON.stringify([row()]), { gzip: true });
    expect([plain.status, zipped.status]).toEqual([204, 204]);
    expect(zipped.headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses tokens that are missing, expired, forged or for another audience with 401', async () => {
    const resource = 'https://monitor.azure.com';
    const [head, , signature] = (await identity.issueToken(resource)).split('.');
    const forged = `${head}.${Buffer.from('{"oid":"x","exp":9999999999}').toString('base64url')}.${signature}`;
    const tokens = [
      null,
      forged,
      await identity.issueToken(resource, { expiresInSeconds: -600 }),
      await identity.issueToken('https://storage.azure.com'),
      await identity.issueToken(resource, { issuer: 'https://sts.windows.net/other/' }),
    ];
    for (const token of tokens) expect((await post('[]', { token })).status).toBe(401);
  });

  it('refuses with 403 until the role is effective, and after it was withheld', async () => {
    ingestion.rules.grant(rule, principal, clock.now() + 60_000);
    expect((await post('[]')).status).toBe(403);
    clock.move(60_000);
    expect((await post('[]')).status).toBe(204);
    await local('roles', { rule, principalId: principal, granted: false });
    expect((await post('[]')).status).toBe(403);
    await local('roles', { rule, principalId: principal, granted: true });
    expect((await post('[]')).status).toBe(204);
  });

  it('refuses an unknown rule, stream or path with 404 and a wrong version with 400', async () => {
    const version = 'api-version=2023-01-01';
    expect((await post('[]', { path: `/dataCollectionRules/dcr-x/streams/${stream}?${version}` })).status).toBe(404);
    expect((await post('[]', { path: `/dataCollectionRules/${rule}/streams/Custom-X?${version}` })).status).toBe(404);
    expect((await post('[]', { path: `/elsewhere?${version}` })).status).toBe(404);
    expect((await post('[]', { path: `/dataCollectionRules/${rule}/streams/${stream}` })).status).toBe(400);
  });

  it('refuses a body over 1 MB with 413, compressed or not', async () => {
    const large = JSON.stringify([row({ RequestParameters: 'x'.repeat(1_048_576) })]);
    expect((await post(large)).status).toBe(413);
    expect((await post(large, { gzip: true })).status).toBe(413);
    const fitting = JSON.stringify([row({ RequestParameters: 'x'.repeat(1000) })]);
    expect((await post(fitting.padEnd(1_048_576), { gzip: true })).status).toBe(204);
    expect((await post(fitting.padEnd(1_048_577), { gzip: true })).status).toBe(413);
  });

  it('refuses malformed JSON and gzip with 400 and keeps nothing of it', async () => {
    const before = ingestion.stats().rows;
    for (const body of ['', '[{"a":1}', '[{"a":01}]', '[{"a":1},]', '[1]', '[{}] x', '[{"a":"\\x"}]', '{"a":']) {
      expect((await post(body)).status).toBe(400);
    }
    expect((await post('[{}]', { headers: { 'content-encoding': 'gzip' } })).status).toBe(400);
    expect(ingestion.stats().rows).toBe(before);
  });

  it('accepts an object and writes nothing, like the service', async () => {
    const before = ingestion.stats();
    expect((await post(JSON.stringify(row({ AwsEventId: 'bare' })))).status).toBe(204);
    expect(ingestion.stats().notAnArray).toBe(before.notAnArray + 1);
    expect(await kept('bare')).toBeUndefined();
  });

  it('keeps digits of dynamic values and the order of acceptance', async () => {
    const text = `{"TimeGenerated":"${time()}","AwsEventId":"digits","UnmappedFields":{"b":1.0,"a":12345678901234567890}}`;
    await post(`[${text}]`);
    expect((await kept('digits'))?.text).toBe(text);
  });

  it('converts, drops, cuts and counts as the service does', async () => {
    const values = { AwsEventId: 'mixed', EventName: 7, ReadOnly: 'true', Count: 'x', Stranger: 1 };
    await post(JSON.stringify([{ ...row(values), RequestParameters: 'é'.repeat(40_000), EventTime: null }]));
    const found = await kept('mixed');
    expect(found?.values).toEqual({
      TimeGenerated: expect.any(String),
      AwsEventId: 'mixed',
      EventName: '7',
      ReadOnly: true,
      RequestParameters: 'é'.repeat(32_768),
    });
    expect(ingestion.stats()).toMatchObject({
      undeclaredColumns: { Stranger: 1 },
      lostValues: { Count: 1 },
      truncatedValues: { RequestParameters: 1 },
    });
  });

  it('replaces a time more than two days old by the time of receipt', async () => {
    await post(JSON.stringify([{ TimeGenerated: '2020-01-01T00:00:00Z', AwsEventId: 'old', EventName: 'A' }]));
    expect((await kept('old'))?.text).toBe(
      `{"TimeGenerated":"${new Date(clock.now()).toISOString()}","AwsEventId":"old","EventName":"A"}`,
    );
  });

  it('shows planned faults, and loses an answer only after keeping the rows', async () => {
    await local('faults', [{ kind: 'status', status: 429, retryAfterSeconds: 3, times: 1 }]);
    const throttled = await post(JSON.stringify([row()]));
    expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '3']);
    for (const kind of ['reset', 'cut'] as const) {
      ingestion.faults.plan([{ kind, times: 1, latencyMs: 1 }]);
      await expect(post(JSON.stringify([row({ AwsEventId: kind })]))).rejects.toThrow();
      expect(await kept(kind)).toBeUndefined();
    }
    ingestion.faults.plan([{ kind: 'lose-response', times: 1 }]);
    await expect(post(JSON.stringify([row({ AwsEventId: 'lost' })]))).rejects.toThrow();
    expect(await kept('lost')).toBeDefined();
    expect(ingestion.stats()).toMatchObject({
      answersLost: 1,
      rowsOfLostAnswers: 1,
      faults: { 429: 1, reset: 1, cut: 1 },
    });
  });

  it('tells its statistics to other processes', async () => {
    await post(JSON.stringify([row({ EventName: 'OftenSeen' })]));
    const stats = (await (await local('stats?top=100')).json()) as ReturnType<typeof ingestion.stats>;
    expect(stats.eventNames).toContainEqual({ name: 'OftenSeen', rows: 1 });
    expect(stats).toEqual(ingestion.stats(100));
    expect((await local('faults', [{ kind: 'nonsense' }])).status).toBe(400);
    expect((await local('nothing', {})).status).toBe(404);
  });

  it('writes its authority where NODE_EXTRA_CA_CERTS can point', async () => {
    expect(await readFile(ingestion.caFile, 'utf8')).toBe(ingestion.ca);
  });
});
