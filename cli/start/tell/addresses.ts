import type { Clouds } from '../../../local/clouds.ts';

/** Where everything is that a person may want to reach while it is served. */
export function addresses(
  { aws, identity, ingestion, insights, storage }: Clouds,
  host: { readonly url: string; readonly key: string },
  runFile: string,
): string[] {
  const rows = [
    ['S3, SQS, STS', aws.endpoint],
    ['Bucket', aws.bucket],
    ['Queue', aws.queueUrl],
    ['Logs Ingestion', ingestion.endpoint],
    ['Managed identity', identity.endpoint],
    ['Storage tables', storage.endpoints.table],
    ['Functions host', host.url],
    ['Health page', `${host.url}/api/health?code=${host.key}`],
    ['Rows', ingestion.tableFile],
    ['Health rows', ingestion.healthFile],
    ['Metrics', insights.metricsFile],
    ['All of it, as JSON', runFile],
  ] as const;
  return ['Serving until Ctrl-C:', ...rows.map(([name, where]) => `  ${name.padEnd(20)}${where}`)];
}
