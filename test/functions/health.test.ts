import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { HttpRequest, InvocationContext } from '@azure/functions';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalStorage, startStorage } from '../../local/azure/storage.ts';
import { type EmbeddedClouds, startEmbeddedClouds } from './embeddedClouds.ts';

/** New processes, as far as the triggers can tell: what one remembers the other does not know. */
async function startedApp() {
  vi.resetModules();
  const { drainOnSchedule } = await import('../../functions/drainOnSchedule.ts');
  vi.resetModules();
  const { health } = await import('../../functions/health.ts');
  return { drainOnSchedule, health };
}

const context = () => new InvocationContext({ functionName: 'health', logHandler: () => undefined });
const timer = {
  isPastDue: false,
  schedule: { adjustForDST: false },
  scheduleStatus: { last: '', next: '', lastUpdated: '' },
};
const asked = (query: Record<string, string> = {}) =>
  new HttpRequest({ method: 'GET', url: 'http://localhost/api/health', query });

describe('health', () => {
  let clouds: EmbeddedClouds;
  let storage: LocalStorage;
  const authorities = getCACertificates();

  beforeAll(async () => {
    clouds = await startEmbeddedClouds();
    setDefaultCACertificates([...authorities, clouds.ingestion.ca]);
  });
  // What is kept there is what is tested: each test begins with nothing.
  beforeEach(async () => {
    storage = await startStorage();
  });
  const configure = (changed: Readonly<Record<string, string>> = {}) => {
    const settings = { ...clouds.environment, AzureWebJobsStorage: storage.connectionString, ...changed };
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  };
  afterEach(async () => {
    vi.unstubAllEnvs();
    process.removeAllListeners('SIGTERM');
    await storage.stop();
  });
  afterAll(async () => {
    setDefaultCACertificates(authorities);
    await clouds.stop();
  });

  it('is red before anything was drained, and green after a slice in another process', async () => {
    configure();
    const { drainOnSchedule, health } = await startedApp();
    const before = await health(asked(), context());
    expect(before.status).toBe(503);
    expect(JSON.parse(String(before.body)).sources[0].reasons).toMatchObject([{ code: 'never-ran' }]);
    await clouds.deliver('healthy', ['one', 'two']);
    await drainOnSchedule(timer, context());
    const after = await health(asked(), context());
    expect(JSON.parse(String(after.body))).toMatchObject({
      status: 'green',
      sources: [
        { source: 'default', credentials: { state: 'working' }, lastSlice: { rowsAccepted: 2, ledger: 'available' } },
      ],
    });
    expect(after.status).toBe(200);
    const page = await health(asked({ format: 'html' }), context());
    expect(page.body).toContain('All sources deliver.');
  });

  it('tells what is held up, and how to mend it', async () => {
    configure({
      AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/nobody',
      SLICE_SECONDS: '15',
      STOP_RECEIVING_SECONDS: '5',
    });
    const { drainOnSchedule, health } = await startedApp();
    await expect(drainOnSchedule(timer, context())).rejects.toThrow(/could not do their work/);
    const { body, status } = await health(asked(), context());
    expect(status).toBe(503);
    expect(JSON.parse(String(body)).sources[0]).toMatchObject({
      status: 'red',
      credentials: { state: 'refused', code: 'assume-role-denied' },
      circuits: [{ circuit: 'source', holds: 'everything of this source waits in the queue' }],
    });
  });

  it('says that nothing is known when storage does not answer', async () => {
    configure({ AzureWebJobsStorage: storage.connectionString.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1') });
    const { health } = await startedApp();
    const { body, status } = await health(asked(), context());
    expect(status).toBe(503);
    expect(JSON.parse(String(body)).sources[0].reasons).toMatchObject([{ code: 'storage-unavailable' }]);
  });

  it('names settings that are wrong', async () => {
    configure({ WORKSPACE_ID: 'none' });
    const { health } = await startedApp();
    const { body, status } = await health(asked(), context());
    expect(status).toBe(503);
    expect(JSON.parse(String(body)).problems).toEqual([expect.stringContaining('WORKSPACE_ID')]);
  });
});
