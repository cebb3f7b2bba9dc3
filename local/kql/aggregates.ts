import { asBag } from './functions/registry.ts';
import { asDynamic, compare, keyOf, type TypeName, type Value } from './values.ts';

/** Gathers the values of one group. */
export interface Accumulator {
  add(values: readonly Value[]): void;
  result(): Value;
}

/** Made anew for each group; the types are those of the arguments. */
export type Aggregate = (types: readonly TypeName[], limit: number | undefined) => Accumulator;

const mostElements = 1_048_576;

function over(state: { add(values: readonly Value[]): void; result(): Value }): Accumulator {
  return state;
}

function folded(initial: Value, next: (sum: Value, value: Value) => Value): Aggregate {
  return () => {
    let sum = initial;
    return over({
      add: ([value = null]) => {
        if (value !== null) sum = next(sum, value);
      },
      result: () => sum,
    });
  };
}

const better = (sign: 1 | -1): Aggregate =>
  folded(null, (best, value) => (best === null || compare(value, best) * sign > 0 ? value : best));

const counted =
  (isCounted: (values: readonly Value[]) => boolean): Aggregate =>
  () => {
    let count = 0;
    return over({
      add: (values) => {
        if (isCounted(values)) count += 1;
      },
      result: () => count,
    });
  };

/** Exact, where Kusto estimates: what is counted here are thousands. */
const dcount =
  (isCounted: (values: readonly Value[]) => boolean): Aggregate =>
  () => {
    const seen = new Set<string>();
    return over({
      add: (values) => {
        const [value = null] = values;
        if (value !== null && isCounted(values)) seen.add(keyOf(value));
      },
      result: () => seen.size,
    });
  };

const average: Aggregate = () => {
  let [sum, count] = [0, 0];
  return over({
    add: ([value]) => {
      if (typeof value !== 'number') return;
      sum += value;
      count += 1;
    },
    result: () => (count === 0 ? null : sum / count),
  });
};

const deviation: Aggregate = () => {
  const values: number[] = [];
  return over({
    add: ([value]) => {
      if (typeof value === 'number') values.push(value);
    },
    result: () => {
      if (values.length < 2) return values.length === 0 ? null : 0;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
    },
  });
};

/** Nulls are no elements, empty texts are: https://learn.microsoft.com/kusto/query/make-set-aggregation-function */
const gathered =
  (isSet: boolean, isCounted: (values: readonly Value[]) => boolean = () => true): Aggregate =>
  ([type = 'dynamic'], limit = mostElements) => {
    const elements = new Map<string, Value>();
    let count = 0;
    return over({
      add: (values) => {
        const [value = null] = values;
        if (value === null || !isCounted(values) || elements.size >= limit) return;
        for (const each of isSet && Array.isArray(value) ? value : [asDynamic(value, type)]) {
          const key = isSet ? keyOf(each) : String(count++);
          if (!elements.has(key) && elements.size < limit) elements.set(key, each);
        }
      },
      result: () => [...elements.values()],
    });
  };

const any: Aggregate = () => {
  let found: Value = null;
  return over({
    add: ([value = null]) => {
      if (found === null || found === '') found = value;
    },
    result: () => found,
  });
};

const bag: Aggregate = () => {
  const all: Record<string, Value> = {};
  return over({
    add: ([value]) => {
      for (const [name, each] of Object.entries(asBag(value) ?? {})) all[name] ??= each;
    },
    result: () => all,
  });
};

const percentile: Aggregate = () => {
  const values: number[] = [];
  let at = 50;
  return over({
    add: ([value, wanted]) => {
      if (typeof wanted === 'number') at = wanted;
      if (typeof value === 'number') values.push(value);
    },
    result: () => {
      values.sort((one, other) => one - other);
      return values[Math.max(0, Math.ceil((at / 100) * values.length) - 1)] ?? null;
    },
  });
};

const second = ([, condition]: readonly Value[]): boolean => condition === true;

export const aggregates: ReadonlyMap<string, Aggregate> = new Map<string, Aggregate>([
  ['count', counted(() => true)],
  ['countif', counted(([condition]) => condition === true)],
  ['count_distinct', dcount(() => true)],
  ['dcount', dcount(() => true)],
  ['dcountif', dcount(second)],
  ['sum', folded(0, (sum, value) => Number(sum) + Number(value))],
  [
    'sumif',
    () => {
      let sum = 0;
      return over({
        add: ([value, condition]) => {
          if (condition === true && typeof value === 'number') sum += value;
        },
        result: () => sum,
      });
    },
  ],
  ['avg', average],
  ['stdev', deviation],
  ['min', better(-1)],
  ['max', better(1)],
  ['make_set', gathered(true)],
  ['makeset', gathered(true)],
  ['make_set_if', gathered(true, second)],
  ['make_list', gathered(false)],
  ['makelist', gathered(false)],
  ['make_list_if', gathered(false, second)],
  ['make_bag', bag],
  ['take_any', any],
  ['any', any],
  ['percentile', percentile],
]);

/** Aggregates whose limit is an argument, and which one. */
export const limitAt: ReadonlyMap<string, number> = new Map([
  ['make_set', 1],
  ['makeset', 1],
  ['make_list', 1],
  ['makelist', 1],
  ['make_set_if', 2],
  ['make_list_if', 2],
]);
