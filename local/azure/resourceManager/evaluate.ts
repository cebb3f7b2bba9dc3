import { type Expression, expressionOf } from './expression.ts';
import { listOf, plainFunctions, textOf } from './functions.ts';
import type { Place } from './ids.ts';

/** What expressions can name. */
export interface Scope {
  readonly place: Place;
  parameter(name: string): unknown;
  variable(name: string): unknown;
  /** What a resource answers once it is there; absent where nothing may be asked yet: in names, conditions, variables. */
  readonly runtime?: Runtime;
}

export interface Runtime {
  /** The resource's properties, or the whole resource with `full`. */
  reference(id: string, full: boolean): unknown;
  list(action: string, id: string): unknown;
}

/** The value with every expression in it worked out. @throws RangeError that says what is wrong with it */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') {
    const expression = expressionOf(value);
    return expression === undefined ? value.replace(/^\[\[/, '[') : run(expression, scope, new Map());
  }
  if (Array.isArray(value)) return value.map((each) => evaluate(each, scope));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, evaluate(each, scope)]));
}

type Locals = ReadonlyMap<string, unknown>;

function run(expression: Expression, scope: Scope, locals: Locals): unknown {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind === 'member') {
    return memberOf(run(expression.of, scope, locals), run(expression.key, scope, locals));
  }
  const { name, args } = expression;
  const lower = name.toLowerCase();
  const special = specials[lower];
  if (special !== undefined) return special(args, scope, locals);
  const plain = plainFunctions[lower];
  if (plain === undefined) throw new RangeError(`there is no function ${name}`);
  return plain(
    args.map((each) => run(each, scope, locals)),
    scope.place,
  );
}

/** The functions that look around, or do not need all of their arguments. */
const specials: Readonly<Record<string, (args: readonly Expression[], scope: Scope, locals: Locals) => unknown>> = {
  parameters: (args, scope, locals) => scope.parameter(textOf(first(args, scope, locals))),
  variables: (args, scope, locals) => scope.variable(textOf(first(args, scope, locals))),
  lambdavariables: (args, scope, locals) => {
    const name = textOf(first(args, scope, locals));
    if (!locals.has(name)) throw new RangeError(`there is no lambda variable ${name}`);
    return locals.get(name);
  },
  if: (args, scope, locals) => {
    const [condition, yes, no] = args;
    if (condition === undefined || yes === undefined || no === undefined || args.length > 3) {
      throw new RangeError('if takes a condition and two values');
    }
    const is = run(condition, scope, locals);
    if (typeof is !== 'boolean') throw new RangeError('the condition of if must be true or false');
    return run(is ? yes : no, scope, locals);
  },
  map: ([list, lambda], scope, locals) => {
    const { name, body } = lambdaOf('map', list, lambda, scope, locals);
    return listOf(run(list as Expression, scope, locals)).map((each) =>
      run(body, scope, new Map([...locals, [name, each]])),
    );
  },
  filter: ([list, lambda], scope, locals) => {
    const { name, body } = lambdaOf('filter', list, lambda, scope, locals);
    return listOf(run(list as Expression, scope, locals)).filter(
      (each) => run(body, scope, new Map([...locals, [name, each]])) === true,
    );
  },
  reference: (args, scope, locals) => {
    const [id, , full] = args.map((each) => run(each, scope, locals));
    return runtimeOf(scope, 'reference').reference(textOf(id), full === 'Full');
  },
  list: (args, scope, locals) => runtimeOf(scope, 'list').list('list', textOf(first(args, scope, locals))),
  // Answers for the public cloud; the others differ in names only.
  environment: () => ({ name: 'AzureCloud' }),
  tenant: () => ({ tenantId: '5a1c3f7e-2b7d-4a58-9f0e-6d1b8c2e4f90' }),
};

function lambdaOf(
  what: string,
  list: Expression | undefined,
  lambda: Expression | undefined,
  scope: Scope,
  locals: Locals,
): { readonly name: string; readonly body: Expression } {
  if (list === undefined || lambda?.kind !== 'call' || lambda.name !== 'lambda' || lambda.args.length !== 2) {
    throw new RangeError(`${what} takes a list and a lambda of one variable`);
  }
  const [variable, body] = lambda.args as [Expression, Expression];
  return { name: textOf(run(variable, scope, locals)), body };
}

function first(args: readonly Expression[], scope: Scope, locals: Locals): unknown {
  const [only, ...others] = args;
  if (only === undefined) throw new RangeError('an argument is missing');
  for (const each of others) run(each, scope, locals);
  return run(only, scope, locals);
}

function runtimeOf({ runtime }: Scope, name: string): Runtime {
  if (runtime === undefined) throw new RangeError(`${name} may stand in properties and outputs only`);
  return runtime;
}

function memberOf(value: unknown, key: unknown): unknown {
  if (Array.isArray(value) && typeof key === 'number') {
    if (key in value) return value[key] as unknown;
  } else if (typeof value === 'object' && value !== null) {
    const wanted = textOf(key).toLowerCase();
    const found = Object.entries(value).find(([name]) => name.toLowerCase() === wanted);
    if (found !== undefined) return found[1];
  }
  throw new RangeError(`there is no ${String(key)} in ${JSON.stringify(value)}`);
}
