import { columns } from '../../shared/cloudtrail/columns.ts';
import { addedColumns } from '../../shared/cloudtrail/standardTable.ts';

/** The table's columns for people: docs/columns.md. */
export function renderColumnsDoc(): string {
  const rows = columns.map(
    ({ name, type, source, description }) =>
      `| \`${name}\` | ${type} | ${source.length > 0 ? `\`${source.join('.')}\`` : ''} | ${description} |`,
  );
  return `${head}${rows.join('\n')}\n`;
}

const added = addedColumns.map(({ name }) => `\`${name}\``);
const additions = added.slice(0, 4).join(', ');
const keptTexts = added.slice(4).join(' and ');

const head = `# Columns

Made from \`shared/cloudtrail/columns.ts\` by \`npm run generate\`. Names and types are those of Sentinel's \`AWSCloudTrail\`
table; the last four are additions. A column whose value is absent or null is left out of the row.

In the standard table, when that is the destination, the additions are called ${additions}.
Two more, ${keptTexts}, hold the text of an ID that is no GUID, which the column of that name cannot.

| Column | Type | From the record | What it holds |
|---|---|---|---|
`;
