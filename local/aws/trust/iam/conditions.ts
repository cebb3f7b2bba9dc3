import { BlockList, isIP } from 'node:net';
import { arnWildcard, wildcard } from './wildcard.ts';

/** What a request says about itself: condition keys in lower case, one value or several. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/** One line of a Condition block, ready to be asked. */
export type ConditionTest = (context: RequestContext) => boolean;

/** Reads one line of a Condition block; an operator this evaluator does not know is a problem, never a pass. */
export function readCondition(
  operator: string,
  key: string,
  wanted: readonly string[],
): { test: ConditionTest } | { problem: string } {
  const [, quantifier, base, ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  const name = key.toLowerCase();
  if (base === 'Null') return readNull(name, wanted);
  const comparison = comparisons[base ?? ''];
  if (comparison === undefined) return { problem: `condition operator "${operator}" is not known` };
  const variable = wanted.find((value) => value.includes('$' + '{'));
  if (variable !== undefined) return { problem: `policy variable in "${variable}" is not evaluated here` };

  let compare: Compare;
  try {
    compare = comparison.read(wanted);
  } catch (error) {
    return { problem: `condition ${operator} ${key}: ${error instanceof Error ? error.message : String(error)}` };
  }
  const holds: Compare = comparison.negated ? (value) => !compare(value) : compare;
  return {
    test: (context) => {
      const found = context[name];
      if (found === undefined || found.length === 0) {
        if (ifExists !== undefined || quantifier === 'ForAllValues') return true;
        return comparison.negated && quantifier !== 'ForAnyValue';
      }
      const values = typeof found === 'string' ? [found] : found;
      return quantifier === 'ForAllValues' || (quantifier === undefined && comparison.negated)
        ? values.every(holds)
        : values.some(holds);
    },
  };
}

type Compare = (value: string) => boolean;

interface Comparison {
  readonly negated: boolean;
  readonly read: (wanted: readonly string[]) => Compare;
}

const anyOf = (make: (wanted: string) => Compare) => (wanted: readonly string[]) => {
  const tests = wanted.map(make);
  return (value: string) => tests.some((test) => test(value));
};

const equals = anyOf((wanted) => (value) => value === wanted);
const equalsIgnoringCase = anyOf((wanted) => (value) => value.toLowerCase() === wanted.toLowerCase());
const like = anyOf((wanted) => wildcard(wanted));
const arn = anyOf((wanted) => arnWildcard(wanted));
const bool = anyOf((wanted) => (value) => value.toLowerCase() === wanted.toLowerCase());
const address = (wanted: readonly string[]): Compare => {
  const list = new BlockList();
  for (const range of wanted) addRange(list, range);
  return (value) => isIP(value) !== 0 && list.check(value, isIP(value) === 6 ? 'ipv6' : 'ipv4');
};

const numbers = (compare: (value: number, wanted: number) => boolean) =>
  anyOf((wanted) => {
    const limit = finite(Number(wanted), wanted);
    return (value) => compare(Number(value), limit);
  });
const dates = (compare: (value: number, wanted: number) => boolean) =>
  anyOf((wanted) => {
    const limit = instant(wanted);
    return (value) => compare(instant(value), limit);
  });

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: { negated: false, read: equals },
  StringNotEquals: { negated: true, read: equals },
  StringEqualsIgnoreCase: { negated: false, read: equalsIgnoringCase },
  StringNotEqualsIgnoreCase: { negated: true, read: equalsIgnoringCase },
  StringLike: { negated: false, read: like },
  StringNotLike: { negated: true, read: like },
  ArnEquals: { negated: false, read: arn },
  ArnLike: { negated: false, read: arn },
  ArnNotEquals: { negated: true, read: arn },
  ArnNotLike: { negated: true, read: arn },
  Bool: { negated: false, read: bool },
  IpAddress: { negated: false, read: address },
  NotIpAddress: { negated: true, read: address },
  NumericEquals: { negated: false, read: numbers((value, wanted) => value === wanted) },
  NumericNotEquals: { negated: true, read: numbers((value, wanted) => value === wanted) },
  NumericLessThan: { negated: false, read: numbers((value, wanted) => value < wanted) },
  NumericLessThanEquals: { negated: false, read: numbers((value, wanted) => value <= wanted) },
  NumericGreaterThan: { negated: false, read: numbers((value, wanted) => value > wanted) },
  NumericGreaterThanEquals: { negated: false, read: numbers((value, wanted) => value >= wanted) },
  DateEquals: { negated: false, read: dates((value, wanted) => value === wanted) },
  DateNotEquals: { negated: true, read: dates((value, wanted) => value === wanted) },
  DateLessThan: { negated: false, read: dates((value, wanted) => value < wanted) },
  DateLessThanEquals: { negated: false, read: dates((value, wanted) => value <= wanted) },
  DateGreaterThan: { negated: false, read: dates((value, wanted) => value > wanted) },
  DateGreaterThanEquals: { negated: false, read: dates((value, wanted) => value >= wanted) },
};

function readNull(name: string, wanted: readonly string[]): { test: ConditionTest } | { problem: string } {
  if (wanted.length !== 1 || !/^(true|false)$/.test(wanted[0] ?? '')) {
    return { problem: `condition Null ${name} must be "true" or "false"` };
  }
  const absent = wanted[0] === 'true';
  return { test: (context) => (context[name] === undefined) === absent };
}

function addRange(list: BlockList, range: string): void {
  const [network, bits] = range.split('/');
  const version = isIP(network ?? '');
  if (network === undefined || version === 0) throw new Error(`"${range}" is not an address range`);
  const prefix = bits === undefined ? (version === 6 ? 128 : 32) : Number(bits);
  list.addSubnet(network, prefix, version === 6 ? 'ipv6' : 'ipv4');
}

function instant(text: string): number {
  return finite(/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text), text);
}

function finite(value: number, text: string): number {
  if (!Number.isFinite(value)) throw new Error(`"${text}" is not a value that can be compared`);
  return value;
}
