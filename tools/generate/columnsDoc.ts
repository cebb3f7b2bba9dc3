import { columns } from '../../shared/cloudtrail/columns.ts';

/** The table's columns for people: docs/columns.md. */
export function renderColumnsDoc(): string {
  const rows = columns.map(
    ({ name, type, source, description }) =>
      `| \`${name}\` | ${type} | ${source.length > 0 ? `\`${source.join('.')}\`` : ''} | ${description} |`,
  );
  return `${head}${rows.join('\n')}\n`;
}

const head = `# Columns

Made from \`shared/cloudtrail/columns.ts\` by \`npm run generate\`. Names and types are those of Sentinel's \`AWSCloudTrail\`
table; the last four are additions. A column whose value is absent or null is left out of the row.

| Column | Type | From the record | What it holds |
|---|---|---|---|
`;
