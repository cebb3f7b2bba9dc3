import { gzipSync } from 'node:zlib';
import type { Destination } from '../../pipeline/ports/destination.ts';
import type { DrainPorts } from '../../pipeline/ports/ports.ts';
import { healthRow } from '../../pipeline/status/healthRow.ts';
import { judged } from '../../pipeline/status/judge.ts';
import type { Settings } from '../../settings/settings.ts';
import type { SliceSummary } from '../../words/events.ts';
import { reportOf } from '../../words/failure.ts';
import type { HealthSource } from './health.ts';
import { observe } from './observe.ts';

export interface AfterSliceParts {
  readonly settings: Settings;
  /** Name of the function app, as far as it is known. */
  readonly app: string;
  /** Where health rows go; absent: nowhere. */
  readonly destination?: Pick<Destination, 'upload'>;
}

/** A row of health must not keep a drain from its end. */
const longestUploadMs = 10_000;

/**
 * What is done once a slice of a source has ended, however it ended: its status is written down, and told to the health
 * table. Never rejects, since the drain goes on without either; what fails is told once until it works again.
 */
export function afterSlice({ app, destination, settings }: AfterSliceParts) {
  const failing = new Set<string>();
  const once = (
    type: 'status-unkept' | 'health-unsent',
    source: string,
    report: DrainPorts['report'],
    error: unknown,
  ) => {
    const name = `${type}/${source}`;
    if (failing.has(name)) return;
    failing.add(name);
    report({ type, source, failure: reportOf(error) });
  };

  const send = async ({ name, state }: HealthSource, to: Pick<Destination, 'upload'>): Promise<void> => {
    const row = healthRow(judged(await observe(name, state, settings)), { app, stream: settings.destination.stream });
    if (row === undefined) return;
    const json = JSON.stringify([row]);
    const body = { gzipped: gzipSync(json), rows: 1, uncompressedBytes: Buffer.byteLength(json) };
    await to.upload(body, AbortSignal.timeout(longestUploadMs));
  };

  return async (source: HealthSource, summary: SliceSummary, report: DrainPorts['report']): Promise<void> => {
    const { name, state } = source;
    if (state.status === undefined) return;
    try {
      await state.status.record(summary);
      failing.delete(`status-unkept/${name}`);
    } catch (error) {
      once('status-unkept', name, report, error);
      return;
    }
    if (destination === undefined) return;
    try {
      await send(source, destination);
      failing.delete(`health-unsent/${name}`);
    } catch (error) {
      once('health-unsent', name, report, error);
    }
  };
}
