import { type Aggregate, aggregates, limitAt } from '../aggregates.ts';
import { compile, type ExpressionContext, namedExpressions, nameOf } from '../expressions.ts';
import { kindOf } from '../language.ts';
import { KqlRefusal } from '../refusal.ts';
import { cell, lazily, type Row, type Table } from '../rows.ts';
import type { Compiled } from '../scope.ts';
import { argumentsOf, columnsOf, optionalPart, part, type SyntaxNode, typeOf } from '../syntax.ts';
import { compare, keyOf, type Value } from '../values.ts';

/** One aggregate over one group, which may fill several columns. */
interface Gatherer {
  add(row: Row): void;
  results(): readonly Value[];
}

interface Prepared {
  /** How many columns it fills; 'rest' for `*`, which fills those that are left. */
  readonly columns: number | 'rest';
  begin(restColumns: readonly string[]): Gatherer;
}

export function summarize(node: SyntaxNode, input: Table, context: ExpressionContext): Table {
  const columns = columnsOf(node);
  const byClause = optionalPart(node, 'ByClause');
  const by =
    byClause === undefined
      ? []
      : namedExpressions(part(byClause, 'Expressions')).map((each) => compile(each.node, context));
  const prepared = namedExpressions(part(node, 'Aggregates')).map((each) => prepare(each.node, input, context));
  const fixed = prepared.reduce((sum, { columns: many }) => sum + (many === 'rest' ? 0 : many), by.length);
  const byNames = new Set(columns.slice(0, by.length).map(({ name }) => name));

  return {
    columns,
    rows: lazily(function* () {
      const groups = new Map<string, { readonly keys: readonly Value[]; readonly gatherers: readonly Gatherer[] }>();
      const begin = (keys: readonly Value[]) => ({
        keys,
        gatherers: prepared.map((each) => each.begin(restOf(input, columns.length - fixed, byNames, each))),
      });
      for (const row of input.rows) {
        const keys = by.map((each) => each(row));
        const key = keys.map(keyOf).join('\u0000');
        let group = groups.get(key);
        if (group === undefined) {
          group = begin(keys);
          groups.set(key, group);
        }
        for (const gatherer of group.gatherers) gatherer.add(row);
      }
      // Without `by` there is one row, of nothing if need be.
      if (by.length === 0 && groups.size === 0) groups.set('', begin([]));
      for (const { gatherers, keys } of groups.values()) {
        const values = [...keys, ...gatherers.flatMap((gatherer) => gatherer.results())];
        yield Object.fromEntries(columns.map(({ name }, index) => [name, values[index] ?? null]));
      }
    }),
  };
}

/** Names of the input's columns that `*` stands for: all but those grouped by and the one that decides. */
function restOf(input: Table, many: number, byNames: ReadonlySet<string>, { columns }: Prepared): readonly string[] {
  if (columns !== 'rest') return [];
  const names = input.columns.map(({ name }) => name).filter((name) => !byNames.has(name));
  // The deciding column stands first among what is filled.
  return names.length === many ? names : names.slice(0, many);
}

function prepare(node: SyntaxNode, input: Table, context: ExpressionContext): Prepared {
  if (kindOf(node) !== 'FunctionCallExpression') return calculated(node, input, context);
  const name = nameOf(part(node, 'Name'));
  const args = argumentsOf(part(node, 'ArgumentList'));
  if (/^arg_?(?:max|min)$/.test(name)) return extremeRow(name.endsWith('max') ? 1 : -1, args, input, context);
  const aggregate = aggregates.get(name);
  if (aggregate === undefined) return calculated(node, input, context);
  if (args.some((each) => kindOf(each) === 'StarExpression')) throw new KqlRefusal(`${name}(*)`, node.TextStart);
  return single(aggregate, name, args, context);
}

function single(aggregate: Aggregate, name: string, args: readonly SyntaxNode[], context: ExpressionContext): Prepared {
  const values = args.map((each) => compile(each, context));
  const types = args.map(typeOf);
  const at = limitAt.get(name);
  const limit = at === undefined ? undefined : values[at]?.({});
  return {
    columns: 1,
    begin: () => {
      const accumulator = aggregate(types, typeof limit === 'number' ? limit : undefined);
      return {
        add: (row) => accumulator.add(values.map((value) => value(row))),
        results: () => [accumulator.result()],
      };
    },
  };
}

/** `arg_max(decides, wanted...)`: of the row where it is largest. Rows where it is null decide nothing. */
function extremeRow(sign: 1 | -1, args: readonly SyntaxNode[], input: Table, context: ExpressionContext): Prepared {
  const [decides, ...wanted] = args;
  if (decides === undefined) throw new KqlRefusal('arg_max() without arguments');
  const value = compile(decides, context);
  const isStar = wanted.some((each) => kindOf(each) === 'StarExpression');
  const others: Compiled[] = isStar ? [] : wanted.map((each) => compile(each, context));
  const decidesName = kindOf(decides) === 'NameReference' ? nameOf(decides) : undefined;
  const columns = new Map(input.columns.map((column) => [column.name, column]));
  return {
    columns: isStar ? 'rest' : args.length,
    begin: (rest) => {
      let best: { readonly value: Value; readonly row: Row } | undefined;
      const names = rest.filter((name) => name !== decidesName);
      return {
        add: (row) => {
          const of = value(row);
          if (of !== null && (best === undefined || compare(of, best.value) * sign > 0)) best = { value: of, row };
        },
        results: () => {
          const found = best;
          if (found === undefined) return (isStar ? rest : args).map(() => null);
          const all = isStar
            ? names.map((name) => {
                const column = columns.get(name);
                return column === undefined ? null : cell(found.row, column);
              })
            : others.map((other) => other(found.row));
          return [found.value, ...all];
        },
      };
    },
  };
}

/** An expression over aggregates, such as `count() * 2`: each aggregate in it is gathered, then it is computed. */
function calculated(node: SyntaxNode, input: Table, context: ExpressionContext): Prepared {
  const inner = new Map<SyntaxNode, { readonly prepared: Prepared; readonly place: string }>();
  const visit = (each: SyntaxNode): void => {
    if (kindOf(each) === 'FunctionCallExpression' && aggregates.has(nameOf(part(each, 'Name')))) {
      inner.set(each, { prepared: prepare(each, input, context), place: `\u0000${inner.size}` });
      return;
    }
    for (let at = 0; at < each.ChildCount; at++) {
      const child = each.GetChild(at);
      if (child !== null) visit(child);
    }
  };
  visit(node);
  if (inner.size === 0) throw new KqlRefusal(`the aggregate ${node.ToString(0).slice(0, 40)}`, node.TextStart);
  const placed: ExpressionContext = {
    ...context,
    call: (call, args) => {
      const found = [...inner].find(([each]) => each.TextStart === call.TextStart && each.Kind === call.Kind)?.[1];
      return found === undefined ? context.call(call, args) : (row) => row[found.place] ?? null;
    },
  };
  const compute = compile(node, placed);
  return {
    columns: 1,
    begin: () => {
      const gatherers = [...inner.values()].map(({ place, prepared }) => ({ place, gatherer: prepared.begin([]) }));
      return {
        add: (row) => {
          for (const { gatherer } of gatherers) gatherer.add(row);
        },
        results: () => [
          compute(Object.fromEntries(gatherers.map(({ gatherer, place }) => [place, gatherer.results()[0] ?? null]))),
        ],
      };
    },
  };
}
