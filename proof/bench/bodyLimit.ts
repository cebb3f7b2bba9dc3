/** The connector's default limit of a request body; the service takes 1 MB: https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#logs-ingestion-api */
export const bodyLimit = 1_000_000;
