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

  it('delivers logs wherever they lie and however they are announced, and keeps only what is not understood', async () => {
    configure();
    const { aws } = clouds;
    const day = 'AWSLogs/222222222222/CloudTrail/eu-central-1/2026/11/01';
    const put = async (key: string, eventID?: string) => {
      const log = { Records: [{ eventVersion: '1.11', eventTime: '2026-11-01T00:00:00Z', eventID }] };
      await aws.putLogFile(key, eventID === undefined ? Buffer.from('no log') : gzipSync(JSON.stringify(log)));
      return { s3: { bucket: { name: aws.bucket }, object: { key: encodeURIComponent(key) } } };
    };
    const good = await put(
      `${day}/222222222222_CloudTrail_eu-central-1_20261101T0006Z_gggggggggggggggg.json.gz`,
      'odd-good',
    );
    const hour = await put(
      `${day}/07/222222222222_CloudTrail_eu-central-1_20261101T0705Z_aaaaaaaaaaaaaaaa.json.gz`,
      'odd-hour',
    );
    const hive = await put(
      `AWSLogs/222222222222/CloudTrail/eu-central-1/year=2026/month=11/day=01/x.json.gz.1`,
      'odd-hive',
    );
    const note = await put(`${day}/notes.txt`);
    const access = await put('access-logs/2026-11-01-00-05-00-0123456789ABCDEF');
    const detail = { bucket: { name: aws.bucket }, object: { key: decodeURIComponent(hive.s3.object.key) } };
    const before = aws.stats().queue;
    aws.announce([
      JSON.stringify({ Records: [{ foo: 1 }, good] }),
      JSON.stringify({ Records: [{ eventSource: 'aws:sqs', body: JSON.stringify({ Records: [hour] }) }] }),
      JSON.stringify(detail),
      JSON.stringify({ Records: [access] }),
      JSON.stringify({ Records: [note] }),
    ]);
    const { context, lines } = invocation();

    await (await startedApp())(timer, context);

    expect(await clouds.arrived()).toEqual(expect.arrayContaining(['odd-good', 'odd-hive', 'odd-hour']));
    const { visible, inFlight } = aws.stats().queue;
    // The one with a part that is not understood, and the note.
    expect(visible + inFlight - before.visible - before.inFlight).toBe(2);
    const told = lines.map(({ line }) => line);
    expect(told).toContainEqual(
      expect.objectContaining({
        event: 'object-failed',
        message: expect.stringContaining('notes.txt" is not where CloudTrail'),
      }),
    );
    expect(told).toContainEqual(
      expect.objectContaining({ event: 'slice-finished', objectsAccepted: 3, objectsSkipped: 1 }),
    );
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
