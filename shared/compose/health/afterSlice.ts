import { gzipSync } from 'node:zlib';
import type { Destination } from '../../pipeline/ports/destination.ts';
import type { MetricSink } from '../../pipeline/ports/metrics.ts';
import type { DrainPorts } from '../../pipeline/ports/ports.ts';
import { type HealthRow, healthRow } from '../../pipeline/status/healthRow.ts';
import { judged } from '../../pipeline/status/judge.ts';
import { metricsOf } from '../../pipeline/status/metrics.ts';
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
  /** Where the same figures go as metrics; absent: nowhere. */
  readonly metrics?: MetricSink;
}

/** Neither a row of health nor metrics may keep a drain from its end. */
const longestUploadMs = 10_000;
const longestMetricsMs = 5_000;

/**
 * What is done once a slice of a source has ended, however it ended: its status is written down, and told to the health
 * table and as metrics. Never rejects, since the drain goes on without them; what fails is told once until it works again.
 */
export function afterSlice({ app, destination, metrics, settings }: AfterSliceParts) {
  const failing = new Set<string>();

  const attempt = async (
    type: 'status-unkept' | 'health-unsent' | 'metrics-unsent',
    source: string,
    report: DrainPorts['report'],
    act: () => Promise<unknown>,
  ): Promise<boolean> => {
    // All sources' metrics go to one place: that it is away is one piece of news.
    const name = type === 'metrics-unsent' ? type : `${type}/${source}`;
    try {
      if ((await act()) !== 'paused') failing.delete(name);
      return true;
    } catch (error) {
      if (!failing.has(name)) report({ type, source, failure: reportOf(error) });
      failing.add(name);
      return false;
    }
  };

  const upload = async (row: HealthRow, to: Pick<Destination, 'upload'>): Promise<void> => {
    const json = JSON.stringify([row]);
    const body = { gzipped: gzipSync(json), rows: 1, uncompressedBytes: Buffer.byteLength(json) };
    await to.upload(body, AbortSignal.timeout(longestUploadMs));
  };

  return async ({ name, state }: HealthSource, summary: SliceSummary, report: DrainPorts['report']): Promise<void> => {
    const { status } = state;
    if (status === undefined) return;
    if (!(await attempt('status-unkept', name, report, () => status.record(summary)))) return;
    if (destination === undefined && metrics === undefined) return;
    const row = healthRow(judged(await observe(name, state, settings)), { app, stream: settings.destination.stream });
    if (row === undefined) return;
    await Promise.all([
      destination !== undefined && attempt('health-unsent', name, report, () => upload(row, destination)),
      metrics !== undefined &&
        attempt('metrics-unsent', name, report, () =>
          metrics.send(metricsOf(row, app), AbortSignal.timeout(longestMetricsMs)),
        ),
    ]);
  };
}
