import type { Column } from './syntax.ts';
import type { TypeName, Value } from './values.ts';

/** When the service took a row, for `ingestion_time()`; carried by rows as they are copied. */
export const ingestedAt: unique symbol = Symbol('ingested at');

export interface Row {
  readonly [column: string]: Value;
  readonly [ingestedAt]?: number;
}

/** Rows come as they are asked for, as often as they are asked for. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: Iterable<Row>;
}

/** What a column holds where a row says nothing of it. */
export function absent(type: TypeName): Value {
  return type === 'string' ? '' : null;
}

export function cell(row: Row, { name, type }: Column): Value {
  return row[name] ?? absent(type);
}

/** Rows that are made anew each time they are asked for. */
export function lazily(make: () => Iterable<Row>): Iterable<Row> {
  return { [Symbol.iterator]: () => make()[Symbol.iterator]() };
}
