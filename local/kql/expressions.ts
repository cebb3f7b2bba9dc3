import { binaryOperator } from './binary.ts';
import { scalarFunctions } from './functions/all.ts';
import { asList, asText } from './functions/registry.ts';
import { kindOf } from './language.ts';
import { literal } from './literals.ts';
import { KqlRefusal } from './refusal.ts';
import { absent, ingestedAt } from './rows.ts';
import type { Compiled, Scope, World } from './scope.ts';
import { argumentsOf, elements, part, type SyntaxNode, typeOf } from './syntax.ts';
import { hasTerm } from './terms.ts';
import { keyOf, textOf, type Value } from './values.ts';

/** What expressions need of the evaluator: subqueries, and bodies of functions. */
export interface ExpressionContext {
  readonly world: World;
  readonly scope: Scope;
  /** The one value of a tabular expression, for `toscalar`; the first column of its rows, for `in`. */
  scalarOf(node: SyntaxNode): Value;
  columnOf(node: SyntaxNode): readonly Value[];
  /** A call of a function declared in the query or kept in the workspace; undefined when it is neither. */
  call(node: SyntaxNode, args: readonly Compiled[]): Compiled | undefined;
}

/** Makes a function of rows of an expression. @throws KqlRefusal for what it does not know */
export function compile(node: SyntaxNode, context: ExpressionContext): Compiled {
  const kind = kindOf(node);
  const known = literal(kind, node);
  if (known !== undefined) return constant(known.value);
  switch (kind) {
    case 'NameReference':
      return nameReference(node, context);
    case 'ParenthesizedExpression':
    case 'SimpleNamedExpression':
      return compile(part(node, 'Expression'), context);
    case 'DynamicExpression':
      return constant(dynamicLiteral(node));
    case 'UnaryMinusExpression': {
      const inner = compile(part(node, 'Expression'), context);
      return (row) => {
        const value = inner(row);
        return typeof value === 'number' ? -value : null;
      };
    }
    case 'PathExpression': {
      const inner = compile(part(node, 'Expression'), context);
      const name = nameOf(part(node, 'Selector'));
      return (row) => member(inner(row), name);
    }
    case 'ElementExpression': {
      const inner = compile(part(node, 'Expression'), context);
      const selector = part(node, 'Selector');
      const index = compile(
        kindOf(selector) === 'BracketedExpression' ? part(selector, 'Expression') : selector,
        context,
      );
      return (row) => member(inner(row), index(row));
    }
    case 'BetweenExpression':
    case 'NotBetweenExpression':
      return between(node, kind === 'NotBetweenExpression', context);
    case 'InExpression':
    case 'InCsExpression':
    case 'NotInExpression':
    case 'NotInCsExpression':
      return membership(node, context);
    case 'HasAnyExpression':
    case 'HasAllExpression':
      return terms(node, kind === 'HasAllExpression', context);
    case 'ToScalarExpression':
      return constant(context.scalarOf(part(node, 'Expression')));
    case 'FunctionCallExpression':
      return call(node, context);
    default: {
      const operator =
        node['Operator'] === undefined || node['Left'] === undefined
          ? undefined
          : binaryOperator(node, (side) => compile(side, context));
      if (operator !== undefined) return operator;
      throw new KqlRefusal(`${kind} (${node.ToString(0).slice(0, 60)})`, node.TextStart);
    }
  }
}

function constant(value: Value): Compiled {
  return () => value;
}

export function nameOf(node: SyntaxNode): string {
  const name = node['SimpleName'] ?? node['Name'];
  return typeof name === 'string' ? name : node.ToString(0).replaceAll(/^\[?['"]|['"]\]?$/g, '');
}

function nameReference(node: SyntaxNode, { scope }: ExpressionContext): Compiled {
  const name = nameOf(node);
  const isColumn =
    node.ReferencedSymbol !== null &&
    (node.ReferencedSymbol.constructor as { $$name?: string }).$$name?.endsWith('ColumnSymbol') === true;
  const bound = isColumn ? undefined : scope.get(name);
  // Asked for each time: the parameters of a function change with each row.
  if (bound?.kind === 'scalar') return () => bound.value;
  if (bound !== undefined) throw new KqlRefusal(`${name} as a value`, node.TextStart);
  const nothing = absent(typeOf(node));
  return (row) => row[name] ?? nothing;
}

function dynamicLiteral(node: SyntaxNode): Value {
  const text = part(node, 'Expression').ToString(0);
  try {
    return JSON.parse(text.replaceAll(/'((?:[^'\\]|\\.)*)'/g, (_, inner: string) => JSON.stringify(inner))) as Value;
  } catch {
    throw new KqlRefusal(`dynamic(${text.slice(0, 40)})`, node.TextStart);
  }
}

/** Of a bag by name, of an array by index, the last one being -1. */
function member(value: Value, name: Value): Value {
  const of = typeof value === 'string' ? parsed(value) : value;
  if (typeof of !== 'object' || of === null) return null;
  if (Array.isArray(of)) return typeof name === 'number' ? ((of.at(name) as Value | undefined) ?? null) : null;
  const key = asText(name);
  return Object.hasOwn(of, key) ? ((of as { readonly [name: string]: Value })[key] ?? null) : null;
}

function parsed(text: string): Value {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return null;
  }
}

function between(node: SyntaxNode, isNot: boolean, context: ExpressionContext): Compiled {
  const value = compile(part(node, 'Left'), context);
  const couple = part(node, 'Right');
  const first = part(couple, 'First');
  const second = part(couple, 'Second');
  const [from, to] = [compile(first, context), compile(second, context)];
  // `between (time .. 5d)` ends so long after its beginning.
  const isLength = typeOf(first) === 'datetime' && typeOf(second) === 'timespan';
  return (row) => {
    const [of, low, high] = [value(row), from(row), to(row)];
    if (of === null || low === null || high === null) return null;
    const end = isLength ? Number(low) + Number(high) : high;
    const isWithin = of >= low && of <= end;
    return isWithin !== isNot;
  };
}

/** The values of a list in brackets: each alone, an array's elements, or the first column of a query. */
function listed(node: SyntaxNode, context: ExpressionContext): (row: Parameters<Compiled>[0]) => readonly Value[] {
  const parts = argumentsOf(node);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && only.ResultType?.Columns !== undefined) {
    const column = context.columnOf(only);
    return () => column;
  }
  const all = parts.map((each) => ({ value: compile(each, context), isDynamic: typeOf(each) === 'dynamic' }));
  return (row) =>
    all.flatMap(({ isDynamic, value }) => {
      const of = value(row);
      return isDynamic ? [...(asList(of) ?? [of])] : [of];
    });
}

const isConstant = (node: SyntaxNode): boolean =>
  argumentsOf(node).every(
    (each) =>
      kindOf(each).endsWith('LiteralExpression') ||
      kindOf(each) === 'DynamicExpression' ||
      each.ResultType?.Columns !== undefined,
  );

function membership(node: SyntaxNode, context: ExpressionContext): Compiled {
  const operator = part(node, 'Operator').ToString(0).trim();
  const isNot = operator.startsWith('!');
  const ignoresCase = operator.endsWith('~');
  const left = part(node, 'Left');
  const value = compile(left, context);
  const leftType = typeOf(left);
  const right = part(node, 'Right');
  const values = listed(right, context);
  const asKey = (each: Value): string => {
    const text = leftType === 'dynamic' && typeof each !== 'object' ? textOf(each, 'dynamic') : each;
    return keyOf(ignoresCase && typeof text === 'string' ? text.toLowerCase() : text);
  };
  let known: ReadonlySet<string> | undefined;
  const keysOf = (row: Parameters<Compiled>[0]): ReadonlySet<string> => {
    if (known !== undefined) return known;
    const keys = new Set(values(row).map(asKey));
    if (isConstant(right)) known = keys;
    return keys;
  };
  return (row) => keysOf(row).has(asKey(value(row))) !== isNot;
}

function terms(node: SyntaxNode, areAll: boolean, context: ExpressionContext): Compiled {
  const left = part(node, 'Left');
  const value = compile(left, context);
  const type = typeOf(left);
  const values = listed(part(node, 'Right'), context);
  return (row) => {
    const text = textOf(value(row), type).toLowerCase();
    const wanted = values(row).map((each) => asText(each).toLowerCase());
    return areAll ? wanted.every((each) => hasTerm(text, each)) : wanted.some((each) => hasTerm(text, each));
  };
}

function call(node: SyntaxNode, context: ExpressionContext): Compiled {
  const name = nameOf(part(node, 'Name'));
  const nodes = argumentsOf(part(node, 'ArgumentList'));
  switch (name) {
    case 'now': {
      const [offset] = nodes.map((each) => compile(each, context));
      return (row) => context.world.now + Number(offset?.(row) ?? 0);
    }
    case 'ago': {
      const [before] = nodes.map((each) => compile(each, context));
      return (row) => {
        const ms = before?.(row);
        return typeof ms === 'number' ? context.world.now - ms : null;
      };
    }
    case 'ingestion_time':
      return (row) => row[ingestedAt] ?? null;
    case 'column_ifexists': {
      const [asked, otherwise] = nodes;
      if (asked === undefined || otherwise === undefined) break;
      const column = asText(compile(asked, context)({}));
      const fallback = compile(otherwise, context);
      return (row) => (Object.hasOwn(row, column) ? (row[column] ?? null) : fallback(row));
    }
  }
  const args = nodes.map((each) => compile(each, context));
  const own = context.call(node, args);
  if (own !== undefined) return own;
  const scalar = scalarFunctions.get(name);
  if (scalar === undefined) throw new KqlRefusal(`the function ${name}`, node.TextStart);
  const types = nodes.map(typeOf);
  return (row) =>
    scalar(
      args.map((arg) => arg(row)),
      types,
    );
}

/** The elements of a list of expressions, each with the name of its column if it has one of its own. */
export function namedExpressions(list: SyntaxNode): { readonly name: string | undefined; readonly node: SyntaxNode }[] {
  return elements(list).map((node) =>
    kindOf(node) === 'SimpleNamedExpression'
      ? { name: nameOf(part(node, 'Name')), node: part(node, 'Expression') }
      : { name: undefined, node },
  );
}
