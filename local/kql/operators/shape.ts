import { compile, type ExpressionContext, namedExpressions, nameOf } from '../expressions.ts';
import { asList } from '../functions/registry.ts';
import { kindOf } from '../language.ts';
import { KqlRefusal } from '../refusal.ts';
import { regexOf } from '../regex.ts';
import { absent, lazily, type Row, type Table } from '../rows.ts';
import { columnsOf, elements, optionalPart, part, type SyntaxNode, typeOf } from '../syntax.ts';
import { compare, keyOf, parseDatetime, textOf, type Value } from '../values.ts';

/** Operators that change rows one by one, or their order. */
export type Operator = (node: SyntaxNode, input: Table, context: ExpressionContext) => Table;

export const where: Operator = (node, input, context) => {
  const holds = compile(part(node, 'Condition'), context);
  return {
    columns: input.columns,
    rows: lazily(function* () {
      for (const row of input.rows) if (holds(row) === true) yield row;
    }),
  };
};

export const extend: Operator = (node, input, context) => {
  const columns = columnsOf(node);
  const before = new Set(input.columns.map(({ name }) => name));
  const unnamed = columns.filter(({ name }) => !before.has(name)).map(({ name }) => name);
  const named = namedExpressions(part(node, 'Expressions'));
  const given = new Set(named.map(({ name }) => name));
  const free = unnamed.filter((name) => !given.has(name));
  const added = named.map(({ name, node: each }) => ({
    name: name ?? (kindOf(each) === 'NameReference' ? nameOf(each) : (free.shift() ?? each.ToString(0))),
    value: compile(each, context),
  }));
  return {
    columns,
    rows: lazily(function* () {
      for (const row of input.rows) {
        const values = added.map(({ name, value }) => [name, value(row)] as const);
        const extended = { ...row } as Record<string, Value>;
        for (const [name, value] of values) extended[name] = value;
        yield extended;
      }
    }),
  };
};

export const project: Operator = (node, input, context) => {
  const columns = columnsOf(node);
  const values = namedExpressions(part(node, 'Expressions')).map((each) => compile(each.node, context));
  if (values.length !== columns.length)
    throw new KqlRefusal('an expression that fills several columns', node.TextStart);
  return mapped(columns, input, (row) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, values[index]?.(row) ?? null])),
  );
};

/** The columns that are left keep what they hold. */
export const keepColumns: Operator = (node, input) => {
  const columns = columnsOf(node);
  return mapped(columns, input, (row) =>
    Object.fromEntries(columns.map(({ name, type }) => [name, row[name] ?? absent(type)])),
  );
};

export const rename: Operator = (node, input) => {
  const columns = columnsOf(node);
  const from = new Map(
    namedExpressions(part(node, 'Expressions')).map(({ name, node: each }) => [name ?? '', nameOf(each)]),
  );
  return mapped(columns, input, (row) =>
    Object.fromEntries(columns.map(({ name, type }) => [name, row[from.get(name) ?? name] ?? absent(type)])),
  );
};

export const distinctRows: Operator = (node, input, context) => {
  const columns = columnsOf(node);
  const isStar = elements(part(node, 'Expressions')).some((each) => kindOf(each) === 'StarExpression');
  const values = isStar
    ? columns.map(
        ({ name, type }) =>
          (row: Row) =>
            row[name] ?? absent(type),
      )
    : namedExpressions(part(node, 'Expressions')).map((each) => compile(each.node, context));
  return {
    columns,
    rows: lazily(function* () {
      const seen = new Set<string>();
      for (const row of input.rows) {
        const found = values.map((value) => value(row));
        const key = found.map(keyOf).join('\u0000');
        if (seen.has(key)) continue;
        seen.add(key);
        yield Object.fromEntries(columns.map(({ name }, index) => [name, found[index] ?? null]));
      }
    }),
  };
};

export const take: Operator = (node, input, context) => {
  const most = Number(compile(part(node, 'Expression'), context)({}));
  return {
    columns: input.columns,
    rows: lazily(function* () {
      let left = most;
      for (const row of input.rows) {
        if (left <= 0) return;
        left -= 1;
        yield row;
      }
    }),
  };
};

export const count: Operator = (node, input) => ({
  columns: columnsOf(node),
  rows: lazily(function* () {
    let many = 0;
    for (const _ of input.rows) many += 1;
    yield { [columnsOf(node)[0]?.name ?? 'Count']: many };
  }),
});

/** Descending unless it is said otherwise; nulls last then, and first when ascending. */
function orderOf(list: readonly SyntaxNode[], context: ExpressionContext): (one: Row, other: Row) => number {
  const keys = list.map((each) => {
    const isOrdered = kindOf(each) === 'OrderedExpression';
    const ordering = isOrdered ? (optionalPart(each, 'Ordering')?.ToString(0) ?? '') : '';
    const isAscending = /\basc\b/.test(ordering);
    const nullsFirst = /nulls\s+first/.test(ordering) || (isAscending && !/nulls\s+last/.test(ordering));
    return {
      value: compile(isOrdered ? part(each, 'Expression') : each, context),
      sign: isAscending ? 1 : -1,
      nullsFirst,
    };
  });
  return (one, other) => {
    for (const { nullsFirst, sign, value } of keys) {
      const [first, second] = [value(one), value(other)];
      if (first === null || second === null) {
        if (first === second) continue;
        return (first === null) === nullsFirst ? -1 : 1;
      }
      const order = compare(first, second) * sign;
      if (order !== 0) return order;
    }
    return 0;
  };
}

export const sort: Operator = (node, input, context) => {
  const order = orderOf(elements(part(node, 'Expressions')), context);
  return { columns: input.columns, rows: lazily(() => [...input.rows].sort(order)) };
};

export const top: Operator = (node, input, context) => {
  const most = Number(compile(part(node, 'Expression'), context)({}));
  const order = orderOf([part(node, 'ByExpression')], context);
  return { columns: input.columns, rows: lazily(() => [...input.rows].sort(order).slice(0, most)) };
};

/** A row for each element; a row with null or nothing stays one row. */
export const mvExpand: Operator = (node, input, context) => {
  const columns = columnsOf(node);
  const before = new Set(input.columns.map(({ name }) => name));
  const added = columns.filter(({ name }) => !before.has(name)).map(({ name }) => name);
  const expanded = elements(part(node, 'Expressions')).map((each) => {
    const inner = kindOf(each) === 'MvExpandExpression' ? part(each, 'Expression') : each;
    const isNamed = kindOf(inner) === 'SimpleNamedExpression';
    const of = isNamed ? part(inner, 'Expression') : inner;
    const name = isNamed
      ? nameOf(part(inner, 'Name'))
      : kindOf(of) === 'NameReference'
        ? nameOf(of)
        : (added[0] ?? of.ToString(0));
    const type = columns.find((column) => column.name === name)?.type ?? 'dynamic';
    return { name, type, value: compile(of, context) };
  });
  return {
    columns,
    rows: lazily(function* () {
      for (const row of input.rows) {
        const lists = expanded.map(({ name, type, value }) => ({ name, type, list: elementsOf(value(row)) }));
        const many = Math.max(1, ...lists.map(({ list }) => list.length));
        for (let index = 0; index < many; index++) {
          const next = { ...row } as Record<string, Value>;
          for (const { list, name, type } of lists) {
            const element = list[index] ?? null;
            next[name] =
              type === 'dynamic'
                ? element
                : type === 'datetime' && typeof element === 'string'
                  ? parseDatetime(element)
                  : type === 'string'
                    ? textOf(element, 'dynamic')
                    : element;
          }
          yield next;
        }
      }
    }),
  };
};

function elementsOf(value: Value): readonly Value[] {
  const list = asList(value);
  if (list !== null) return list;
  if (value === null) return [];
  return typeof value === 'object' ? Object.entries(value).map(([name, each]): Value => ({ [name]: each })) : [value];
}

/** `parse Column with "text" Name "text" *`, simple mode: what does not match leaves its columns empty. */
export const parseText: Operator = (node, input, context) => {
  const columns = columnsOf(node);
  if (elements(part(node, 'Parameters')).length > 0) throw new KqlRefusal('parse kind=', node.TextStart);
  const value = compile(part(node, 'Expression'), context);
  const names: string[] = [];
  const pattern = elements(part(node, 'Patterns'))
    .map((each) => {
      switch (kindOf(each)) {
        case 'StarExpression':
          return '[^]*?';
        case 'StringLiteralExpression':
          return String(each['LiteralValue']).replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
        case 'NameDeclaration':
          names.push(nameOf(each));
          return '([^]*?)';
        case 'NameAndTypeDeclaration':
          names.push(nameOf(part(each, 'Name')));
          return '([^]*?)';
        default:
          throw new KqlRefusal(`parse with ${kindOf(each)}`, each.TextStart);
      }
    })
    .join('');
  const expression = regexOf(`^${pattern}$`);
  return {
    columns,
    rows: lazily(function* () {
      for (const row of input.rows) {
        const groups = expression.exec(textOf(value(row), typeOf(part(node, 'Expression'))));
        const next = { ...row } as Record<string, Value>;
        for (const [index, name] of names.entries()) next[name] = groups?.[index + 1] ?? '';
        yield next;
      }
    }),
  };
};

function mapped(columns: Table['columns'], input: Table, map: (row: Row) => Row): Table {
  return {
    columns,
    rows: lazily(function* () {
      for (const row of input.rows) yield map(row);
    }),
  };
}
