import { evaluate } from '../../../local/kql/evaluate.ts';
import { parserOver } from '../../../local/kql/language.ts';
import type { Row } from '../../../local/kql/rows.ts';
import type { Column } from '../../../local/kql/syntax.ts';
import type { TypeName, Value } from '../../../local/kql/values.ts';

export const now = Date.parse('2026-11-30T12:00:00Z');

const columns: readonly Column[] = Object.entries({
  At: 'datetime',
  Name: 'string',
  Who: 'string',
  N: 'long',
  R: 'real',
  Is: 'bool',
  More: 'dynamic',
}).map(([name, type]) => ({ name, type: type as TypeName }));

/** Ten rows, three hours apart, the newest two hours old. */
const rows: readonly Row[] = Array.from({ length: 10 }, (_, n) => ({
  At: Date.parse('2026-11-30T10:00:00Z') - n * 3 * 3_600_000,
  Name: n % 3 === 0 ? 'DeleteTrail' : 'StopLogging',
  Who: n === 9 ? '' : `arn:aws:iam::111122223333:user/u${n % 2}`,
  N: n === 8 ? null : n,
  R: n / 2,
  Is: n % 2 === 0,
  More: n === 7 ? null : { list: [{ n }, { n: n * 10 }], text: `x:y-${n}`, flag: n > 4, 'odd name': n },
}));

const parse = parserOver({
  tables: [
    { name: 'T', columns },
    { name: 'Empty', columns },
  ],
  functions: [{ name: 'Recent', parameters: '(lookback: timespan = 1d)', body: '{ T | where At > ago(lookback) }' }],
});

/** The answer to a query, times as texts. @throws Error for a query with diagnostics, KqlRefusal for what is not known */
export function ask(query: string): Record<string, Value>[] {
  const { diagnostics, root } = parse(query);
  const [problem] = diagnostics.filter(({ severity }) => severity === 'Error');
  if (problem !== undefined) throw new Error(problem.message);
  const tables = new Map([
    ['T', { columns, rows }],
    ['Empty', { columns, rows: [] }],
  ]);
  const result = evaluate(root, { now, tables });
  const times = new Set(result.columns.filter(({ type }) => type === 'datetime').map(({ name }) => name));
  return Array.from(result.rows, (row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        times.has(name) && typeof value === 'number' ? new Date(value).toISOString() : value,
      ]),
    ),
  );
}

/** The one value of a query that answers one row of one column. */
export function one(query: string): Value {
  const answer = ask(query);
  const values = Object.values(answer[0] ?? {});
  if (answer.length !== 1 || values.length !== 1) throw new Error(`${query} answered ${JSON.stringify(answer)}`);
  return values[0] ?? null;
}

export function value(expression: string): Value {
  return one(`print x = ${expression}`);
}
