import { nameOf } from '../expressions.ts';
import { lazily, type Row, type Table } from '../rows.ts';
import { columnsOf, elements, part, type SyntaxNode } from '../syntax.ts';
import type { Value } from '../values.ts';

/** Rows of all the tables, in their order. Columns of one name and different types are apart, as the binder names them. */
export function union(node: SyntaxNode, tables: readonly { readonly name: string; readonly table: Table }[]): Table {
  const columns = columnsOf(node);
  const names = new Set(columns.map(({ name }) => name));
  const sourceColumn = elements(part(node, 'Parameters'))
    .filter((parameter) => nameOf(part(parameter, 'Name')) === 'withsource')
    .map((parameter) => part(parameter, 'Expression').ToString(0).trim())[0];
  return {
    columns,
    rows: lazily(function* () {
      for (const { name: source, table } of tables) {
        const renamed = table.columns.filter(({ name }) => !names.has(name));
        for (const row of table.rows) {
          if (renamed.length === 0 && sourceColumn === undefined) {
            yield row;
            continue;
          }
          const next = { ...row } as Record<string, Value>;
          for (const { name, type } of renamed) next[`${name}_${type}`] = row[name] ?? null;
          if (sourceColumn !== undefined) next[sourceColumn] = source;
          yield next as Row;
        }
      }
    }),
  };
}
