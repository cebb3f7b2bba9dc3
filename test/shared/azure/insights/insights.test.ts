import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LocalIdentity, startIdentity } from '../../../../local/azure/identity.ts';
import {
  createLoopbackCertificates,
  type LoopbackCertificates,
} from '../../../../local/azure/ingestion/certificates.ts';
import { type LocalInsights, startInsights } from '../../../../local/azure/insights/insights.ts';
import { closeServer, listenOnLoopback } from '../../../../local/process/loopbackServer.ts';
import { insightsSink } from '../../../../shared/azure/insights/insights.ts';
import { readInsights } from '../../../../shared/azure/insights/target.ts';
import { version } from '../../../../shared/words/version.ts';
import { movableClock, principal, tenant } from '../../../local/azure/support.ts';

const clock = movableClock();
const metrics = {
  ...{ source: 'production', app: 'my-app', at: '2026-11-30T12:00:00.000Z' },
  figures: [
    { name: 'CloudTrail.RowsAccepted', value: 120 },
    { name: 'CloudTrail.LagP95Ms', value: 61_000 },
  ],
};
const none = new AbortController().signal;

describe('insightsSink', () => {
  let identity: LocalIdentity;
  let insights: LocalInsights;
  let certificates: LoopbackCertificates;
  let ca: string;
  let directory: string;
  let shown: number;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'insights-'));
    identity = await startIdentity({ clock, tenantId: tenant, principalId: principal });
    certificates = await createLoopbackCertificates(Date.now());
    ca = certificates.ca;
    insights = await startInsights({
      ...{ clock, certificates, directory, keys: identity.jwks(), issuer: identity.issuer, needsToken: true },
      publishers: [principal],
      connectionString: 'InstrumentationKey=00000000-0000-0000-0000-000000000000',
    });
  });
  afterEach(() => {
    insights.faults.plan([]);
    insights.publishers.add(principal);
    clock.move(3_600_000);
  });
  afterAll(async () => {
    await insights.stop();
    await identity.stop();
    await rm(directory, { recursive: true });
  });

  const sink = (connectionString = insights.connectionString, authentication = 'Authorization=AAD') => {
    const reading = readInsights({ connectionString, authentication });
    if (reading.kind === 'none') throw new Error('nothing to send to');
    shown = 0;
    const getToken = async () => {
      shown += 1;
      const token = await identity.issueToken('https://monitor.azure.com');
      return { token, expiresOnTimestamp: clock.now() + 3_600_000 };
    };
    const scope = 'https://monitor.azure.com/.default';
    return insightsSink({ reading, credential: { getToken }, scope, clock, ca });
  };

  it('sends each figure by itself, as the app and with the version', async () => {
    const before = insights.metrics.length;
    expect(await sink().send(metrics, none)).toBe('sent');
    const common = { role: 'my-app', time: metrics.at, properties: { source: 'production' } };
    expect(insights.metrics.slice(before)).toEqual(metrics.figures.map((figure) => ({ ...common, ...figure })));
    expect(insights.userAgents.at(-1)).toContain(`cloudtrail-sentinel-connector/${version}`);
  });

  it('asks for one token only while it is good', async () => {
    const one = sink();
    await one.send(metrics, none);
    await one.send(metrics, none);
    expect(shown).toBe(1);
  });

  it('shows no token where none is asked for', async () => {
    const refused = sink(insights.connectionString, '').send(metrics, none);
    await expect(refused).rejects.toMatchObject({ code: 'insights-refused' });
    expect(shown).toBe(0);
  });

  it('names the role that is missing', async () => {
    insights.publishers.clear();
    await expect(sink().send(metrics, none)).rejects.toMatchObject({
      code: 'insights-refused',
      remedy: expect.stringContaining('Monitoring Metrics Publisher'),
    });
  });

  it('names the connection string when the key is that of another resource', async () => {
    const other = insights.connectionString.replace('00000000-', '11111111-');
    await expect(sink(other).send(metrics, none)).rejects.toMatchObject({
      code: 'insights-refused',
      message: expect.stringContaining('another resource'),
      remedy: expect.stringContaining('APPLICATIONINSIGHTS_CONNECTION_STRING'),
    });
  });

  it.each([
    [{ kind: 'status', status: 503 }, 'insights-unavailable'],
    [{ kind: 'status', status: 429 }, 'insights-unavailable'],
    [{ kind: 'status', status: 308 }, 'insights-refused'],
    [{ kind: 'reset' }, 'insights-unavailable'],
  ] as const)('makes one request when it meets %j', async (fault, code) => {
    insights.faults.plan([fault]);
    const before = insights.userAgents.length;
    await expect(sink().send(metrics, none)).rejects.toMatchObject({ code, belongsTo: 'pipeline' });
    expect(insights.userAgents).toHaveLength(before + 1);
  });

  it('takes its token to nobody whom the service names', async () => {
    const elsewhere = createServer({ key: certificates.key, cert: certificates.certificate }, (_request, response) => {
      response.writeHead(308, { location: 'https://evil.example/v2.1/track' }).end();
    });
    let asked = 0;
    elsewhere.on('request', () => asked++);
    const port = await listenOnLoopback(elsewhere);
    const named = insights.connectionString.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`);
    await expect(sink(named).send(metrics, none)).rejects.toMatchObject({
      code: 'insights-refused',
      message: expect.stringContaining('answered 308'),
    });
    await closeServer(elsewhere);
    expect(asked).toBe(1);
  });

  it('gives up when it is told to, with the reason', async () => {
    insights.faults.plan([{ kind: 'stall' }]);
    const late = new AbortController();
    const sending = sink().send(metrics, late.signal);
    late.abort();
    await expect(sending).rejects.toMatchObject({
      code: 'insights-unavailable',
      message: expect.stringContaining('not in time'),
    });
  });

  it('leaves the service alone for five minutes after a failure', async () => {
    insights.faults.plan([{ kind: 'status', status: 500, times: 1 }]);
    const one = sink();
    await expect(one.send(metrics, none)).rejects.toThrow('500');
    const before = insights.userAgents.length;
    expect(await one.send(metrics, none)).toBe('paused');
    expect(insights.userAgents).toHaveLength(before);
    clock.move(5 * 60_000);
    expect(await one.send(metrics, none)).toBe('sent');
    expect(await one.send(metrics, none)).toBe('sent');
  });

  it('says what is odd in the connection string, and asks nobody', async () => {
    await expect(sink('IngestionEndpoint=http://127.0.0.1').send(metrics, none)).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringContaining('InstrumentationKey'),
    });
    expect(shown).toBe(0);
  });
});
