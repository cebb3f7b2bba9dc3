import type { TypeName, Value } from '../values.ts';

/** A scalar function: the types are those of its arguments, as the binder knows them. */
export type ScalarFunction = (args: readonly Value[], types: readonly TypeName[]) => Value;

export const asText = (value: Value | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

export const asNumber = (value: Value | undefined): number | null =>
  typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : null;

export const asList = (value: Value | undefined): readonly Value[] | null => (Array.isArray(value) ? value : null);

export const asBag = (value: Value | undefined): { readonly [name: string]: Value } | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [name: string]: Value })
    : null;

/** A function of numbers that is null where one of them is. */
export const ofNumbers =
  (compute: (...numbers: number[]) => number): ScalarFunction =>
  (args) => {
    const numbers = args.map(asNumber);
    if (numbers.includes(null)) return null;
    const result = compute(...(numbers as number[]));
    return Number.isFinite(result) ? result : null;
  };
