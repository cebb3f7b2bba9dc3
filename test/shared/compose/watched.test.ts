import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunTotals } from '../../../cli/start/tell/runTotals.ts';
import { azureCredential } from '../../../shared/azure/identity.ts';
import { compose } from '../../../shared/compose/connector.ts';
import { watchedCircuits } from '../../../shared/compose/watched.ts';
import { systemClock } from '../../../shared/kit/systemClock.ts';
import { memoryCircuits } from '../../../shared/pipeline/circuits/memoryCircuits.ts';
import { readSettings } from '../../../shared/settings/settings.ts';
import type { Logger } from '../../../shared/telemetry.ts';
import type { ProgressReport } from '../../../shared/words/progress.ts';
import { type EmbeddedClouds, startEmbeddedClouds } from '../../functions/embeddedClouds.ts';

/** Every event is discarded. */
const deaf: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe('what a watcher is told', () => {
  let clouds: EmbeddedClouds;
  beforeAll(async () => {
    clouds = await startEmbeddedClouds();
    process.env['IDENTITY_ENDPOINT'] = clouds.environment['IDENTITY_ENDPOINT'];
    process.env['IDENTITY_HEADER'] = clouds.environment['IDENTITY_HEADER'];
  });
  afterAll(() => clouds.stop());

  it('makes the summary of npm start, with every event discarded', async () => {
    const reading = readSettings(clouds.environment);
    if (!reading.ok) throw new Error(reading.problems.join());
    const totals = new RunTotals();
    const connector = compose(reading.settings, {
      clock: systemClock,
      random: () => 0.5,
      logger: deaf,
      identity: azureCredential({ kind: 'managed-identity' }),
      instance: 'i',
      ingestionCa: clouds.ingestion.ca,
      // Data crosses to another process as a copy.
      watch: (report) => totals.add(structuredClone<ProgressReport>(report)),
    });
    await clouds.deliver('one', ['a', 'b']);
    await clouds.deliver('two', ['c']);
    await clouds.deliverBytes('broken', Buffer.from([0x8f, 0, 1]));
    try {
      await connector.drainAll(new AbortController().signal);
    } finally {
      connector.close();
    }
    totals.end();

    expect(totals).toMatchObject({ objects: 2, records: 3, rows: 3, slices: 1, slicesCut: 0, identityHolds: true });
    expect([...totals.failedObjects.values()]).toMatchObject([{ code: 'json-invalid', owner: 'object' }]);
    expect(totals.failure).toBeUndefined();
    expect(await clouds.arrived()).toEqual(['a', 'b', 'c']);
  });

  it('includes circuits that open and close', async () => {
    const totals = new RunTotals();
    const circuits = watchedCircuits(memoryCircuits(), (report) => totals.add(structuredClone(report)));
    const because = { code: 'queue-denied', message: 'no', remedy: 'Allow it.' } as const;
    await circuits.save({ name: { kind: 'source' }, openedAt: 0, because, nextProbeAt: 1, probes: 0 });

    expect(totals.failure).toEqual({ ...because, owner: 'pipeline' });
    expect((await circuits.load()).open).toHaveLength(1);
    await circuits.remove({ kind: 'source' });
    expect(totals.failure).toBeUndefined();
  });
});
