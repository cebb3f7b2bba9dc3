import { compile, type ExpressionContext, nameOf } from './expressions.ts';
import { kindOf } from './language.ts';
import { literal } from './literals.ts';
import { join } from './operators/join.ts';
import {
  count,
  distinctRows,
  extend,
  keepColumns,
  mvExpand,
  type Operator,
  parseText,
  project,
  rename,
  sort,
  take,
  top,
  where,
} from './operators/shape.ts';
import { summarize } from './operators/summarize.ts';
import { union } from './operators/union.ts';
import { KqlRefusal } from './refusal.ts';
import { cell, lazily, type Row, type Table } from './rows.ts';
import type { Bound, Compiled, Scope, World } from './scope.ts';
import { argumentsOf, type Column, columnsOf, elements, optionalPart, part, type SyntaxNode } from './syntax.ts';
import type { Value } from './values.ts';

const operators: Readonly<Record<string, Operator>> = {
  FilterOperator: where,
  ExtendOperator: extend,
  ProjectOperator: project,
  ProjectAwayOperator: keepColumns,
  ProjectKeepOperator: keepColumns,
  ProjectReorderOperator: keepColumns,
  ProjectRenameOperator: rename,
  DistinctOperator: distinctRows,
  TakeOperator: take,
  CountOperator: count,
  SortOperator: sort,
  TopOperator: top,
  MvExpandOperator: mvExpand,
  ParseOperator: parseText,
  SummarizeOperator: summarize,
  SerializeOperator: (_, input) => input,
  AsOperator: (_, input) => input,
};

/** Runs a bound query without errors. @throws KqlRefusal for what is not known, before any row is read where it can */
export function evaluate(root: SyntaxNode, world: World): Table {
  return block(elements(part(root, 'Statements')), new Map(), world);
}

/** Statements in order; the last one is the answer. */
function block(statements: readonly SyntaxNode[], outer: Scope, world: World, last?: SyntaxNode): Table {
  const scope = new Map(outer);
  let answer: Table | undefined;
  for (const statement of statements) {
    if (kindOf(statement) === 'LetStatement')
      scope.set(nameOf(part(statement, 'Name')), bound(part(statement, 'Expression'), scope, world));
    else answer = tabular(part(statement, 'Expression'), scope, world);
  }
  if (last !== undefined) answer = tabular(last, scope, world);
  if (answer === undefined) throw new KqlRefusal('a query that answers nothing');
  return answer;
}

function bound(node: SyntaxNode, scope: Scope, world: World): Bound {
  if (kindOf(node) === 'FunctionDeclaration') return { kind: 'function', declaration: node, scope: new Map(scope) };
  if (node.ResultType?.Columns !== undefined) return { kind: 'table', table: kept(tabular(node, scope, world)) };
  return { kind: 'scalar', value: compile(node, contextOf(scope, world))({}) };
}

/** Read once, however often it is named. */
function kept(table: Table): Table {
  let rows: readonly Row[] | undefined;
  return {
    columns: table.columns,
    rows: lazily(() => {
      rows ??= [...table.rows];
      return rows;
    }),
  };
}

function tabular(node: SyntaxNode, scope: Scope, world: World): Table {
  const kind = kindOf(node);
  switch (kind) {
    case 'PipeExpression':
      return piped(part(node, 'Operator'), tabular(part(node, 'Expression'), scope, world), scope, world);
    case 'ParenthesizedExpression':
    case 'MaterializeExpression':
    case 'ToTableExpression':
      return tabular(part(node, 'Expression'), scope, world);
    case 'NameReference':
      return named(node, scope, world);
    case 'FunctionCallExpression':
      return called(node, scope, world);
    case 'UnionOperator':
      return union(node, sources(node, scope, world));
    case 'DataTableExpression':
      return dataTable(node);
    case 'PrintOperator': {
      const columns = columnsOf(node);
      const values = elements(part(node, 'Expressions')).map((each) =>
        compile(kindOf(each) === 'SimpleNamedExpression' ? part(each, 'Expression') : each, contextOf(scope, world)),
      );
      return {
        columns,
        rows: [Object.fromEntries(columns.map(({ name }, index) => [name, values[index]?.({}) ?? null]))],
      };
    }
    default:
      throw new KqlRefusal(`${kind} (${node.ToString(0).slice(0, 60)})`, node.TextStart);
  }
}

function piped(node: SyntaxNode, input: Table, scope: Scope, world: World): Table {
  const kind = kindOf(node);
  if (kind === 'JoinOperator' || kind === 'LookupOperator') {
    return join(node, input, tabular(part(node, 'Expression'), scope, world), contextOf(scope, world));
  }
  if (kind === 'UnionOperator') return union(node, [{ name: '', table: input }, ...sources(node, scope, world)]);
  const operator = operators[kind];
  if (operator === undefined)
    throw new KqlRefusal(`the operator ${node.ToString(0).trim().split(/\s/, 1)[0] ?? kind}`, node.TextStart);
  return operator(node, input, contextOf(scope, world));
}

/** A table that the world does not have is missing for a union, too: `isfuzzy` is about the live workspace. */
function sources(node: SyntaxNode, scope: Scope, world: World) {
  return elements(part(node, 'Expressions')).map((each) => ({
    name: each.ToString(0).trim(),
    table: tabular(each, scope, world),
  }));
}

function named(node: SyntaxNode, scope: Scope, world: World): Table {
  const name = nameOf(node);
  const local = scope.get(name);
  if (local?.kind === 'table') return local.table;
  if (local?.kind === 'function') return called(node, scope, world);
  const table = world.tables.get(name);
  if (table !== undefined) return table;
  if (node['GetCalledFunctionBody'] !== undefined) return called(node, scope, world);
  throw new KqlRefusal(`the table ${name}, of which there are no rows here`, node.TextStart);
}

/** What a function's body is evaluated in: its parameters, and what was declared where it was. */
function opened(
  node: SyntaxNode,
  scope: Scope,
  world: World,
  args: readonly SyntaxNode[],
): { readonly body: SyntaxNode; readonly inner: Scope } | undefined {
  const name = nameOf(kindOf(node) === 'FunctionCallExpression' ? part(node, 'Name') : node);
  const local = scope.get(name);
  const declaration = local?.kind === 'function' ? local.declaration : undefined;
  const body = declaration === undefined ? bodyOf(node) : part(declaration, 'Body');
  if (body === undefined) return undefined;
  const inner = new Map<string, Bound>(local?.kind === 'function' ? local.scope : []);
  for (const [index, { defaultValue, name: parameter }] of parametersOfCall(node, declaration).entries()) {
    const given = args[argumentFor(parameter, index, args)];
    const isNamed = given !== undefined && kindOf(given) === 'SimpleNamedExpression';
    const from = given === undefined ? defaultValue : isNamed ? part(given, 'Expression') : given;
    if (from === undefined) throw new KqlRefusal(`${name} without ${parameter}`, node.TextStart);
    inner.set(
      parameter,
      from.ResultType?.Columns === undefined
        ? { kind: 'scalar', value: compile(from, contextOf(scope, world))({}) }
        : { kind: 'table', table: kept(tabular(from, scope, world)) },
    );
  }
  return { body, inner };
}

/** Which argument is a parameter's: the one of its name, else the one in its place if that has no name. */
function argumentFor(parameter: string, index: number, args: readonly SyntaxNode[]): number {
  const isNamed = (each: SyntaxNode | undefined): each is SyntaxNode =>
    each !== undefined && kindOf(each) === 'SimpleNamedExpression';
  const named = args.findIndex((each) => isNamed(each) && nameOf(part(each, 'Name')) === parameter);
  return named === -1 && !isNamed(args[index]) ? index : named;
}

function called(node: SyntaxNode, scope: Scope, world: World): Table {
  const args = kindOf(node) === 'FunctionCallExpression' ? argumentsOf(part(node, 'ArgumentList')) : [];
  const found = opened(node, scope, world, args);
  if (found === undefined) throw new KqlRefusal(`the function ${node.ToString(0).slice(0, 60)}`, node.TextStart);
  return block(elements(part(found.body, 'Statements')), found.inner, world, optionalPart(found.body, 'Expression'));
}

interface Parameter {
  readonly name: string;
  readonly defaultValue: SyntaxNode | undefined;
}

function parametersOfCall(node: SyntaxNode, declaration: SyntaxNode | undefined): Parameter[] {
  return declaration === undefined ? keptParameters(node) : declared(declaration);
}

function declared(declaration: SyntaxNode): Parameter[] {
  return argumentsLike(part(declaration, 'Parameters')).map((each) => {
    const nameAndType = part(each, 'NameAndType');
    const otherwise = optionalPart(each, 'DefaultValue');
    return {
      name: nameOf(part(nameAndType, 'Name')),
      defaultValue: otherwise === undefined ? undefined : part(otherwise, 'Value'),
    };
  });
}

function argumentsLike(parameters: SyntaxNode): SyntaxNode[] {
  return elements((parameters['Parameters'] ?? parameters['Expressions']) as SyntaxNode);
}

/** Of a function that the workspace keeps. */
function bodyOf(node: SyntaxNode): SyntaxNode | undefined {
  const get = node['GetCalledFunctionBody'] as (() => SyntaxNode | null) | undefined;
  return get?.call(node) ?? undefined;
}

function keptParameters(node: SyntaxNode): Parameter[] {
  const signatures = (
    node.ReferencedSymbol as {
      readonly Signatures?: {
        readonly Count: number;
        getItem(index: number): {
          readonly Parameters: { readonly Count: number; getItem(index: number): Record<string, unknown> };
        };
      };
    } | null
  )?.Signatures;
  const parameters = signatures?.getItem(0).Parameters;
  if (parameters === undefined) return [];
  return Array.from({ length: parameters.Count }, (_, index) => parameters.getItem(index)).map((each) => ({
    name: String(each['Name']),
    defaultValue: (each['DefaultValue'] as SyntaxNode | null | undefined) ?? undefined,
  }));
}

function dataTable(node: SyntaxNode): Table {
  const columns: Column[] = columnsOf(node);
  const values = elements(part(node, 'Values')).map((each) => literal(kindOf(each), each)?.value ?? null);
  const rows: Row[] = [];
  for (let at = 0; at < values.length; at += columns.length) {
    rows.push(Object.fromEntries(columns.map(({ name }, index) => [name, values[at + index] ?? null])));
  }
  return { columns, rows };
}

function contextOf(scope: Scope, world: World): ExpressionContext {
  const firstColumn = (node: SyntaxNode): Value[] => {
    const { columns, rows } = tabular(node, scope, world);
    const [first] = columns;
    return first === undefined ? [] : Array.from(rows, (row) => cell(row, first));
  };
  return {
    world,
    scope,
    columnOf: firstColumn,
    scalarOf: (node) =>
      node.ResultType?.Columns === undefined
        ? compile(node, contextOf(scope, world))({})
        : (firstColumn(node)[0] ?? null),
    call: (node, args) => scalarCall(node, args, scope, world),
  };
}

/** A call of a declared scalar function: its body is made once, and its parameters are filled for each row. */
function scalarCall(node: SyntaxNode, args: readonly Compiled[], scope: Scope, world: World): Compiled | undefined {
  const local = scope.get(nameOf(part(node, 'Name')));
  const declaration = local?.kind === 'function' ? local.declaration : undefined;
  const body = declaration === undefined ? bodyOf(node) : part(declaration, 'Body');
  if (body === undefined) return undefined;
  const expression = optionalPart(body, 'Expression');
  if (expression === undefined) throw new KqlRefusal(`the function ${node.ToString(0).slice(0, 40)}`, node.TextStart);
  const nodes = argumentsOf(part(node, 'ArgumentList'));
  const inner = new Map<string, Bound>(local?.kind === 'function' ? local.scope : []);
  const fills: ((row: Row) => void)[] = [];
  const fill = (name: string, value: Compiled): void => {
    const filled: { kind: 'scalar'; value: Value } = { kind: 'scalar', value: null };
    inner.set(name, filled);
    fills.push((row) => {
      filled.value = value(row);
    });
  };
  for (const [index, { defaultValue, name }] of parametersOfCall(node, declaration).entries()) {
    const given =
      args[argumentFor(name, index, nodes)] ??
      (defaultValue === undefined ? undefined : compile(defaultValue, contextOf(scope, world)));
    fill(name, given ?? (() => null));
  }
  for (const statement of elements(part(body, 'Statements'))) {
    const value = part(statement, 'Expression');
    const name = nameOf(part(statement, 'Name'));
    if (value.ResultType?.Columns !== undefined || kindOf(value) === 'FunctionDeclaration')
      inner.set(name, bound(value, inner, world));
    else fill(name, compile(value, contextOf(inner, world)));
  }
  const answer = compile(expression, contextOf(inner, world));
  return (row) => {
    for (const each of fills) each(row);
    return answer({});
  };
}
