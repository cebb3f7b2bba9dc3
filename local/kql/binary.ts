import { asText } from './functions/registry.ts';
import { KqlRefusal } from './refusal.ts';
import { regexOf } from './regex.ts';
import type { Compiled } from './scope.ts';
import { part, type SyntaxNode, typeOf } from './syntax.ts';
import { hasPrefix, hasSuffix, hasTerm } from './terms.ts';
import { isWhole, keyOf, parseDatetime, type TypeName, textOf, type Value } from './values.ts';

type Test = (text: string, wanted: string) => boolean;

/** String operators by their name in the query, each of texts in one case where it ignores case. */
const tests: Readonly<Record<string, { readonly test: Test; readonly isExact?: true }>> = {
  has: { test: hasTerm },
  has_cs: { test: hasTerm, isExact: true },
  hasprefix: { test: hasPrefix },
  hasprefix_cs: { test: hasPrefix, isExact: true },
  hassuffix: { test: hasSuffix },
  hassuffix_cs: { test: hasSuffix, isExact: true },
  contains: { test: (text, wanted) => text.includes(wanted) },
  contains_cs: { test: (text, wanted) => text.includes(wanted), isExact: true },
  startswith: { test: (text, wanted) => text.startsWith(wanted) },
  startswith_cs: { test: (text, wanted) => text.startsWith(wanted), isExact: true },
  endswith: { test: (text, wanted) => text.endsWith(wanted) },
  endswith_cs: { test: (text, wanted) => text.endsWith(wanted), isExact: true },
  '=~': { test: (text, wanted) => text === wanted },
};

/** Any operator with a left and a right side. @throws KqlRefusal for one that is not known */
export function binaryOperator(node: SyntaxNode, compile: (node: SyntaxNode) => Compiled): Compiled {
  const operator = part(node, 'Operator').ToString(0).trim();
  const sides = [part(node, 'Left'), part(node, 'Right')] as const;
  const [left, right] = [compile(sides[0]), compile(sides[1])];
  const types = [typeOf(sides[0]), typeOf(sides[1])] as const;
  switch (operator) {
    case 'and':
      return (row) => left(row) === true && right(row) === true;
    case 'or':
      return (row) => left(row) === true || right(row) === true;
    case '==':
      return (row) => equal(left(row), right(row), types);
    case '!=':
    case '<>':
      return (row) => {
        const isEqual = equal(left(row), right(row), types);
        return isEqual === null ? null : !isEqual;
      };
    case '<':
      return ordered(left, right, types, (order) => order < 0);
    case '<=':
      return ordered(left, right, types, (order) => order <= 0);
    case '>':
      return ordered(left, right, types, (order) => order > 0);
    case '>=':
      return ordered(left, right, types, (order) => order >= 0);
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(operator, left, right, types, typeOf(node));
    case 'matches regex':
      return (row) => regexOf(asText(right(row))).test(textOf(left(row), types[0]));
  }
  return stringOperator(operator, left, right, types) ?? refuse(operator, node);
}

function refuse(operator: string, node: SyntaxNode): never {
  throw new KqlRefusal(`the operator ${operator}`, node.TextStart);
}

function stringOperator(
  operator: string,
  left: Compiled,
  right: Compiled,
  [leftType, rightType]: readonly [TypeName, TypeName],
): Compiled | undefined {
  const isNot = operator.startsWith('!');
  const found = tests[isNot ? (operator === '!~' ? '=~' : operator.slice(1)) : operator];
  if (found === undefined) return undefined;
  const { isExact = false, test } = found;
  const inOneCase = (text: string): string => (isExact ? text : text.toLowerCase());
  return (row) => test(inOneCase(textOf(left(row), leftType)), inOneCase(textOf(right(row), rightType))) !== isNot;
}

/** https://learn.microsoft.com/kusto/query/scalar-data-types/null-values: null equals nothing, and differs from all but null. */
function equal(one: Value, other: Value, types: readonly [TypeName, TypeName]): boolean | null {
  if (one === null && other === null) return types.includes('string') ? one === other : null;
  if (one === null || other === null) return types.includes('string') && (one ?? other) === '';
  if (types[0] === types[1]) return keyOf(one) === keyOf(other);
  if (typeof one === typeof other && typeof one !== 'object') return one === other;
  return textOf(one, types[0]) === textOf(other, types[1]);
}

function ordered(
  left: Compiled,
  right: Compiled,
  types: readonly [TypeName, TypeName],
  holds: (order: number) => boolean,
): Compiled {
  const isTime = types.includes('datetime');
  const comparable = (value: Value): number | string | null => {
    if (typeof value === 'string') return isTime ? parseDatetime(value) : value;
    return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : null;
  };
  return (row) => {
    const [one, other] = [comparable(left(row)), comparable(right(row))];
    if (one === null || other === null) return null;
    if (typeof one === 'string' && typeof other === 'string') return holds(one < other ? -1 : one > other ? 1 : 0);
    const difference = Number(one) - Number(other);
    return Number.isNaN(difference) ? null : holds(difference);
  };
}

function arithmetic(
  operator: '+' | '-' | '*' | '/' | '%',
  left: Compiled,
  right: Compiled,
  types: readonly [TypeName, TypeName],
  result: TypeName,
): Compiled {
  const areWhole = isWhole(types[0]) && isWhole(types[1]);
  const compute = (one: number, other: number): number => {
    switch (operator) {
      case '+':
        return one + other;
      case '-':
        return one - other;
      case '*':
        return one * other;
      case '/':
        return areWhole ? Math.trunc(one / other) : one / other;
      case '%':
        return ((one % other) + other) % other;
    }
  };
  const number = (value: Value): number | null => {
    if (typeof value === 'string')
      return result === 'datetime' || result === 'timespan'
        ? parseDatetime(value)
        : value === '' || Number.isNaN(Number(value))
          ? null
          : Number(value);
    return typeof value === 'number' ? value : null;
  };
  return (row) => {
    const [one, other] = [number(left(row)), number(right(row))];
    if (one === null || other === null) return null;
    const value = compute(one, other);
    return Number.isFinite(value) ? value : null;
  };
}
