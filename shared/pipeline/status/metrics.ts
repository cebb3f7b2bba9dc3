import type { SourceMetrics } from '../ports/metrics.ts';
import { healthColumns } from './healthColumns.ts';
import type { HealthRow } from './healthRow.ts';

/** In front of each name, since the app's own telemetry shares the place. */
const prefix = 'CloudTrail.';

/** Green, amber and red as numbers: an alert compares. */
const states: Readonly<Record<string, number>> = { Success: 0, Warning: 1, Failure: 2 };

/**
 * Of these a zero says something: that a source is alive, and that nothing is kept or held up. Of all others it is left
 * out, since each figure is billed and a sum over time stays the same.
 */
const toldWhenZero: ReadonlySet<string> = new Set(['RowsAccepted', 'FailedEntries', 'OpenCircuits', 'QueueWaiting']);

/** The numbers of a row of the health table under the same names, so that what is added there is measured here, too. */
export function metricsOf(row: HealthRow, app: string): SourceMetrics {
  const numbers = healthColumns.flatMap(({ name, type }) => {
    const value = row[name];
    if (type !== 'long' || typeof value !== 'number') return [];
    return value === 0 && !toldWhenZero.has(name) ? [] : [{ name: `${prefix}${name}`, value }];
  });
  return {
    source: String(row.SentinelResourceName),
    app,
    at: String(row.TimeGenerated),
    figures: [{ name: `${prefix}State`, value: states[String(row.Status)] ?? 2 }, ...numbers],
  };
}
