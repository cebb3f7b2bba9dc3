import { cell, type Row, type Table } from '../../local/kql/rows.ts';
import type { Column } from '../../local/kql/syntax.ts';
import { asDynamic, textOf } from '../../local/kql/values.ts';
import { shownText } from '../../shared/kit/shortText.ts';
import { table } from '../table.ts';

/** Longer cells are cut in a table, never in JSON or CSV. */
const mostCell = 60;

/** For a terminal: columns under their names. */
export function asTable({ columns }: Table, rows: readonly Row[]): string[] {
  if (rows.length === 0) return ['  no rows'];
  const texts = rows.map((row) => columns.map((column) => shownText(text(row, column), mostCell)));
  return table(
    columns.map(({ name }) => name),
    texts,
  );
}

/** One JSON object a row; times as the service writes them, absent cells as null. */
export function asJson({ columns }: Table, rows: readonly Row[]): string {
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map((column) => [column.name, asDynamic(cell(row, column), column.type)])),
  );
  return JSON.stringify(objects);
}

/** RFC 4180. */
export function asCsv({ columns }: Table, rows: readonly Row[]): string[] {
  const quoted = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
  return [
    columns.map(({ name }) => quoted(name)).join(','),
    ...rows.map((row) => columns.map((column) => quoted(text(row, column))).join(',')),
  ];
}

function text(row: Row, column: Column): string {
  return textOf(cell(row, column), column.type);
}
