import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { InvocationContext, type LogLevel, type Timer } from '@azure/functions';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EmbeddedClouds, startEmbeddedClouds } from './embeddedClouds.ts';

const timer: Timer = {
  isPastDue: false,
  schedule: { adjustForDST: true },
  scheduleStatus: { last: '', next: '', lastUpdated: '' },
};

/** A new process as far as the trigger can tell: nothing composed yet. */
async function startedApp() {
  vi.resetModules();
  const { drainOnSchedule } = await import('../../functions/drainOnSchedule.ts');
  return drainOnSchedule;
}

function invocation() {
  const lines: { level: LogLevel; line: Record<string, unknown> }[] = [];
  const context = new InvocationContext({
    functionName: 'drainOnSchedule',
    logHandler: (level, ...args) => {
      lines.push({ level, line: JSON.parse(String(args[0])) as Record<string, unknown> });
    },
  });
  return { context, lines };
}

describe('drainOnSchedule', () => {
  let clouds: EmbeddedClouds;
  const authorities = getCACertificates();

  beforeAll(async () => {
    clouds = await startEmbeddedClouds();
    setDefaultCACertificates([...authorities, clouds.ingestion.ca]);
  });
  const configure = (changed: Readonly<Record<string, string>> = {}) => {
    for (const [name, value] of Object.entries({ ...clouds.environment, ...changed })) {
      vi.stubEnv(name, value);
    }
  };
  afterEach(() => {
    vi.unstubAllEnvs();
    process.removeAllListeners('SIGTERM');
  });
  afterAll(async () => {
    setDefaultCACertificates(authorities);
    await clouds.stop();
  });

  it('brings what was announced into the table, and says so in one line', async () => {
    configure();
    await clouds.deliver('good', ['good-1', 'good-2', 'good-3']);
    const { context, lines } = invocation();

    await (await startedApp())(timer, context);

    expect(await clouds.arrived()).toEqual(expect.arrayContaining(['good-1', 'good-2', 'good-3']));
    expect(lines.filter(({ level }) => level === 'information')).toEqual([
      { level: 'information', line: expect.objectContaining({ event: 'slice-finished', rowsAccepted: 3 }) },
    ]);
  });

  it('writes to the invocation at hand, with the connector of the one before', async () => {
    configure();
    const drain = await startedApp();
    await drain(timer, invocation().context);
    const { context, lines } = invocation();

    await drain(timer, context);

    expect(lines.map(({ line }) => line['event'])).toContain('slice-finished');
  });

  it('fails with every problem of the settings, and looks again at the next tick', async () => {
    const { context, lines } = invocation();
    const drain = await startedApp();
    vi.stubEnv('WORKSPACE_ID', 'not-a-guid');

    const failure = await drain(timer, context).catch((error: unknown) => error);

    expect(failure).toMatchObject({ name: 'SettingsRefused', message: expect.stringMatching(/WORKSPACE_ID.*; /) });
    expect(lines).toEqual([{ level: 'error', line: expect.objectContaining({ event: 'settings-refused' }) }]);
    configure();
    await expect(drain(timer, invocation().context)).resolves.toBeUndefined();
  });

  it('fails when a source could not do its work, saying what to do', async () => {
    // What is denied is tried again until the slice ends.
    configure({ SLICE_SECONDS: '15', STOP_RECEIVING_SECONDS: '5' });
    const repair = clouds.aws.break('external-id');
    try {
      const failure = (await startedApp())(timer, invocation().context);

      await expect(failure).rejects.toThrow(
        /1 of 1 sources .*default \(circuit-open\) assume-role-denied: .*external/i,
      );
    } finally {
      repair();
    }
  });

  it('does not fail for an object that failed for itself', async () => {
    configure();
    await clouds.deliverBytes('broken', gzipSync('{}'));
    const { context, lines } = invocation();

    await expect((await startedApp())(timer, context)).resolves.toBeUndefined();

    expect(lines.filter(({ level }) => level === 'error').map(({ line }) => [line['event'], line['code']])).toEqual([
      ['object-failed', 'no-records'],
    ]);
  });

  it('is imported without settings, and ends on SIGTERM', async () => {
    const before = process.listenerCount('SIGTERM');

    await expect(startedApp()).resolves.toBeTypeOf('function');

    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  });

  it('listens to SIGTERM together with the other functions of its process', async () => {
    const before = process.listenerCount('SIGTERM');

    await startedApp();
    await import('../../functions/drainOnTicket.ts');

    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  });
});
