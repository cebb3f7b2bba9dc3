import type { Row, Table } from './rows.ts';
import type { SyntaxNode } from './syntax.ts';
import type { Value } from './values.ts';

/** What a name stands for outside of rows. */
export type Bound =
  | { readonly kind: 'scalar'; readonly value: Value }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'function'; readonly declaration: SyntaxNode; readonly scope: Scope };

export type Scope = ReadonlyMap<string, Bound>;

/** What an evaluation is given. */
export interface World {
  /** Milliseconds since the epoch: rules with short windows must not go stale. */
  readonly now: number;
  readonly tables: ReadonlyMap<string, Table>;
}

/** An expression, ready to be asked of each row. */
export type Compiled = (row: Row) => Value;
