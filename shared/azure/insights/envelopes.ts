import type { SourceMetrics } from '../../pipeline/ports/metrics.ts';
import { userAgent } from '../../words/version.ts';

/**
 * Metrics in the shape of Application Insights' track API: one envelope each, since of several in one only the first
 * would be stored. https://github.com/Azure/azure-rest-api-specs, applicationinsights/data-plane/Monitor.Exporters
 */
export function envelopesOf(
  { app, at, figures, source }: SourceMetrics,
  instrumentationKey: string,
): readonly object[] {
  return figures.map((figure) => ({
    ver: 1,
    name: 'Microsoft.ApplicationInsights.Metric',
    time: at,
    iKey: instrumentationKey,
    // The name under which the host's own telemetry stands, too.
    tags: { 'ai.cloud.role': app, 'ai.internal.sdkVersion': userAgent },
    data: { baseType: 'MetricData', baseData: { ver: 2, metrics: [figure], properties: { source } } },
  }));
}
