import { type ColumnName, type ColumnType, columns } from './columns.ts';

/** Microsoft's own table, there in every workspace that Microsoft Sentinel is switched on in. */
export const standardTable = 'AWSCloudTrail';

/** Its stream. https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-rule-structure#data-flows */
export const standardOutput = `Microsoft-${standardTable}`;

/** The additions among our columns; what a workspace adds to a table of Microsoft's must end in `_CF`. */
const additions: readonly ColumnName[] = ['EventTime', 'UnmappedFields', 'TruncatedColumns', 'SourceObject'];

/** Columns that are GUIDs there. A stream cannot declare that type, so they are sent as text and made GUIDs on the way. */
const guids = ['AwsEventId', 'AwsRequestId', 'SharedEventId'] as const satisfies readonly ColumnName[];

/** Of these a text that is no GUID is kept beside them; AwsRequestId is never sent. */
const keptAsText = ['AwsEventId', 'SharedEventId'] as const satisfies readonly ColumnName[];

interface StandardColumn {
  readonly name: string;
  readonly type: ColumnType | 'guid';
  readonly description: string;
}

/** What rows have there: our columns, in the same order, and two more for what is no GUID. */
export const standardColumns: readonly StandardColumn[] = [
  ...columns.map(({ name, type, description }) => ({
    name: standardName(name),
    type: (guids as readonly string[]).includes(name) ? ('guid' as const) : type,
    description,
  })),
  ...keptAsText.map((name) => ({
    name: `${name}_CF`,
    type: 'string' as const,
    description: `The text of ${name} when it is no GUID, which the column itself cannot hold.`,
  })),
];

/** The columns that a workspace has to add to the standard table, so that nothing of a row is lost there. */
export const addedColumns: readonly StandardColumn[] = standardColumns.filter(({ name }) => name.endsWith('_CF'));

/** What a rule does to rows on their way into the standard table. */
export const standardTransform: string = [
  'source',
  `extend ${keptAsText.map((name) => `${name}_CF = iif(isnull(toguid(${name})), ${name}, "")`).join(', ')}`,
  `extend ${guids.map((name) => `${name} = toguid(${name})`).join(', ')}`,
  `project-rename ${additions.map((name) => `${name}_CF = ${name}`).join(', ')}`,
].join(' | ');

/** What a column of ours is called in the standard table. */
function standardName(name: ColumnName): string {
  return additions.includes(name) ? `${name}_CF` : name;
}
