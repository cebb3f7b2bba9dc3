import type { Health } from '../../../shared/compose/health/health.ts';

/** What is told of the connector's health; with settings that are refused there are no sources. */
export interface HealthReport extends Health {
  readonly problems: readonly string[];
}

export function refusedReport(problems: readonly string[], at: number, version: string): HealthReport {
  return { colour: 'red', at, version, sources: [], problems };
}
