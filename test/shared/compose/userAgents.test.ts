import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Clouds, startClouds } from '../../../local/clouds.ts';
import { insightsValues } from '../../../shared/azure/insights/target.ts';
import { storageValues } from '../../../shared/azure/storage/accountValues.ts';
import { check } from '../../../shared/compose/check/check.ts';
import { compose } from '../../../shared/compose/connector.ts';
import { systemClock } from '../../../shared/kit/systemClock.ts';
import { readSettings } from '../../../shared/settings/settings.ts';
import { version } from '../../../shared/words/version.ts';

/** One request that left this process, by Node's own clients or by undici. */
interface Sent {
  readonly origin: string;
  readonly userAgent: string;
}

const sent: Sent[] = [];

const onNode = (message: unknown): void => {
  const { request } = message as { readonly request: ClientRequest };
  const origin = `${request.protocol}//${request.getHeader('host')}`;
  sent.push({ origin, userAgent: String(request.getHeader('user-agent') ?? '') });
};

const onUndici = (message: unknown): void => {
  const { request } = message as {
    readonly request: { readonly origin: string; readonly headers: readonly string[] };
  };
  const { headers, origin } = request;
  const at = headers.findIndex((each, index) => index % 2 === 0 && each.toLowerCase() === 'user-agent');
  sent.push({ origin: String(origin), userAgent: at < 0 ? '' : (headers[at + 1] ?? '') });
};

let clouds: Clouds;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'user-agents-'));
  clouds = await startClouds({ folder, clock: systemClock, mode: 'keep' });
  vi.stubEnv('IDENTITY_ENDPOINT', clouds.identity.endpoint);
  vi.stubEnv('IDENTITY_HEADER', clouds.identity.header);
  subscribe('http.client.request.start', onNode);
  subscribe('undici:request:create', onUndici);
});
afterAll(async () => {
  unsubscribe('http.client.request.start', onNode);
  unsubscribe('undici:request:create', onUndici);
  vi.unstubAllEnvs();
  await clouds.stop();
  await rm(folder, { recursive: true, force: true });
});

it('names the connector and its version to every service, in every request of a drain and of a check', async () => {
  const environment = { ...clouds.appSettings, HEALTH_STREAM: clouds.healthStream, LONG_POLL_SECONDS: '1' };
  const reading = readSettings(environment);
  if (!reading.ok) throw new Error(reading.problems.join('; '));
  const silent = () => undefined;
  const key =
    'AWSLogs/222222222222/CloudTrail/eu-central-1/2026/11/01/222222222222_CloudTrail_eu-central-1_20261101T0005Z_Ab3dE6gH8jK0lMn2.json.gz';
  await clouds.aws.putLogFile(key, Buffer.from('{"Records":[{"eventID":"one"}]}'));
  const s3 = { bucket: { name: clouds.aws.bucket }, object: { key } };
  clouds.aws.announce([
    JSON.stringify({ Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }] }),
    // Unknown: kept as a failed entry, whose message goes to the blobs.
    '{"what":"is this"}',
  ]);
  sent.length = 0;
  const connector = compose(reading.settings, {
    ...{ clock: systemClock, random: () => 0.5, instance: 'one', identity: 'managed-identity', app: 'my-app' },
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    storage: storageValues(environment),
    insights: insightsValues(environment),
    ingestionCa: clouds.ingestion.ca,
  });
  const [summary] = await connector.drainAll(new AbortController().signal);
  connector.close();
  const world = { clock: systemClock, takesSample: true, ingestionCa: clouds.ingestion.ca } as const;
  await check(environment, { ...world, identity: 'managed-identity' });

  expect(summary).toMatchObject({ rowsAccepted: 1, messagesQuarantined: 1 });
  const { aws, identity, ingestion, insights, resourceManager, storage } = clouds;
  const services = [aws.endpoint, identity.endpoint, ingestion.endpoint, resourceManager.endpoint];
  const all = [
    ...services,
    ...Object.values(storage.endpoints),
    /https:[^;]+/.exec(insights.connectionString)?.[0] ?? '',
  ];
  const asked = new Set(sent.map(({ origin }) => origin));
  expect(asked).toEqual(new Set(all.map((url) => new URL(url).origin)));
  const ours = `cloudtrail-sentinel-connector/${version}`;
  expect(sent.filter(({ userAgent }) => !userAgent.includes(ours))).toEqual([]);
});
