import { columns } from '../../shared/cloudtrail/columns.ts';
import { standardColumns, standardTable } from '../../shared/cloudtrail/standardTable.ts';
import { healthColumns, healthTable } from '../../shared/pipeline/status/healthColumns.ts';
import type { Workspace } from './language.ts';

type Tables = Workspace['tables'];

/** What the service sets on every table: https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns */
const everywhere = ['TenantId', 'Type', '_ItemId', '_ResourceId', '_SubscriptionId'].map((name) => `${name}: string`);
const times = ['_TimeReceived: datetime', '_BilledSize: real', '_IsBillable: string'];

/** Tables that queries of ours read, from the same source as the stream declarations and the documentation. */
export const tables: Tables = [
  { name: 'AWSCloudTrail_CL', schema: schemaOf(columns) },
  { name: standardTable, schema: schemaOf(standardColumns) },
  { name: healthTable, schema: schemaOf(healthColumns) },
  // https://learn.microsoft.com/azure/azure-monitor/reference/tables/dcrlogerrors
  {
    name: 'DCRLogErrors',
    schema: schemaOf([
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'InputStreamId', type: 'string' },
      { name: 'Message', type: 'string' },
      { name: 'OperationName', type: 'string' },
    ]),
  },
];

function schemaOf(list: readonly { readonly name: string; readonly type: string }[]): string {
  // Queries see a GUID as text: https://learn.microsoft.com/azure/azure-monitor/logs/logs-table-overview
  const queried: Readonly<Record<string, string>> = { boolean: 'bool', guid: 'string' };
  const own = list.map(({ name, type }) => `${name}: ${queried[type] ?? type}`);
  return `(${[...own, ...everywhere, ...times].join(', ')})`;
}
