import { columns as trailColumns } from '../../shared/cloudtrail/columns.ts';
import { standardColumns, standardTable } from '../../shared/cloudtrail/standardTable.ts';
import { healthColumns, healthTable } from '../../shared/pipeline/status/healthColumns.ts';
import type { Schema } from './language.ts';
import { ingestedAt, type Row, type Table } from './rows.ts';
import type { Column } from './syntax.ts';
import { parseDatetime, type TypeName, type Value } from './values.ts';

export const trailTable = 'AWSCloudTrail_CL';

/** The connector's own table, Sentinel's of the same shape, and the connector's health. */
const tables: Schema['tables'] = [
  { name: trailTable, columns: trailColumns.map(queried) },
  { name: standardTable, columns: standardColumns.map(queried) },
  { name: healthTable, columns: healthColumns.map(queried) },
];

/** What queries may name. */
export function workspaceSchema(functions: Schema['functions'] = []): Schema {
  return { tables, functions };
}

/** As queries see it: a GUID is text to them. */
function queried({ name, type }: { readonly name: string; readonly type: string }): Column {
  const names: Readonly<Record<string, string>> = { boolean: 'bool', guid: 'string' };
  return { name, type: (names[type] ?? type) as TypeName };
}

/** Tables by name, each with the rows it is given and no other. */
export function workspaceTables(rowsOf: Readonly<Record<string, Iterable<Row>>>): ReadonlyMap<string, Table> {
  return new Map(tables.map(({ columns, name }) => [name, { columns, rows: rowsOf[name] ?? [] }]));
}

const datetimeNames = new Set(
  tables.flatMap(({ columns }) => columns.filter(({ type }) => type === 'datetime').map(({ name }) => name)),
);

/** A row as it is uploaded, as a query sees it; `receivedAt`, in milliseconds since the epoch, is its ingestion time. */
export function rowOf(uploaded: { readonly [column: string]: Value }, receivedAt?: number): Row {
  const row: { [column: string]: Value; [ingestedAt]?: number } = { ...uploaded };
  for (const name in row) {
    const value = row[name];
    if (typeof value === 'string' && datetimeNames.has(name)) row[name] = parseDatetime(value);
  }
  const at = receivedAt ?? row['TimeGenerated'];
  if (typeof at === 'number') row[ingestedAt] = at;
  return row;
}
